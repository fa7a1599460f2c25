"""The network of Cloud-v0: two small nets, each shared by all plans of a job."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from sb3_contrib.common.maskable.policies import MaskableActorCriticPolicy
from torch import nn

from qsched.policy.learned.encoding import NUM_CONTEXT, NUM_FEATURES

if TYPE_CHECKING:
    from stable_baselines3.common.type_aliases import Schedule

HIDDEN = 32
"""Units of each hidden layer, unless told otherwise."""

SMALL = 0.1
"""Factor of the first scores, so that training begins with all plans about equally likely."""


class PlanNet(nn.Module):
    """Scores every plan of a job with the same weights, and the job's situation as a whole.

    A plan passes two layers on its own; the mean over all plans that could ever start passes
    one more with the context. So neither the number of plans nor their order matters.
    """

    def __init__(self, hidden: int) -> None:
        super().__init__()
        self.plan = nn.Linear(NUM_FEATURES, hidden)
        self.context = nn.Linear(NUM_CONTEXT, hidden, bias=False)
        self.second = nn.Linear(hidden, hidden)
        self.pooled = nn.Linear(hidden + NUM_CONTEXT, hidden)
        self.whole = nn.Linear(hidden, 1)

    def forward(
        self, context: torch.Tensor, features: torch.Tensor, possible: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the last layer of each possible plan, ``(plans, hidden)``, and one number of all.

        Plans that can never start are left out, row by row: on a fleet of five devices they are
        two thirds of those that eight devices would have.
        """
        row, _ = where = possible.nonzero(as_tuple=True)
        plans = features.transpose(-1, -2)[where]
        plans = torch.relu(self.plan(plans) + self.context(context)[row])
        plans = torch.relu(self.second(plans))
        total = torch.zeros(len(context), plans.shape[-1], dtype=plans.dtype)
        mean = total.index_add(0, row, plans) / possible.sum(-1, keepdim=True).clamp(min=1.0)
        pooled = torch.relu(self.pooled(torch.cat([mean, context], -1)))
        return plans, self.whole(pooled)


class CloudNet(nn.Module):
    """Actor and critic.

    Attributes:
        latent_dim_pi: Scores that the actor gives: one for each plan, one for waiting.
        latent_dim_vf: Values that the critic gives.
    """

    def __init__(self, num_plans: int, hidden: int) -> None:
        super().__init__()
        self._num_plans = num_plans
        self.actor = PlanNet(hidden)
        self.score = nn.Linear(hidden, 1, bias=False)
        self.critic = PlanNet(hidden)
        self.latent_dim_pi = num_plans + 1
        self.latent_dim_vf = 1
        with torch.no_grad():
            for layer in (self.score, self.actor.whole):
                layer.weight.mul_(SMALL)

    def _parts(self, seen: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Return context, features and possible plans of flat observations."""
        n = self._num_plans
        sizes = [NUM_CONTEXT, NUM_FEATURES * n, n]
        context, features, possible = torch.split(seen, sizes, dim=-1)
        return context, features.reshape(-1, NUM_FEATURES, n), possible

    def forward(self, seen: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Return scores and values."""
        return self.forward_actor(seen), self.forward_critic(seen)

    def forward_actor(self, seen: torch.Tensor) -> torch.Tensor:
        """Return the score of each plan, and of waiting."""
        context, features, possible = self._parts(seen)
        plans, waiting = self.actor(context, features, possible)
        scores = torch.zeros_like(possible)
        scores[possible.nonzero(as_tuple=True)] = self.score(plans).squeeze(-1)
        return torch.cat([scores, waiting], -1)

    def forward_critic(self, seen: torch.Tensor) -> torch.Tensor:
        """Return the value."""
        value: torch.Tensor = self.critic(*self._parts(seen))[1]
        return value


class CloudActorCritic(MaskableActorCriticPolicy):
    """`CloudNet` as sb3-contrib's MaskablePPO takes it."""

    def __init__(self, *args: Any, hidden: int = HIDDEN, **kwargs: Any) -> None:
        self._hidden = hidden
        super().__init__(*args, **kwargs)

    def _build_mlp_extractor(self) -> None:
        num_plans = int(self.action_space.n) - 1  # type: ignore[attr-defined]
        self.mlp_extractor = CloudNet(num_plans, self._hidden)  # type: ignore[assignment]

    def _build(self, lr_schedule: Schedule) -> None:
        """Build the networks; what they give are scores and values as they are."""
        super()._build(lr_schedule)
        self.action_net = nn.Identity()
        self.value_net = nn.Identity()  # type: ignore[assignment]
        rate: dict[str, Any] = {"lr": lr_schedule(1)}
        self.optimizer = self.optimizer_class(self.parameters(), **rate, **self.optimizer_kwargs)


def export_actor(policy: CloudActorCritic) -> dict[str, Any]:
    """Return the actor's arrays by name, as `qsched.policy.learned.network` reads them."""
    net: Any = policy.mlp_extractor
    arrays = {**net.actor.state_dict(), "score.weight": net.score.weight}
    return {name: value.detach().cpu().numpy().copy() for name, value in arrays.items()}
