"""The paper's environment: one job, shares for it, and their mean fidelity as the reward."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import gymnasium
import numpy as np

from qsched.errors import ConfigError, InputError, SimulationError
from qsched.experiment.paper_workload import JobColumns
from qsched.model import Job
from qsched.policy.learned.allocation import MAX_DEVICES, qubit_shares
from qsched.policy.learned.checks import checked_count
from qsched.registry import near_names
from qsched.rl.paper_episodes import Episodes, EpisodeSource
from qsched.rl.paper_spaces import action_space, observation_space
from qsched.rl.resets import checked_seed, seed_source

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qsched.estimate import CostModel
    from qsched.model import Fleet
    from qsched.rl.paper_episodes import Jobs

Array = np.ndarray[Any, Any]


class PaperAllocationEnv(gymnasium.Env[Array, Array]):
    """``qsched/PaperAllocation-v0``: which share of a job each of five devices gets.

    An episode is one job and one action. Observation and shares are those of
    `qsched.policy.learned.allocation`, which a trained policy uses as well; see
    `qsched.rl.paper_outcome.Outcome` for the reward. ``info`` of a step holds ``shares``,
    ``fidelity`` and ``comm_time_s``.

    Args:
        fleets: See `EpisodeSource`, as for the others.
        model: Cost model.
        jobs: Where jobs come from.
        busy: Whether free qubits are drawn, too.
        render_mode: There is none but ``None``.

    Raises:
        InputError: See `EpisodeSource`.
    """

    metadata = {"render_modes": []}  # noqa: RUF012 - Gymnasium declares it so

    def __init__(
        self,
        *,
        fleets: Sequence[Fleet] | None = None,
        model: str | CostModel = "paper",
        jobs: Jobs | None = None,
        busy: bool = False,
        render_mode: str | None = None,
    ) -> None:
        self.render_mode = render_mode
        self.source = EpisodeSource(fleets, model, jobs, busy=busy)
        self.observation_space = observation_space()
        self.action_space = action_space()
        self._episode: Episodes | None = None
        self._has_ended = False

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Array, dict[str, Any]]:
        """Draw an episode and return its observation.

        Args:
            seed: Equal seeds give equal episodes; ``None``: go on.
            options: What the episode shall have instead of what is drawn: ``fleet``, the index of
                one of the fleets; ``job``, a `Job`; ``free``, the free qubits of each device, all
                where it is not said.

        Raises:
            ConfigError: An option is unknown or cannot be.
        """
        seed = checked_seed(seed, None)
        super().reset(seed=seed)
        seed_source(self.source, seed, self.np_random)
        self._episode = self._changed(self.source.draw(1), {} if options is None else options)
        self._has_ended = False
        return self.source.observe(self._episode)[0], {}

    def _changed(self, episode: Episodes, options: Mapping[str, Any]) -> Episodes:
        _check_names(options)
        if not options:
            return episode
        last = len(self.source.fleets) - 1
        fleet = checked_count("fleet", options.get("fleet", episode.fleet[0]), 0, last)
        jobs = episode.jobs
        if "job" in options:
            if not isinstance(options["job"], Job):
                raise ConfigError(f"job is {options['job']!r}", remedy="give a qsched.Job")
            facts = (getattr(options["job"], name) for name in JobColumns._fields)
            jobs = JobColumns(*(np.array([fact]) for fact in facts))
        capacity = self.source.capacity(fleet)
        free = _padded_free(options.get("free", capacity), capacity)
        if sum(free) < jobs.num_qubits[0]:
            raise ConfigError(
                f"a job of {jobs.num_qubits[0]} qubits, {sum(free)} are free",
                remedy="give a smaller job or more free qubits",
            )
        return Episodes(jobs, np.array([fleet]), np.array(free, dtype=np.int64)[:, np.newaxis])

    def step(self, action: Array) -> tuple[Array, float, bool, bool, dict[str, Any]]:
        """Place the job and end the episode.

        Args:
            action: Weights of the devices, shape ``(5,)``.

        Raises:
            InputError: A weight is not finite, or there are not five.
            SimulationError: There is no episode, or it has ended.
        """
        if self._episode is None or self._has_ended:
            raise SimulationError("step before reset, or after the end of an episode")
        if np.shape(action) != (MAX_DEVICES,):
            raise InputError(
                f"action has shape {np.shape(action)}", remedy=f"it must be ({MAX_DEVICES},)"
            )
        num_qubits = int(self._episode.jobs.num_qubits[0])
        shares = np.array(
            qubit_shares(action, num_qubits, self._episode.free[:, 0].tolist()), dtype=np.int64
        )
        outcome = self.source.score(self._episode, shares[:, np.newaxis])
        self._has_ended = True
        info = {
            "shares": shares,
            "fidelity": float(outcome.fidelity[0]),
            "comm_time_s": float(outcome.comm_time_s[0]),
        }
        return self.source.observe(self._episode)[0], float(outcome.reward[0]), True, False, info


def _check_names(options: object) -> None:
    """Refuse what are no options of `PaperAllocationEnv.reset`."""
    if not isinstance(options, Mapping):
        raise ConfigError(f"options of reset are {options!r}", remedy="give names and values")
    known = ("fleet", "job", "free")
    if unknown := [name for name in options if name not in known]:
        raise ConfigError(
            f"unknown option {unknown[0]!r} of reset", remedy=near_names(str(unknown[0]), known)
        )


def _padded_free(given: object, capacity: list[int]) -> list[int]:
    """Return the free qubits of five devices; those that are not given have none."""
    try:
        free = np.asarray(given)
    except ValueError:  # lists of several lengths
        free = np.empty((), dtype=object)
    limits = np.array(capacity[: free.size])
    if (
        free.dtype.kind not in "iu"
        or free.shape != limits.shape
        or ((free < 0) | (free > limits)).any()
    ):
        raise ConfigError(
            f"free qubits are {given!r}", remedy=f"give whole numbers, 0 to {capacity}"
        )
    padded: list[int] = [*free.tolist(), *[0] * (MAX_DEVICES - free.size)]
    return padded
