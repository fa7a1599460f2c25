"""What a plan costs and gives: pure functions with formula, unit and source, and named presets."""

from qsched.errors import ConfigError
from qsched.estimate.communication import (
    COMMUNICATIONS,
    CommunicationModel,
    Link,
    load_communication,
)
from qsched.estimate.duration import communication_time_s, execution_time_s
from qsched.estimate.fidelity import (
    error_score,
    final_fidelity,
    readout_fidelity,
    single_qubit_fidelity,
    two_qubit_fidelity,
)
from qsched.estimate.models import Constants, CostModel, Estimate, Rates
from qsched.registry import Registry

MODELS = Registry(
    kind="model",
    group="qsched.models",
    builtins={
        "paper": (
            "qsched.estimate.models:PAPER",
            "equations (2)-(9) of the paper, SI seconds",
        ),
        "icpp2025": (
            "qsched.estimate.models:ICPP2025",
            "arithmetic of the published code: minutes and seconds on one clock",
        ),
    },
)


def load_model(model: str | CostModel) -> CostModel:
    """Return a cost model by name, by ``package.module:NAME``, or the object itself.

    Raises:
        UnknownNameError: No model has that name.
        ConfigError: What the name stands for is no cost model.
    """
    found = MODELS.load(model) if isinstance(model, str) else model
    if not isinstance(found, CostModel):
        raise ConfigError(f"model {model!r} is not a CostModel", remedy="give a CostModel object")
    return found


__all__ = [
    "COMMUNICATIONS",
    "MODELS",
    "CommunicationModel",
    "Constants",
    "CostModel",
    "Estimate",
    "Link",
    "Rates",
    "communication_time_s",
    "error_score",
    "execution_time_s",
    "final_fidelity",
    "load_communication",
    "load_model",
    "readout_fidelity",
    "single_qubit_fidelity",
    "two_qubit_fidelity",
]
