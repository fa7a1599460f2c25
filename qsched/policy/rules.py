"""How parts and regions are chosen in a run, and what that leaves of a device."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qsched.errors import ConfigError
from qsched.estimate.communication import DEFAULT_MAX_OVERHEAD, check_max_overhead
from qsched.partition.couplings import couplings_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qsched.model import DeviceProfile, Job
    from qsched.partition import Strategy

PLACEMENTS = ("blackbox", "connected")
"""By count alone, as the paper does; or in connected regions of physical qubits."""

MAX_SPACING = 1


@dataclass(frozen=True, kw_only=True)
class PlacementRules:
    """How parts and regions are chosen.

    Attributes:
        placement: ``"blackbox"`` or ``"connected"``.
        partition: Strategy that splits circuits.
        max_overhead: Sampling overhead above which a split is not feasible, at least 1.
        spacing: Free qubits to leave between regions, 0 or 1.

    Raises:
        ConfigError: A rule is unknown or out of its range.
    """

    placement: str = "blackbox"
    partition: str | Strategy = "mincut"
    max_overhead: float = DEFAULT_MAX_OVERHEAD
    spacing: int = 0

    def __post_init__(self) -> None:
        """Refuse rules that cannot be."""
        if self.placement not in PLACEMENTS:
            from qsched.registry import near_names  # noqa: PLC0415 - for the message alone

            raise ConfigError(
                f"unknown placement {self.placement!r}",
                remedy=near_names(self.placement, PLACEMENTS),
            )
        if self.spacing not in range(MAX_SPACING + 1):
            raise ConfigError(f"spacing is {self.spacing!r}", remedy="it must be 0 or 1")
        check_max_overhead(self.max_overhead)

    @property
    def partition_name(self) -> str:
        """Name of the strategy, that of the function if it was given one."""
        name = self.partition
        return name if isinstance(name, str) else getattr(name, "__name__", type(name).__name__)

    @property
    def is_connected(self) -> bool:
        """Whether parts get regions."""
        return self.placement == "connected"


def usable_qubits(device: DeviceProfile, rules: PlacementRules) -> int:
    """Return the qubits that one job can ever take of a device.

    Raises:
        ConfigError: Regions are asked for and the device states no couplings.
    """
    if not rules.is_connected:
        return device.num_qubits
    couplings = couplings_of(device)
    return couplings.largest_region(couplings.working)


def default_placement(devices: Sequence[DeviceProfile], jobs: Sequence[Job]) -> str:
    """Return ``"connected"`` when all coupling maps are known and a job has a circuit."""
    known = all(device.coupling_map or device.num_qubits == 1 for device in devices)
    return "connected" if known and any(job.circuit for job in jobs) else "blackbox"
