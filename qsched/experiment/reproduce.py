"""The published table, run again, and the same jobs by the paper's own equations beside it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from qsched._version import __version__
from qsched.estimate import load_model
from qsched.experiment.published import (
    DIGITS,
    TABLE,
    TABLE_DIGEST,
    Figures,
    exact_figures,
    printed_figures,
    workload_digest,
)
from qsched.experiment.rlbase import rlbase_shares
from qsched.sim import Simulation
from qsched.sim.icpp2025 import Icpp2025Broker

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from qsched.experiment.rlbase import Weights
    from qsched.model import Fleet, Job
    from qsched.result import RunResult

    Shares = Callable[[Job, Sequence[int]], list[tuple[int, int]]]

LEARNED = "rlbase"
"""The mode that needs weights."""

MODELS = ("icpp2025", "paper")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One allocation mode.

    Attributes:
        mode: Its name.
        published: What the table says.
        run: The run with model and broker ``icpp2025``; ``None`` without weights.
        paper_run: The run with model ``paper`` and the same broker; ``None`` without weights.
    """

    mode: str
    published: Figures
    run: RunResult | None
    paper_run: RunResult | None

    @property
    def reproduced(self) -> Figures | None:
        """Figures of the run with the digits of the table."""
        return None if self.run is None else printed_figures(self.run.summary)

    @property
    def difference(self) -> Figures | None:
        """Reproduced minus published, in the digits of the table."""
        ours = self.reproduced
        if ours is None:
            return None
        return Figures(
            *(
                None if a is None or b is None else round(a - b, digits)
                for a, b, digits in zip(ours, self.published, DIGITS, strict=True)
            )
        )

    @property
    def is_identical(self) -> bool:
        """Whether all printed digits are the published ones."""
        return self.reproduced == self.published

    def to_dict(self) -> dict[str, Any]:
        """Return the row as ``qsched reproduce --json`` prints it."""
        document: dict[str, Any] = {
            "mode": self.mode,
            "published": self.published._asdict(),
            "reproduced": self.reproduced and self.reproduced._asdict(),
            "difference": self.difference and self.difference._asdict(),
            "identical": self.is_identical,
        }
        for key, run in (("exact", self.run), ("paper", self.paper_run)):
            document[key] = run and {
                **exact_figures(run.summary)._asdict(),
                "num_done": run.summary.num_done,
                "num_rejected": run.summary.num_rejected,
                "num_failed": run.summary.num_failed,
            }
        return document


@dataclass(frozen=True, slots=True, kw_only=True)
class Reproduction:
    """The published table beside what comes out here.

    Attributes:
        rows: One for each mode, in the order of the table.
        fleet: The devices.
        num_jobs: Jobs of the workload.
        digest: `workload_digest` of the jobs.
    """

    rows: tuple[Row, ...]
    fleet: Fleet
    num_jobs: int
    digest: str

    @property
    def is_published_table(self) -> bool:
        """Whether the jobs are those that the published figures are of."""
        return self.digest == TABLE_DIGEST

    def to_dict(self) -> dict[str, Any]:
        """Return the document that ``qsched reproduce --json`` prints.

        ``reproduced`` has the digits of the table, ``exact`` all of them, both in the
        clock of model ``icpp2025``; ``paper`` has all digits, in seconds.
        """
        return {
            "version": __version__,
            "num_jobs": self.num_jobs,
            "jobs_sha256": self.digest,
            "is_published_table": self.is_published_table,
            "clock": {name: load_model(name).clock for name in MODELS},
            "devices": [
                {
                    "name": device.name,
                    "num_qubits": device.num_qubits,
                    "clops": device.clops,
                    "quantum_volume": device.quantum_volume,
                    "error_score": {
                        name: load_model(name).rates(device).error_score for name in MODELS
                    },
                    "origin": device.origin,
                    "calibrated_at": device.calibrated_at and device.calibrated_at.isoformat(),
                }
                for device in self.fleet.devices
            ],
            "rows": [row.to_dict() for row in self.rows],
        }


def reproduce(
    jobs: Sequence[Job],
    fleet: Fleet,
    *,
    weights: Weights | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Reproduction:
    """Run a workload as the published code does, in each of its modes, and by the paper's model.

    Args:
        jobs: The workload.
        fleet: The devices, in the published order; see `qsched.experiment.published`.
        weights: Weights of the published learned policy, of `load_rlbase`; without them
            its row has the published figures alone.
        progress: Called now and then with jobs ended and jobs to end, over all runs.

    Raises:
        InputError: The weights are for another number of devices, or a device does not
            report what a model needs.
        RunInterrupted: Ctrl-C.
    """
    jobs = tuple(jobs)
    modes = [mode for mode in TABLE if mode != LEARNED or weights is not None]
    plan = [(mode, model) for mode in modes for model in MODELS]
    runs: dict[tuple[str, str], RunResult] = {}
    for number, (mode, model) in enumerate(plan):
        broker = Icpp2025Broker(_shares(mode, model, fleet, weights))
        told = progress and _counting_on(progress, number * len(jobs), len(plan) * len(jobs))
        # With shares no policy is asked, so that its name says nothing.
        policy = "speed" if mode == LEARNED else mode
        result = Simulation(
            fleet, jobs, policy=policy, model=model, broker=broker, progress=told
        ).run()
        runs[mode, model] = replace(result, policy=mode, broker="icpp2025")
    rows = (
        Row(
            mode=mode,
            published=published,
            run=runs.get((mode, "icpp2025")),
            paper_run=runs.get((mode, "paper")),
        )
        for mode, published in TABLE.items()
    )
    return Reproduction(
        rows=tuple(rows), fleet=fleet, num_jobs=len(jobs), digest=workload_digest(jobs)
    )


def _shares(mode: str, model: str, fleet: Fleet, weights: Weights | None) -> Shares | None:
    if mode != LEARNED or weights is None:
        return None
    rates = [load_model(model).rates(device) for device in fleet.devices]
    return rlbase_shares(weights, rates)


def _counting_on(
    progress: Callable[[int, int], None], before: int, total: int
) -> Callable[[int, int, float], None]:
    """Return the progress of one run as that of all of them."""
    return lambda ended, _submitted, _now_s: progress(before + ended, total)
