"""What it takes to cut a gate: its sampling factor gamma, from its name and angle.

Mitarai and Fujii, New J. Phys. 23, 023021, 2021; Piveteau and Sutter, IEEE Trans. Inf. Theory
70, 2734, 2024; ``xx_plus_yy`` and its like: Schmitt, Piveteau and Sutter, arXiv 2312.11638,
from their interaction coefficients.
"""

from __future__ import annotations

from math import pi, sin
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from qiskit.circuit import CircuitInstruction

USUAL_GAMMA = 3.0
DIGITS = 12
"""Angles that differ by rounding alone have one gamma."""


def _turn(factor: float) -> Callable[[float], float]:
    return lambda angle: 1.0 + 2.0 * abs(sin(factor * angle))


def _exchange(angle: float) -> float:
    part = abs(sin(angle / 2.0))
    return 1.0 + 4.0 * part + 2.0 * part * part


_GAMMA_OF_ANGLE: dict[str, Callable[[float], float]] = {
    **dict.fromkeys(("swap", "iswap", "dcx"), lambda _angle: 7.0),
    **dict.fromkeys(("rzz", "rxx", "ryy", "rzx"), _turn(1.0)),
    **dict.fromkeys(("cp", "cu1", "crx", "cry", "crz"), _turn(0.5)),
    **dict.fromkeys(("cs", "csdg", "csx"), lambda _angle: 1.0 + 2.0 * sin(pi / 4.0)),
    **dict.fromkeys(("xx_plus_yy", "xx_minus_yy"), _exchange),
}
UNUSUAL = frozenset(_GAMMA_OF_ANGLE)
"""Names of the gates whose gamma is not that of ``cx``, or not always."""

_LARGEST_ANGLE = {name: pi if name[0] in "cx" else pi / 2.0 for name in UNUSUAL}


def gamma_of(instruction: CircuitInstruction, *, angle_is_known: bool) -> float:
    """Return the sampling factor of a gate of `UNUSUAL` cut alone.

    Args:
        instruction: The gate.
        angle_is_known: Whether its angle is that of every use; if not, or if it is a
            parameter, the worst is taken.
    """
    name = instruction.name
    angle = _LARGEST_ANGLE[name]
    if angle_is_known and instruction.params:
        try:
            angle = float(instruction.params[0])
        except TypeError:  # a parameter without a value
            angle = _LARGEST_ANGLE[name]
    return round(_GAMMA_OF_ANGLE[name](angle), DIGITS)
