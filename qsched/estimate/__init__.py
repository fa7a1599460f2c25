"""What a plan costs and gives: pure functions with formula, unit and source, and named presets."""

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

__all__ = [
    "MODELS",
    "Constants",
    "CostModel",
    "Estimate",
    "Rates",
    "communication_time_s",
    "error_score",
    "execution_time_s",
    "final_fidelity",
    "readout_fidelity",
    "single_qubit_fidelity",
    "two_qubit_fidelity",
]
