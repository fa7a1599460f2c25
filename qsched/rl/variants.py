"""Fleets like a given one: a policy that has met many learns to read errors and speeds."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from qsched.model import ErrorMeans
from qsched.sim import random_stream

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from qsched.model import DeviceProfile, Fleet

SPREAD_OF_ERRORS = 0.35
SPREAD_OF_SPEED = 0.4
"""Standard deviations of the logarithms of the factors."""

LARGEST_ERROR = 0.5


def variants(fleet: Fleet, num: int, seed: int = 0) -> list[Fleet]:
    """Return fleets whose devices have other errors and other speeds.

    Each device's readout, one- and two-qubit errors and its CLOPS are multiplied by factors of
    their own, log-normal with median 1; qubits and couplers stay.

    Args:
        fleet: What they are like; maintenance and the like are left out.
        num: How many.
        seed: Equal seeds give equal fleets.
    """
    random = random_stream(seed, f"variants/{fleet.name}")
    spreads = (SPREAD_OF_ERRORS,) * 3 + (SPREAD_OF_SPEED,)
    return [
        replace(
            fleet,
            name=f"{fleet.name}-{number}",
            devices=tuple(
                _scaled(device, random.lognormal(0.0, spreads).tolist()) for device in fleet.devices
            ),
            maintenance={},
            recalibrations={},
            failures={},
        )
        for number in range(1, num + 1)
    ]


def _scaled(device: DeviceProfile, factors: list[float]) -> DeviceProfile:
    readout, single, two, speed = factors
    plain = device.plain_means
    return replace(
        device,
        readout_error=tuple(_times(device.readout_error, readout)),
        single_qubit_error=tuple(_times(device.single_qubit_error, single)),
        two_qubit_error=dict(
            zip(
                device.two_qubit_error,
                _times(device.two_qubit_error.values(), two),
                strict=True,
            )
        ),
        plain_means=plain
        and ErrorMeans(*(next(_times([e], f)) for e, f in zip(plain, factors, strict=False))),
        clops=None if device.clops is None else device.clops * speed,
    )


def _times(errors: Iterable[float | None], factor: float) -> Iterator[float | None]:
    """Yield errors times a factor; what is dead or unknown stays so."""
    for error in errors:
        yield (
            error if error is None or error > LARGEST_ERROR else min(error * factor, LARGEST_ERROR)
        )
