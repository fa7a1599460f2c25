"""What was published: the table of results, the facts of the five devices, the job table's digest.

Sources: Table 2 of Luo, Zhao, Zhan, Guan, ICPP 2025, arXiv 2506.10889, and the
code and data published with it, github.com/QuantumCloudSimulation/ICPP2025 (MIT),
archived as doi:10.5281/zenodo.15897774.
"""

from __future__ import annotations

from datetime import datetime
from decimal import ROUND_DOWN, Decimal
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

from qsched.io.calibration_folder import newest_captures
from qsched.io.devices import load_fleet
from qsched.model import DeviceProfile, ErrorMeans, Fleet

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from qsched.metrics import Summary
    from qsched.model import Job

JOB_TABLE = "synth_job_batches/1000-large-circuits.csv"
REPOSITORY = "github.com/QuantumCloudSimulation/ICPP2025"
ARCHIVE = "doi:10.5281/zenodo.15897774"


class Figures(NamedTuple):
    """Figures of merit of one allocation mode; ``None`` when no job is done.

    Attributes:
        makespan_s: Time at which the last job finished, in the clock of the cost model.
        mean_fidelity: Mean fidelity.
        std_fidelity: Its population standard deviation.
        comm_time_s: Communication time of all jobs, summed.
    """

    makespan_s: float | None
    mean_fidelity: float | None
    std_fidelity: float | None
    comm_time_s: float | None


DIGITS = (2, 5, 5, 2)
"""Decimals that the table prints, in the order of `Figures`."""

TABLE = {
    "speed": Figures(108775.38, 0.65332, 0.01438, 5707.80),
    "fidelity": Figures(209873.02, 0.68781, 0.02605, 3822.74),
    "fair": Figures(108778.16, 0.64373, 0.01480, 5707.78),
    "rlbase": Figures(106206.21, 0.62087, 0.01301, 6105.52),
}
"""Table 2 of the paper, by allocation mode; the clock is the mixed one of model ``icpp2025``."""


def exact_figures(summary: Summary) -> Figures:
    """Return the figures of a run as they are."""
    return Figures(
        summary.makespan_s if summary.num_done else None,
        summary.mean_fidelity,
        summary.std_fidelity,
        summary.comm_time_s if summary.num_done else None,
    )


def printed_figures(summary: Summary) -> Figures:
    """Return the figures of a run with the digits of the table.

    All four makespans are the exact values cut to two decimals (106206.21747 is
    printed as 106206.21); the others are rounded.
    """
    makespan_s, *others = exact_figures(summary)
    return Figures(
        None if makespan_s is None else cut(makespan_s, DIGITS[0]),
        *(
            None if value is None else round(value, digits)
            for value, digits in zip(others, DIGITS[1:], strict=True)
        ),
    )


def cut(value: float, digits: int) -> float:
    """Return a number without the decimals behind the first ones.

    >>> cut(106206.21747, 2), cut(0.29, 2)
    (106206.21, 0.29)
    """
    return float(Decimal(repr(value)).quantize(Decimal(1).scaleb(-digits), ROUND_DOWN))


# -- the jobs --------------------------------------------------------------------------

TABLE_DIGEST = "46f941a2141d3fb7ba5e8c94fff8baa9bcc800c120ee285a306ea43e39fd673c"
"""`workload_digest` of the published table of 1,000 jobs."""


def workload_digest(jobs: Iterable[Job]) -> str:
    """Return the SHA-256 of what a run depends on: the jobs' numbers, in their order."""
    digest = sha256()
    for job in jobs:
        numbers = (job.num_qubits, job.depth, job.num_two_qubit_gates, job.shots)
        digest.update(f"{','.join(map(str, numbers))},{float(job.submit_time_s)!r}\n".encode())
    return digest.hexdigest()


# -- the devices -----------------------------------------------------------------------


