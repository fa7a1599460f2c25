"""Training of a policy with stable-baselines3, from the first step to the files that use it."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING, Any

from qsched.rl.outcome import TrainingResult
from qsched.rl.settings import check_extras, settings_of
from qsched.rl.trainable import find_trainable
from qsched.rl.training_folder import prepare

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from qsched.estimate import CostModel
    from qsched.model import Fleet
    from qsched.rl.hyper_parameters import HyperParameters


def train(
    env_id: str,
    *,
    out: Path,
    fleets: Sequence[Fleet] | None = None,
    model: str | CostModel = "paper",
    jobs: object | None = None,
    timesteps: int | None = None,
    seed: int = 0,
    num_envs: int | None = None,
    hyper: HyperParameters | None = None,
    env_options: Mapping[str, Any] | None = None,
    evaluate_every: int | None = None,
    num_threads: int = 1,
    resume: bool = False,
    force: bool = False,
    progress: Callable[[int, int, float, float | None], None] | None = None,
) -> TrainingResult:
    """Train a policy and keep the best one.

    Equal arguments give equal weights, byte for byte, on one machine with one set of versions;
    so does a training that was interrupted and goes on. The random states of NumPy and torch
    and torch's number of threads are afterwards what they were.

    Args:
        env_id: Environment, e.g. ``"qsched/PaperAllocation-v0"``; ``qsched/`` may be left out.
        out: Folder for all files; its own files of other names stay.
        fleets: Each episode uses one of them; ``None``: the shipped fleet ``paper``.
        model: Cost model.
        jobs: Jobs to draw from, as the environment takes them; ``None``: its own.
        timesteps: Steps of all environments together, 1 or more, rounded up to a whole update;
            ``None``: as the environment's entry in `qsched.rl.trainable.TRAINABLES` says.
        seed: Seed, 0 or more; the streams of initial weights, exploration, training episodes
            and held-out episodes are independent of each other.
        num_envs: Environments side by side, 1 or more; ``None``: as the entry says.
        hyper: Hyper-parameters; ``None``: as the entry says.
        env_options: Further options of the environment, by name.
        evaluate_every: Steps from one evaluation and checkpoint to the next, rounded up to a
            whole update; ``None``: a twentieth of the timesteps.
        num_threads: Threads of torch, 1 or more; the weights may depend on it.
        resume: Go on with the training in ``out``, from its last checkpoint.
        force: Remove a training that is in ``out``, and begin anew.
        progress: Called after every step of all environments with timesteps, those wanted,
            steps per second, and the mean reward before the last update if there is one.

    Raises:
        MissingExtraError: The extra ``rl`` is not installed.
        InputError: An argument cannot be used, ``out`` holds a training and neither ``resume``
            nor ``force`` is given, it holds another one than is to be resumed, observations are
            not finite, or the training diverged.
        TrainingInterrupted: Ctrl-C.
    """
    check_extras()
    full_id, trainable = find_trainable(env_id)
    settings = settings_of(
        full_id,
        trainable,
        fleets=fleets,
        model=model,
        jobs=jobs,
        timesteps=timesteps,
        seed=seed,
        num_envs=num_envs,
        hyper=hyper,
        env_options=env_options,
        evaluate_every=evaluate_every,
        num_threads=num_threads,
    )
    standing, rows = prepare(out, settings, resume=resume, force=force)
    resumed_from = standing.timesteps
    began_s = perf_counter()
    if standing.timesteps < settings.timesteps:
        from qsched.rl.session import run_session  # noqa: PLC0415 - torch takes seconds

        standing = run_session(
            trainable, settings, out=out, standing=standing, rows=rows, progress=progress
        )
    return TrainingResult(
        env_id=full_id,
        out=out,
        timesteps=standing.timesteps,
        best_reward=standing.best_reward,
        best_timesteps=standing.best_timesteps,
        resumed_from=resumed_from,
        steps_per_second=(standing.timesteps - resumed_from) / (perf_counter() - began_s),
        curve=tuple(rows),
    )
