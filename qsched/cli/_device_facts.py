"""What ``qsched devices`` says of a device: keys that users script against."""

from __future__ import annotations

from dataclasses import asdict
from statistics import median
from typing import TYPE_CHECKING, Any

from qsched.estimate import error_score
from qsched.model.connectivity import working_components

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qsched.model import DeviceProfile, ErrorMeans
    from qsched.model.service import ServiceFacts


def brief_facts(profile: DeviceProfile) -> dict[str, Any]:
    """Return the facts of one row of ``qsched devices list``."""
    means = profile.error_means
    return {
        "name": profile.name,
        "num_qubits": profile.num_qubits,
        "processor": profile.processor,
        "clops": profile.clops,
        "quantum_volume": profile.quantum_volume,
        "error_score": _score(means),
        "mean_errors": means._asdict(),
        "num_dead_couplers": len(profile.dead_couplers),
        "num_missing_values": profile.num_missing_values,
        "origin": profile.origin,
        "calibrated_at": profile.calibrated_at and profile.calibrated_at.isoformat(),
    }


def full_facts(profile: DeviceProfile) -> dict[str, Any]:
    """Return the facts of ``qsched devices show``."""
    plain = profile.plain_means
    components = working_components(profile)
    return {
        **brief_facts(profile),
        "clops_source": profile.clops_source,
        "plain_mean_errors": plain and plain._asdict(),
        "plain_error_score": plain and _score(plain),
        "basis_gates": list(profile.basis_gates),
        "num_couplers": len(profile.coupling_map),
        "couples_all_qubits": profile.num_qubits > 1 and not profile.coupling_map,
        "dead_couplers": [list(pair) for pair in profile.dead_couplers],
        "dead_qubits": list(profile.dead_qubits),
        "num_components": len(components),
        "component_sizes": [len(component) for component in components],
        "median_t1_s": _median(profile.t1_s),
        "median_t2_s": _median(profile.t2_s),
        "median_readout_duration_s": _median(profile.readout_duration_s),
        "median_single_qubit_duration_s": _median(profile.single_qubit_duration_s),
        "median_two_qubit_duration_s": _median(list(profile.two_qubit_duration_s.values())),
        "service": profile.service and _service_facts(profile.service),
    }


def _service_facts(service: ServiceFacts) -> dict[str, Any]:
    return {**asdict(service), "asked_at": service.asked_at.isoformat()}


def _score(means: ErrorMeans) -> float | None:
    readout, single, double = means
    if readout is None or single is None or double is None:
        return None
    return error_score(readout, single, double)


def _median(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return median(known) if known else None
