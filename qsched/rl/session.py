"""One session of a training: from its last checkpoint to its end, or to Ctrl-C."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from sb3_contrib import MaskablePPO
from stable_baselines3 import PPO
from stable_baselines3.common.logger import Logger

from qsched.errors import InputError
from qsched.registry import load_object
from qsched.rl.checkpoints import load_checkpoint, restore
from qsched.rl.course import Course, seed_of
from qsched.rl.curve import write_curve
from qsched.rl.outcome import TrainingInterrupted
from qsched.rl.settings import plain
from qsched.rl.training_folder import CURVE_FILE
from qsched.rl.vec_env import GymnasiumVecEnv

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from qsched.rl.checkpoints import Standing
    from qsched.rl.curve import CurveRow
    from qsched.rl.hyper_parameters import HyperParameters
    from qsched.rl.settings import Settings
    from qsched.rl.trainable import Trainable


NOT_A_DISTRIBUTION = "Expected parameter"
"""How torch begins to say that what a network gave are no parameters of a distribution."""


def run_session(
    trainable: Trainable,
    settings: Settings,
    *,
    out: Path,
    standing: Standing,
    rows: list[CurveRow],
    progress: Callable[[int, int, float, float | None], None] | None,
) -> Standing:
    """Train to the end and return where the training stands then; ``rows`` follow.

    Args:
        trainable: How it is trained.
        settings: What defines the training.
        out: Its folder, made ready by `qsched.rl.training_folder.prepare`.
        standing: Where it stands.
        rows: Its learning curve so far.
        progress: See `qsched.rl.train.train`.

    Raises:
        InputError: Observations are not finite, or the training diverged.
        TrainingInterrupted: Ctrl-C.
    """
    env = GymnasiumVecEnv(settings.make_env(settings.num_envs))
    held_out = GymnasiumVecEnv(settings.make_env(trainable.evaluation_episodes))
    try:
        with _randomness_kept(settings.num_threads):
            torch.manual_seed(seed_of(settings.seed, "initial weights"))
            model = make_model(trainable, settings.hyper, env, settings.timesteps)
            course = Course(
                out=out,
                trainable=trainable,
                settings=settings,
                metadata=_metadata(trainable, settings),
                env=env,
                held_out=held_out,
                standing=standing,
                rows=rows,
                progress=progress,
            )
            _learn(model, course)
            return course.standing
    finally:
        env.close()
        held_out.close()


def make_model(
    trainable: Trainable, hyper: HyperParameters, env: GymnasiumVecEnv, timesteps: int
) -> Any:
    """Return a model of stable-baselines3 that has learned nothing yet.

    Args:
        trainable: Algorithm and network.
        hyper: Hyper-parameters.
        env: Environments.
        timesteps: Steps of the whole training.
    """
    algorithm = MaskablePPO if trainable.masked else PPO
    policy: Any = trainable.policy
    if ":" in policy:
        policy = load_object(policy, kind="network")
    first, last = hyper.learning_rate, hyper.final_learning_rate
    # stable-baselines3 asks after the steps of an update, when the share of that update is gone.
    of_update = env.num_envs * hyper.num_steps / timesteps

    def learning_rate(remaining: float) -> float:
        return last + min(max(remaining, 0.0) + of_update, 1.0) * (first - last)

    model = algorithm(
        policy,
        env,
        learning_rate=learning_rate,
        n_steps=hyper.num_steps,
        batch_size=hyper.batch_size(env.num_envs),
        n_epochs=hyper.num_epochs,
        gamma=hyper.gamma,
        gae_lambda=hyper.gae_lambda,
        clip_range=hyper.clip_range,
        ent_coef=hyper.entropy_coefficient,
        vf_coef=hyper.value_coefficient,
        max_grad_norm=hyper.max_grad_norm,
        target_kl=hyper.target_kl,
        policy_kwargs=dict(trainable.policy_kwargs),
        device="cpu",
    )
    model.set_logger(Logger(None, []))
    return model


def _learn(model: Any, course: Course) -> None:
    """Learn from where the course stands."""
    standing = course.standing
    course.model = model
    if standing.timesteps:
        restore(model, load_checkpoint(course.out, until=standing.timesteps))
        model.num_timesteps = standing.timesteps
        model._n_updates = standing.num_updates  # noqa: SLF001 - for the log alone
    else:
        write_curve(course.out / CURVE_FILE, ())
        course.save(standing)
    course.begin_segment()
    try:
        model.learn(
            course.settings.timesteps - standing.timesteps,
            callback=course,
            log_interval=None,
            reset_num_timesteps=False,
        )
    except KeyboardInterrupt:
        raise TrainingInterrupted(model.num_timesteps, course.standing.timesteps) from None
    except InputError:
        raise
    except ValueError as error:
        if str(error).startswith(NOT_A_DISTRIBUTION):
            raise course.divergence() from error
        raise
    finally:
        course.close()


def _metadata(trainable: Trainable, settings: Settings) -> dict[str, Any]:
    """Return what goes into ``policy.json`` beside the figures."""
    hyper = settings.hyper.to_dict()
    return {
        "env_id": settings.env_id,
        **settings.described,
        "model": settings.model,
        "fleets": [dict(fleet) for fleet in settings.fleets],
        "jobs": settings.jobs,
        "env_options": settings.to_dict()["env_options"],
        "seed": settings.seed,
        "timesteps": settings.timesteps,
        "hyper_parameters": {
            "algorithm": trainable.algorithm,
            "policy": trainable.policy,
            "policy_kwargs": plain(dict(trainable.policy_kwargs)),
            "num_envs": settings.num_envs,
            **hyper,
        },
    }


@contextmanager
def _randomness_kept(num_threads: int) -> Iterator[None]:
    """Let the block draw from the global random states, which the libraries use, and restore them.

    Args:
        num_threads: Threads of torch meanwhile.
    """
    numbers = np.random.get_state()  # noqa: NPY002 - to put it back
    tensors, threads = torch.get_rng_state(), torch.get_num_threads()
    torch.set_num_threads(num_threads)
    try:
        yield
    finally:
        torch.set_num_threads(threads)
        torch.set_rng_state(tensors)
        np.random.set_state(numbers)  # noqa: NPY002 - as above
