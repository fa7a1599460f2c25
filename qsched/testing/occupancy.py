"""Who holds what on each device at each time, as the events of a run say it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qsched.errors import ScheduleError
from qsched.model import EventKind
from qsched.partition.couplings import couplings_of

if TYPE_CHECKING:
    from qsched.model import Fleet, Plan


class Occupancy:
    """The qubits that jobs hold and the times in which devices are closed.

    Args:
        fleet: The devices, with their maintenance.

    Attributes:
        broken_since: Devices that have broken down and are not repaired, and since when.
        spacing: Free qubits that must lie between the regions of two jobs, 0 or 1.
    """

    def __init__(self, fleet: Fleet, *, spacing: int = 0) -> None:
        self._fleet = fleet
        self._spacing = spacing
        self._devices = {device.name: device for device in fleet.devices}
        self._capacity = {device.name: device.num_qubits for device in fleet.devices}
        self._free = dict(self._capacity)
        self._named: dict[str, set[int]] = {name: set() for name in self._free}
        self._draining = dict.fromkeys(self._free, 0)
        self._working = dict.fromkeys(self._free, 0)
        self.broken_since: dict[str, float] = {}

    def hear(self, kind: EventKind, device: str, now_s: float) -> None:
        """Hear of what happens to a device.

        Raises:
            ScheduleError: It cannot happen now.
        """
        if device not in self._free:
            raise ScheduleError(f"{kind.name} of {device}, not of the fleet")
        if kind is EventKind.BROKEN_DOWN:
            if device in self.broken_since:
                raise ScheduleError(f"{device} breaks down at {now_s} s and is broken already")
            self.broken_since[device] = now_s
        elif kind is EventKind.REPAIRED:
            if self.broken_since.pop(device, None) is None:
                raise ScheduleError(f"{device} is repaired at {now_s} s and was not broken")
            if self._free[device] != self._capacity[device]:
                raise ScheduleError(f"a job has run on {device} while it was broken")
        elif kind is EventKind.CALIBRATED:
            if now_s not in {time_s for time_s, _ in self._fleet.recalibrations.get(device, ())}:
                raise ScheduleError(f"{device} is calibrated at {now_s} s, not of its timeline")
        elif kind is not EventKind.REFRESHED:
            self._maintain(kind, device)

    def _maintain(self, kind: EventKind, device: str) -> None:
        if kind is EventKind.MAINTENANCE_DRAINING:
            self._draining[device] += 1
            return
        here, there, step = (
            (self._draining, self._working, "draining")
            if kind is EventKind.MAINTENANCE_STARTED
            else (self._working, None, "work")
        )
        here[device] -= 1
        if here[device] < 0:
            raise ScheduleError(f"{kind.name} of {device} without its {step}")
        if there is not None:
            there[device] += 1
            if self._free[device] != self._capacity[device]:
                raise ScheduleError(f"maintenance of {device} begins while a job runs on it")

    def take(self, job_id: str, plan: Plan, now_s: float) -> None:
        """Hear that a job starts.

        Raises:
            ScheduleError: A device has too few free qubits, or is closed.
        """
        for device, num_qubits, qubits, _ in plan:
            self._free[device] -= num_qubits
            if self._free[device] < 0:
                raise ScheduleError(
                    f"{device} is oversubscribed by {-self._free[device]} qubits "
                    f"when job {job_id} starts at {now_s} s"
                )
            if taken := sorted(self._named[device].intersection(qubits or ())):
                raise ScheduleError(
                    f"job {job_id} takes qubits {taken} of {device} from another job"
                )
            if self._spacing:
                near = couplings_of(self._devices[device]).neighbours
                if close := sorted(
                    q for q in qubits or () if self._named[device].intersection(near[q])
                ):
                    raise ScheduleError(
                        f"job {job_id} takes qubits {close} of {device}, which another "
                        "job's region touches"
                    )
            self._named[device].update(qubits or ())
            if self._draining[device] or self._working[device] or self._is_closed(device, now_s):
                raise ScheduleError(f"job {job_id} starts on {device} in maintenance at {now_s} s")
            if device in self.broken_since:
                raise ScheduleError(f"job {job_id} starts on {device} at {now_s} s, it is broken")

    def _is_closed(self, device: str, now_s: float) -> bool:
        """Whether a window's first time is on, whatever the events say.

        Later times of a period may have been left out.
        """
        windows = self._fleet.maintenance.get(device, ())
        return any(w.start_s <= now_s < w.start_s + w.duration_s for w in windows)

    def release(self, plan: Plan) -> None:
        """Hear that a job that had started has ended, or has lost its attempt."""
        for device, num_qubits, qubits, _ in plan:
            self._free[device] += num_qubits
            self._named[device].difference_update(qubits or ())