class DeviceFacts(NamedTuple):
    """What the results depend on of one device.

    Attributes:
        name: Name.
        clops: Circuit layer operations per second, as the paper states them.
        captured_at: Capture time of the calibration, ISO 8601.
        plain: Means over every row of the export, as the published code takes them.
        masked: Means over what works.
    """

    name: str
    clops: float
    captured_at: str
    plain: ErrorMeans
    masked: ErrorMeans


NUM_QUBITS = 127
QUANTUM_VOLUME = 128

DEVICES = (
    DeviceFacts(
        "ibm_strasbourg",
        220_000.0,
        "2025-03-29T05:16:26+00:00",
        ErrorMeans(0.0432378813976378, 0.0010909289872504402, 0.09301455717370931),
        ErrorMeans(0.0432378813976378, 0.00109092898725044, 0.010561335098591982),
    ),
    DeviceFacts(
        "ibm_brussels",
        220_000.0,
        "2025-03-30T02:20:13+00:00",
        ErrorMeans(0.035221610482283464, 0.0005031651096342995, 0.07353712663786961),
        ErrorMeans(0.035221610482283464, 0.0005031651096342993, 0.011772935080394259),
    ),
    DeviceFacts(
        "ibm_kyiv",
        30_000.0,
        "2025-03-30T02:24:45+00:00",
        ErrorMeans(0.03104622908464567, 0.0012955521738079426, 0.06126708924138803),
        ErrorMeans(0.03104622908464567, 0.001295552173807943, 0.01330263394715238),
    ),
    DeviceFacts(
        "ibm_quebec",
        32_000.0,
        "2025-03-30T02:51:33+00:00",
        ErrorMeans(0.03785909817913386, 0.0009109464382049589, 0.07321380481052724),
        ErrorMeans(0.03785909817913386, 0.0009109464382049588, 0.011428058464562386),
    ),
    DeviceFacts(
        "ibm_kawasaki",
        29_000.0,
        "2025-03-30T03:15:05+00:00",
        ErrorMeans(0.028689406988188976, 0.00040551946946106894, 0.0796207557034475),
        ErrorMeans(0.028689406988188976, 0.0004055194694610687, 0.010935737472361491),
    ),
)
"""The five devices in the published order. CLOPS and quantum volume: arXiv 2506.10889. Means:
computed from IBM's calibration exports in ``QCloud/calibration/03_2025`` of the repository."""


def published_fleet() -> Fleet:
    """Return the five devices by their means alone: every qubit and coupler has the mean error.

    The couplers are those of the shipped snapshots of the same devices.
    """
    couplers = {
        twin.name.replace("fake_", "ibm_"): twin.coupling_map
        for twin in load_fleet("paper").devices
    }
    return Fleet(
        name="published",
        devices=tuple(_profile(facts, couplers[facts.name]) for facts in DEVICES),
    )


def calibrated_fleet(folder: Path) -> Fleet:
    """Return the five devices by the newest calibration export of each in a folder.

    Args:
        folder: Searched to any depth; see `newest_captures`.

    Raises:
        CalibrationError: A device has no export there, or it cannot be read.
        BadInputs: Several of these; all are listed.
    """
    names = [facts.name for facts in DEVICES]
    return Fleet(name="calibrations", devices=tuple(newest_captures(folder, names)))


def _profile(facts: DeviceFacts, couplers: tuple[tuple[int, int], ...]) -> DeviceProfile:
    return DeviceProfile(
        name=facts.name,
        num_qubits=NUM_QUBITS,
        coupling_map=couplers,
        clops=facts.clops,
        quantum_volume=QUANTUM_VOLUME,
        clops_source="arXiv:2506.10889",
        readout_error=(facts.masked.readout,) * NUM_QUBITS,
        single_qubit_error=(facts.masked.single_qubit,) * NUM_QUBITS,
        two_qubit_error=dict.fromkeys(couplers, facts.masked.two_qubit),
        processor="Eagle r3",
        calibrated_at=datetime.fromisoformat(facts.captured_at),
        origin="means of IBM's calibration export",
        plain_means=facts.plain,
    )
