"""What defines a training, checked before anything begins."""

from __future__ import annotations

import inspect
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from qsched.errors import ConfigError, MissingExtraError, raise_all
from qsched.estimate import load_model
from qsched.experiment.published import workload_digest
from qsched.io.fleets import load_fleet
from qsched.model import Job
from qsched.registry import load_object, near_names
from qsched.rl.registration import ENVIRONMENTS
from qsched.sim.arrivals import check_seed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from qsched.estimate import CostModel
    from qsched.model import Fleet
    from qsched.rl.hyper_parameters import HyperParameters
    from qsched.rl.trainable import Trainable

EXTRA = ("gymnasium", "stable_baselines3", "sb3_contrib", "tensorboard", "torch")
NUM_EVALUATIONS = 20
"""Evaluations, and checkpoints, of a training for which no distance is given."""

OWN_ARGUMENTS = ("self", "num_envs", "fleets", "model", "jobs")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What defines a training; one goes on only with equal ones.

    Attributes:
        env_id: Environment.
        arguments: Those of the vector environment but for ``num_envs``.
        described: ``layout``, ``max_devices`` and ``weights`` of the policies that it trains.
        fleets: Facts about the fleets, with all that the cost model takes from their devices.
        model: Name of the cost model.
        jobs: ``"default"``, number and SHA-256 of the jobs, or what they are drawn from.
        timesteps: Steps of all environments together.
        seed: Seed.
        num_envs: Environments side by side.
        hyper: Hyper-parameters.
        evaluate_every: Steps from one evaluation to the next.
        num_threads: Threads of torch; alone, it may change from one session to the next.
    """

    env_id: str
    arguments: Mapping[str, Any] = field(repr=False)
    described: Mapping[str, Any]
    fleets: tuple[Mapping[str, Any], ...]
    model: str
    jobs: object
    timesteps: int
    seed: int
    num_envs: int
    hyper: HyperParameters
    evaluate_every: int
    num_threads: int

    @property
    def env_options(self) -> dict[str, Any]:
        """Options of the environment that are its own."""
        return {k: v for k, v in self.arguments.items() if k not in OWN_ARGUMENTS}

    def to_dict(self) -> dict[str, Any]:
        """Return what JSON can hold and a resumed training must have in common."""
        return {
            "env_id": self.env_id,
            "fleets": [dict(fleet) for fleet in self.fleets],
            "model": self.model,
            "described": plain(dict(self.described)),
            "jobs": self.jobs,
            "timesteps": self.timesteps,
            "seed": self.seed,
            "num_envs": self.num_envs,
            "hyper_parameters": self.hyper.to_dict(),
            "env_options": {key: plain(value) for key, value in self.env_options.items()},
            "evaluate_every": self.evaluate_every,
        }

    def make_env(self, num_envs: int) -> Any:
        """Return the vector environment of the training."""
        return _vector_class(self.env_id)(num_envs, **self.arguments)


def check_extras() -> None:
    """Refuse to train without the extra ``rl``.

    Raises:
        MissingExtraError: A package of it is not installed.
    """
    if missing := [name for name in EXTRA if find_spec(name) is None]:
        raise MissingExtraError(
            f"training needs {', '.join(missing)}: python -m pip install 'qsched[rl]'"
        )


def settings_of(
    env_id: str,
    trainable: Trainable,
    *,
    fleets: Sequence[Fleet] | None,
    model: str | CostModel,
    jobs: object | None,
    timesteps: int | None,
    seed: int,
    num_envs: int | None,
    hyper: HyperParameters | None,
    env_options: Mapping[str, Any] | None,
    evaluate_every: int | None,
    num_threads: int,
) -> Settings:
    """Return the settings that the arguments of `qsched.rl.train.train` come to.

    Raises:
        InputError: An argument cannot be used.
        BadInputs: Several cannot.
    """
    timesteps = trainable.timesteps if timesteps is None else timesteps
    num_envs = trainable.num_envs if num_envs is None else num_envs
    every = max(1, timesteps // NUM_EVALUATIONS) if evaluate_every is None else evaluate_every
    options = dict(env_options or {})
    counts = {
        "timesteps": timesteps,
        "num_envs": num_envs,
        "evaluate_every": every,
        "num_threads": num_threads,
    }
    raise_all(
        [
            ConfigError(f"{name} is {value!r}", remedy="it must be a whole number, 1 or more")
            for name, value in counts.items()
            if not isinstance(value, int) or isinstance(value, bool) or value < 1
        ]
        + _unknown_options(env_id, options)
    )
    check_seed(seed)
    hyper = trainable.hyper if hyper is None else hyper
    hyper.batch_size(num_envs)
    cost_model = load_model(model)
    fleets = tuple(fleets or ()) or (load_fleet(),)
    given = {} if jobs is None else {"jobs": jobs}
    arguments = {"fleets": fleets, "model": model, **given, **options}
    return Settings(
        env_id=env_id,
        arguments=arguments,
        described=_described_policy(env_id, arguments),
        fleets=tuple(_facts(fleet, cost_model) for fleet in fleets),
        model=cost_model.name,
        jobs=_described(jobs),
        timesteps=timesteps,
        seed=seed,
        num_envs=num_envs,
        hyper=hyper,
        evaluate_every=every,
        num_threads=num_threads,
    )


def _vector_class(env_id: str) -> Any:
    return load_object(ENVIRONMENTS[env_id][1], kind="environment")


def _described_policy(env_id: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the environment says of the policies that are trained in it.

    One environment is made and begun for it, so that what it refuses is refused before a folder
    is touched.
    """
    env = _vector_class(env_id)(1, **arguments)
    try:
        env.reset(seed=0)
        described = dict(env.describe_policy())
    finally:
        env.close()
    if missing := {"layout", "max_devices", "weights"} - set(described):
        raise ConfigError(
            f"{env_id} says nothing of {', '.join(sorted(missing))}",
            remedy="its describe_policy() must",
        )
    return described


def _unknown_options(env_id: str, options: Mapping[str, Any]) -> list[ConfigError]:
    """Return an error for each option that the environment does not take."""
    parameters = inspect.signature(_vector_class(env_id)).parameters
    if any(p.kind is inspect.Parameter.VAR_KEYWORD for p in parameters.values()):
        return []
    known = [name for name in parameters if name not in OWN_ARGUMENTS]
    return [
        ConfigError(
            f"{env_id} has no option {name!r}",
            remedy=near_names(name, known) if known else "it has none",
        )
        for name in options
        if name not in known
    ]


def _facts(fleet: Fleet, model: CostModel) -> dict[str, Any]:
    """Return what a reader must know of a fleet to tell it from others."""
    return {
        "name": fleet.name,
        "devices": [
            {
                "name": device.name,
                "num_qubits": device.num_qubits,
                **model.rates(device)._asdict(),
                "calibrated_at": device.calibrated_at and device.calibrated_at.isoformat(),
            }
            for device in fleet.devices
        ],
    }


def _described(jobs: object) -> object:
    """Return what tells jobs from others: those of a table by their numbers."""
    if jobs is None:
        return "default"
    if isinstance(jobs, list | tuple) and all(isinstance(job, Job) for job in jobs):
        return {"num_jobs": len(jobs), "sha256": workload_digest(jobs)}
    return repr(jobs)


def plain(value: object) -> object:
    """Return what JSON can hold of an option; what it cannot hold is described."""
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    return value if isinstance(value, str | int | float | bool | None) else repr(value)
