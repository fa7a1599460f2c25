"""Fleets as arrays with a row for each, so that many clouds can have different ones."""

from __future__ import annotations

from math import log2
from typing import TYPE_CHECKING, Any

import numpy as np

from qsched.errors import ConfigError
from qsched.estimate import Rates
from qsched.policy.learned.candidates import MAX_DEVICES, candidates
from qsched.policy.learned.encoding import (
    Devices,
    Plans,
    arrange,
    device_order,
    plans_of,
    rate_arrays,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qsched.estimate import CostModel
    from qsched.model import Fleet


class FleetArrays:
    """Fleets, each with its devices in the order of the encoding.

    Attributes:
        fleets: The fleets.
        num_devices: Devices of each row, those of the largest fleet; where a fleet has fewer, the
            capacity is 0.
        devices: Fields of shape ``(fleets, num_devices)``.
        layers: Logarithms to base 2 of the quantum volumes, likewise.

    Raises:
        ConfigError: There is no fleet, or one has too many devices.
        CalibrationError: A device does not report what the model needs.
    """

    def __init__(self, fleets: Sequence[Fleet], model: CostModel, max_devices: int) -> None:
        if not fleets:
            raise ConfigError("no fleet is given", remedy="give one or more")
        self.fleets = tuple(fleets)
        self.num_devices = length = max(len(fleet.devices) for fleet in fleets)
        rows = [_row(fleet, model, max_devices) for fleet in fleets]
        self.devices = Devices(
            _stack([row.capacity for row in rows], length, 0),
            rate_arrays(
                [
                    _stack([row.rates[field] for row in rows], length, None)
                    for field in range(len(Rates._fields))
                ]
            ),
            _stack([row.slowness for row in rows], length, 0.0),
            _stack([row.per_qubit for row in rows], length, 0.0),
            np.array([row.spread for row in rows]),
            np.array([row.largest for row in rows]),
            np.array([row.together for row in rows]),
        )
        volumes = self.devices.rates.quantum_volume
        self.layers = np.array([[log2(volume) for volume in row] for row in volumes.tolist()])

    def plans(self, num_parts: int) -> Plans:
        """Return the plans of so many parts, a row for each fleet."""
        table = candidates(self.num_devices, num_parts)
        rows = [plans_of(table, self.at(fleet)) for fleet in range(len(self.fleets))]
        return Plans(
            table,
            np.stack([row.slowness for row in rows]),
            np.stack([row.together for row in rows]),
            np.stack([row.per_qubit for row in rows]),
        )

    def at(self, rows: Any) -> Devices:
        """Return the devices of one fleet, or of one for each of an array of positions."""
        capacity, rates, *rest = self.devices
        return Devices(
            capacity[rows],
            rate_arrays([field[rows] for field in rates]),
            *(field[rows] for field in rest),
        )


def _row(fleet: Fleet, model: CostModel, max_devices: int) -> Devices:
    if len(fleet.devices) > max_devices:
        raise ConfigError(
            f"fleet {fleet.name!r} has {len(fleet.devices)} devices",
            remedy=f"max_devices allows {max_devices}, and cannot be above {MAX_DEVICES}",
        )
    rates = [model.rates(device) for device in fleet.devices]
    capacities = [device.num_qubits for device in fleet.devices]
    names = [device.name for device in fleet.devices]
    return arrange(device_order(names, capacities, rates), capacities, rates, model)


def _stack(rows: Sequence[Any], length: int, filler: float | None) -> Any:
    """Return rows filled up to one length; without a filler, with the last number of each."""
    return np.array(
        [
            np.append(row, np.full(length - len(row), row[-1] if filler is None else filler))
            for row in rows
        ],
        dtype=np.asarray(rows[0]).dtype,
    )
