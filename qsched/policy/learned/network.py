"""The network of a policy trained in Cloud-v0, carried out with NumPy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from qsched.errors import InputError
from qsched.policy.learned.encoding import NUM_CONTEXT, NUM_FEATURES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qsched.policy.learned.encoding import View


def shapes(hidden: int) -> dict[str, tuple[int, ...]]:
    """Return the arrays of a network with so many units in each hidden layer."""
    return {
        "plan.weight": (hidden, NUM_FEATURES),
        "plan.bias": (hidden,),
        "context.weight": (hidden, NUM_CONTEXT),
        "second.weight": (hidden, hidden),
        "second.bias": (hidden,),
        "score.weight": (1, hidden),
        "pooled.weight": (hidden, hidden + NUM_CONTEXT),
        "pooled.bias": (hidden,),
        "whole.weight": (1, hidden),
        "whole.bias": (1,),
    }


class PlanScorer:
    """Scores the plans of a job, and waiting: the actor of `qsched.rl.network.CloudNet`.

    Args:
        arrays: By the names of `shapes`.
        source: What they were read from, for messages.

    Raises:
        InputError: An array is missing, strange, or of another shape.
    """

    def __init__(self, arrays: Mapping[str, Any], source: str) -> None:
        bias = arrays.get("plan.bias")
        hidden = 0 if bias is None else bias.size
        wanted = shapes(hidden)
        found = {name: array.shape for name, array in arrays.items()}
        if found != wanted or not hidden:
            wrong = sorted(set(found.items()) ^ set(wanted.items())) or [("plan.bias", (0,))]
            raise InputError(
                f"arrays are not those of a policy of Cloud-v0: {wrong[0][0]} {wrong[0][1]}",
                remedy="give a policy that was trained there",
                source=source,
            )
        a = {name: np.asarray(array, dtype=np.float32) for name, array in arrays.items()}
        self._hidden = hidden
        self._plan = a["plan.weight"]
        self._second, self._second_bias = a["second.weight"], a["second.bias"][:, None]
        self._score = a["score.weight"][0]
        self._mean = a["pooled.weight"][:, :hidden]
        # What the context adds to both layers that see it, in one product.
        self._context = np.concatenate([a["context.weight"], a["pooled.weight"][:, hidden:]])
        self._context_bias = np.concatenate([a["plan.bias"], a["pooled.bias"]])
        self._whole, self._whole_bias = a["whole.weight"][0], a["whole.bias"][0]

    def scores(self, view: View) -> Any:
        """Return the score of each plan of one job, and of waiting: shape ``(plans + 1,)``."""
        possible, hidden = view.possible, self._hidden
        of_context = self._context @ view.context
        of_context += self._context_bias
        plans = self._plan @ view.features
        plans += of_context[:hidden, None]
        np.maximum(plans, 0.0, out=plans)
        plans = self._second @ plans
        plans += self._second_bias
        np.maximum(plans, 0.0, out=plans)
        mean = plans @ possible.astype(np.float32)
        mean /= max(np.count_nonzero(possible), 1)
        pooled = self._mean @ mean
        pooled += of_context[hidden:]
        np.maximum(pooled, 0.0, out=pooled)
        scores = np.empty(len(possible) + 1, dtype=np.float32)
        np.matmul(self._score, plans, out=scores[:-1])
        scores[-1] = self._whole @ pooled + self._whole_bias
        return scores
