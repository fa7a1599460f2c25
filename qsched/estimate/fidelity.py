"""Expected fidelity: equations (2) and (4) to (8) of the paper.

Source of every formula here: Luo, Zhao, Zhan, Guan, "Adaptive Job Scheduling in
Quantum Clouds Using Reinforcement Learning", ICPP 2025, arXiv 2506.10889.

Written with operators only: what is typed ``float`` takes NumPy arrays as well.
Errors and fidelities are probabilities in [0, 1].
"""

from __future__ import annotations


def error_score(
    readout: float,
    single_qubit: float,
    two_qubit: float,
    weights: tuple[float, float, float] = (0.5, 0.3, 0.2),
) -> float:
    """Return the error score of a device, equation (2); lower is better.

    ``0.5 * readout + 0.3 * single-qubit + 0.2 * two-qubit``, each the mean error of the device.

    Args:
        readout: Mean readout error.
        single_qubit: Mean error of one-qubit gates.
        two_qubit: Mean error of two-qubit gates.
        weights: Weights of the three, in that order.

    >>> round(error_score(0.02, 0.0003, 0.009), 6)
    0.01189
    """
    return weights[0] * readout + weights[1] * single_qubit + weights[2] * two_qubit


def single_qubit_fidelity(single_qubit_error: float, depth: float) -> float:
    """Return the single-qubit fidelity, equation (4): ``(1 - e1) ** depth``.

    >>> round(single_qubit_fidelity(0.0003, 20), 6)
    0.994017
    """
    value: float = (1.0 - single_qubit_error) ** depth
    return value


def two_qubit_fidelity(two_qubit_error: float, num_two_qubit_gates: float) -> float:
    """Return the two-qubit fidelity, equation (5), for gates of one mean error.

    The product of ``1 - e2`` over the gates of a part is ``(1 - e2) ** n`` when
    the mean error of the device stands for each gate. A row of a job table has
    ``n = N2 / k`` gates in each of ``k`` parts; ``n`` may be a fraction.

    >>> round(two_qubit_fidelity(0.009, 18 / 2), 6)
    0.921856
    """
    value: float = (1.0 - two_qubit_error) ** num_two_qubit_gates
    return value


def readout_fidelity(readout_error: float, num_qubits_per_part: float) -> float:
    """Return the readout fidelity, equation (6): ``(1 - ero) ** sqrt(q / k)``.

    Args:
        readout_error: Mean readout error.
        num_qubits_per_part: ``q / k``: qubits of the job over the number of its parts.

    >>> round(readout_fidelity(0.02, 200 / 2), 6)
    0.817073
    """
    value: float = (1.0 - readout_error) ** (num_qubits_per_part**0.5)
    return value


def final_fidelity(
    mean_device_fidelity: float, num_parts: int, link_fidelity: float = 0.94
) -> float:
    """Return the fidelity of a job, equation (8): ``mean(F_i) * phi ** (k - 1)``.

    Args:
        mean_device_fidelity: Mean over the parts of the device fidelity, equation (7),
            which is the product of equations (4), (5) and (6).
        num_parts: Parts of the job, at least 1.
        link_fidelity: ``phi``, lost once for each pair of neighbouring parts.

    >>> round(final_fidelity(0.75, 3), 6)
    0.6627
    """
    value: float = mean_device_fidelity * link_fidelity ** (num_parts - 1)
    return value
