"""Hyper-parameters of proximal policy optimisation, each with its range."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields, replace
from math import inf
from typing import TYPE_CHECKING, Any

from qsched.errors import ConfigError, raise_all
from qsched.registry import near_names

if TYPE_CHECKING:
    from collections.abc import Mapping

COUNTS = ("num_steps", "num_minibatches", "num_epochs")
SHARES = ("gamma", "gae_lambda")
OPTIONAL = ("target_kl",)


@dataclass(frozen=True, slots=True, kw_only=True)
class HyperParameters:
    """How PPO learns (Schulman et al., arXiv:1707.06347), by the names of stable-baselines3.

    The defaults are those of that library but for three: ``num_steps`` is for many environments
    side by side, minibatches are counted and not sized, so that they fit any number of these, and
    the learning rate falls to 0.

    Attributes:
        learning_rate: Step size of Adam at the beginning, above 0.
        final_learning_rate: That at the end, 0 or more; in between it goes down in a line with
            the timesteps.
        num_steps: Steps of each environment between two updates of the weights (``n_steps``).
        num_minibatches: Parts that these are learned from in; it must divide environments times
            ``num_steps``, and ``batch_size`` is what comes out.
        num_epochs: Times that all of them are learned from at each update (``n_epochs``).
        gamma: Discount of a reward for each step that it lies ahead, in [0, 1].
        gae_lambda: From trusting the critic (0) to trusting the rewards seen (1).
        clip_range: An update moves the probability of an action by no larger share, above 0.
        entropy_coefficient: Weight of staying undecided in the loss (``ent_coef``), 0 or more.
        value_coefficient: Weight of the critic's error in the loss (``vf_coef``), 0 or more.
        max_grad_norm: Longer gradients are shortened to this, above 0.
        target_kl: An update ends early once the policy has moved 1.5 times as far; ``None``:
            it never does.

    Raises:
        ConfigError: A value is out of its range.
        BadInputs: Several are.
    """

    learning_rate: float = 3e-4
    final_learning_rate: float = 0.0
    num_steps: int = 32
    num_minibatches: int = 8
    num_epochs: int = 10
    gamma: float = 0.99
    gae_lambda: float = 0.95
    clip_range: float = 0.2
    entropy_coefficient: float = 0.0
    value_coefficient: float = 0.5
    max_grad_norm: float = 0.5
    target_kl: float | None = None

    def __post_init__(self) -> None:
        """Refuse values that nothing can be learned with; all of them at once."""
        raise_all(
            [
                ConfigError(f"{name} is {value!r}", remedy=f"it must be {wanted}")
                for name, value in self.to_dict().items()
                if not _fits(value, wanted := _range_of(name), optional=name in OPTIONAL)
            ]
        )

    def to_dict(self) -> dict[str, Any]:
        """Return names and values."""
        return asdict(self)

    def batch_size(self, num_envs: int) -> int:
        """Return the steps in a minibatch.

        Raises:
            ConfigError: They would not be whole, or there would be only one.
        """
        num_steps = num_envs * self.num_steps
        size, rest = divmod(num_steps, self.num_minibatches)
        if rest or size < 2:  # noqa: PLR2004 - advantages are scaled by their spread
            raise ConfigError(
                f"{num_envs} environments of {self.num_steps} steps do not make "
                f"{self.num_minibatches} minibatches",
                remedy="num_minibatches must divide the product, into two steps or more",
            )
        return size

    def with_changes(self, changes: Mapping[str, Any]) -> HyperParameters:
        """Return these with some changed.

        Raises:
            ConfigError: There is no hyper-parameter of that name, or a value is out of its range.
            BadInputs: Several of these.
        """
        known = [field.name for field in fields(self)]
        raise_all(
            [
                ConfigError(f"unknown hyper-parameter {name!r}", remedy=near_names(name, known))
                for name in changes
                if name not in known
            ]
        )
        return replace(self, **changes)


def _range_of(name: str) -> str:
    if name in COUNTS:
        return "a whole number, 1 or more"
    if name in SHARES:
        return "a number in [0, 1]"
    if name in {"learning_rate", "clip_range", "max_grad_norm", "target_kl"}:
        return "a number above 0"
    return "a number, 0 or more"


def _fits(value: object, wanted: str, *, optional: bool) -> bool:
    if value is None:
        return optional
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return {
        "a whole number, 1 or more": isinstance(value, int) and value >= 1,
        "a number in [0, 1]": 0.0 <= value <= 1.0,
        "a number above 0": 0.0 < value < inf,
        "a number, 0 or more": 0.0 <= value < inf,
    }[wanted]
