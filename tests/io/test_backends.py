"""Any Qiskit backend or target becomes a profile; what it leaves out stays ``None``."""

from __future__ import annotations

import warnings
from datetime import UTC, datetime
from math import inf, isclose, nan
from pathlib import Path
from statistics import fmean

import pytest
from qiskit.circuit import Parameter
from qiskit.circuit.library import (
    CXGate,
    CZGate,
    ECRGate,
    IGate,
    Measure,
    RGate,
    RXGate,
    RXXGate,
    RZGate,
    RZZGate,
    SXGate,
    U3Gate,
    iSwapGate,
)
from qiskit.providers import QubitProperties
from qiskit.providers.fake_provider import GenericBackendV2
from qiskit.transpiler import InstructionProperties, Target

from qsched.errors import CalibrationError, UnknownNameError
from qsched.io import _target
from qsched.io.backends import fake_backend_names, load_fake_backend, profile_backend
from qsched.io.throughput import DEVICE_CLOPS, FAMILY_CLOPS, FAMILY_QUANTUM_VOLUME

ANGLE = Parameter("angle")


def rate(error: float | None, duration: float | None = None) -> InstructionProperties:
    return InstructionProperties(error=error, duration=duration)


@pytest.fixture(scope="module")
def fakes():
    """All fake backends, loaded once; a warning in any would be an error here."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return {name: load_fake_backend(name) for name in fake_backend_names()}


def test_names_are_those_of_the_fake_provider():
    from qiskit_ibm_runtime.fake_provider import FakeProviderForBackendV2

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        provided = sorted(b.name for b in FakeProviderForBackendV2().backends())

    assert fake_backend_names() == provided
    assert len(provided) >= 68


def test_every_fake_backend_loads_with_a_full_profile(fakes):
    for name, profile in fakes.items():
        assert profile.name == name
        assert len(profile.readout_error) == profile.num_qubits
        assert profile.num_missing_values == 0
        assert profile.calibrated_at.utcoffset() is not None
        assert profile.origin.startswith("fake backend of qiskit-ibm-runtime")
        assert set(profile.two_qubit_error) == set(profile.coupling_map)
        assert profile.coupling_map == tuple(sorted(profile.coupling_map))
        assert 0 < profile.error_means.readout < 0.5


def test_an_ecr_device_agrees_with_its_target_value_by_value(fakes):
    from qiskit_ibm_runtime.fake_provider import FakeKyiv

    target, profile = FakeKyiv().target, fakes["fake_kyiv"]

    assert profile.num_qubits == 127
    assert profile.readout_error[5] == target["measure"][5,].error
    assert profile.single_qubit_error[7] == target["sx"][7,].error
    assert profile.t1_s[9] == target.qubit_properties[9].t1
    assert {tuple(sorted(pair)): p.error for pair, p in target["ecr"].items()} == dict(
        profile.two_qubit_error
    )
    assert profile.two_qubit_duration_s[0, 14] == target["ecr"][0, 14].duration
    assert profile.processor == "Eagle r3"
    assert profile.calibrated_at == datetime(2025, 2, 26, 16, 2, 56, tzinfo=UTC)


def test_dead_couplers_stay_in_the_data_and_out_of_the_masked_mean(fakes):
    profile = fakes["fake_kyiv"]
    working = [e for e in profile.two_qubit_error.values() if e < 0.99]

    assert len(profile.dead_couplers) == 144 - len(working) == 5
    assert all(profile.two_qubit_error[pair] == 1.0 for pair in profile.dead_couplers)
    assert isclose(profile.error_means.two_qubit, fmean(working))
    assert isclose(profile.plain_means.two_qubit, (sum(working) + 5 * 1.0) / 144)


def test_a_device_whose_couplers_are_all_dead_has_no_two_qubit_mean(fakes):
    profile = fakes["fake_kyoto"]

    assert len(profile.dead_couplers) == len(profile.coupling_map) == 144
    assert profile.error_means.two_qubit is None
    assert profile.plain_means.two_qubit == 1.0


def test_plain_means_count_both_directions_of_a_symmetric_gate(fakes):
    from qiskit_ibm_runtime.fake_provider import FakeFez

    listed = [p.error for p in FakeFez().target["cz"].values()]

    assert len(listed) == 352 == 2 * len(fakes["fake_fez"].coupling_map)
    assert isclose(fakes["fake_fez"].plain_means.two_qubit, fmean(listed))


@pytest.mark.parametrize(
    ("name", "clops", "volume", "words"),
    [
        ("fake_torino", 210_000, 512, "CLOPS: the backend's configuration (CLOPS_h)"),
        ("fake_manila", 2_819, 32, "CLOPS: the backend's configuration (CLOPS_v)"),
        ("fake_peekskill", 1_950, 128, "quantum volume: Falcon"),
        ("fake_athens", 1_419, 32, "ibmq_bogota"),
        ("fake_belem", 951, 16, "ibmq_toronto"),
        ("fake_sherbrooke", 30_000, 32, "quantum volume: the backend's configuration"),
        ("fake_prague", None, 512, "Egret"),
        ("fake_berlin", 25_000, None, "CLOPS_h"),
        ("fake_armonk", None, None, ""),
    ],
)
def test_throughput_is_stated_or_from_the_table_and_says_which(fakes, name, clops, volume, words):

    assert fakes[name].clops == clops
    assert fakes[name].quantum_volume == volume
    assert words in fakes[name].clops_source


def test_every_row_of_the_throughput_table_names_a_source():
    rows = [*DEVICE_CLOPS.values(), *FAMILY_CLOPS.values(), *FAMILY_QUANTUM_VOLUME.values()]

    assert len(rows) > 20
    assert all(
        row.value > 1 and ("arXiv" in row.source or "http" in row.source or "0.51" in row.source)
        for row in rows
    )


def test_figures_given_by_the_caller_go_first():
    profile = profile_backend(
        GenericBackendV2(5, seed=1), name="mine", clops=1234.0, quantum_volume=16, origin="lab"
    )

    assert (profile.name, profile.clops, profile.quantum_volume) == ("mine", 1234.0, 16)
    assert profile.clops_source == "CLOPS: given; quantum volume: given"
    assert profile.origin == "lab"


def test_generic_backend_couples_both_ways_and_the_better_way_counts():
    backend = GenericBackendV2(5, seed=1)
    cx = backend.target["cx"]

    profile = profile_backend(backend)

    assert len(profile.coupling_map) == len(cx) / 2 == 10
    for a, b in profile.coupling_map:
        best = min(cx[a, b], cx[b, a], key=lambda p: p.error)
        assert profile.two_qubit_error[a, b] == best.error
        assert profile.two_qubit_duration_s[a, b] == best.duration
    assert profile.clops is None
    assert profile.calibrated_at is None
    assert profile.origin == "GenericBackendV2 of qiskit"


def test_aer_simulator_of_a_backend_keeps_the_backends_numbers(fakes):
    aer = pytest.importorskip("qiskit_aer")
    from qiskit_ibm_runtime.fake_provider import FakeManilaV2

    profile = profile_backend(aer.AerSimulator.from_backend(FakeManilaV2()))

    assert profile.name == "aer_simulator_from(fake_manila)"
    assert profile.two_qubit_error == fakes["fake_manila"].two_qubit_error
    assert profile.readout_error == fakes["fake_manila"].readout_error
    assert profile.t2_s == fakes["fake_manila"].t2_s


def test_an_ideal_simulator_reports_nothing_and_couples_all():
    aer = pytest.importorskip("qiskit_aer")

    profile = profile_backend(aer.AerSimulator())

    assert profile.coupling_map == ()
    assert set(profile.readout_error) == {None}
    assert profile.error_means == (None, None, None)
    assert profile.plain_means is None


def test_ion_trap_gates_on_any_pair_give_no_coupling_map():
    target = Target(num_qubits=4, description="trap")
    target.add_instruction(RXXGate(ANGLE), None, name="ms")
    target.add_instruction(RGate(ANGLE, ANGLE), None, name="gpi")
    target.add_instruction(Measure(), None)

    profile = profile_backend(target)

    assert profile.name == "trap"
    assert profile.coupling_map == ()
    assert profile.two_qubit_error == {}
    assert profile.basis_gates == ("gpi", "ms")
    assert profile.readout_error == (None,) * 4
    assert profile.dead_qubits == ()


def test_one_error_for_all_pairs_counts_for_each_pair():
    target = Target(num_qubits=3, description="trap")
    target.add_instruction(RXXGate(ANGLE), {None: rate(0.02, 1e-4)}, name="ms")
    target.add_instruction(RZZGate(ANGLE), {None: rate(0.01, 2e-4)}, name="zz")

    profile = profile_backend(target)

    assert profile.coupling_map == ()
    assert profile.two_qubit_error == {(0, 1): 0.01, (0, 2): 0.01, (1, 2): 0.01}
    assert profile.two_qubit_duration_s[0, 2] == 2e-4


def test_all_pairs_listed_with_their_errors_are_a_full_coupling_map():
    pairs = {(a, b): rate(0.001 * (a + b)) for a in range(4) for b in range(4) if a < b}
    target = Target(num_qubits=4, description="trap")
    target.add_instruction(RXXGate(ANGLE), pairs, name="ms")

    profile = profile_backend(target)

    assert len(profile.coupling_map) == 6
    assert profile.two_qubit_error[2, 3] == 0.005


def test_iqm_like_target_rates_r_and_cz():
    target = Target(num_qubits=3, description="star")
    target.add_instruction(
        RGate(ANGLE, ANGLE), {(q,): rate(0.001 * (q + 1), 40e-9) for q in range(3)}
    )
    target.add_instruction(CZGate(), {(1, 0): rate(0.01, 60e-9), (1, 2): rate(0.02, 60e-9)})
    target.add_instruction(Measure(), {(q,): rate(0.03, 1e-6) for q in range(3)})

    profile = profile_backend(target)

    assert profile.single_qubit_error == (0.001, 0.002, 0.003)
    assert profile.single_qubit_duration_s == (40e-9,) * 3
    assert profile.two_qubit_error == {(0, 1): 0.01, (1, 2): 0.02}
    assert profile.readout_duration_s == (1e-6,) * 3


def test_rigetti_like_target_takes_the_best_gate_of_each_coupling_and_its_duration():
    target = Target(num_qubits=3, description="aspen")
    target.add_instruction(RXGate(ANGLE), {(q,): rate(0.002) for q in range(3)})
    target.add_instruction(RZGate(ANGLE), {(q,): rate(0.0) for q in range(3)})
    target.add_instruction(iSwapGate(), {(0, 1): rate(0.03, 100e-9), (1, 2): rate(0.01, 100e-9)})
    target.add_instruction(CZGate(), {(1, 0): rate(0.02, 200e-9), (1, 2): rate(None, 200e-9)})

    profile = profile_backend(target)

    assert profile.two_qubit_error == {(0, 1): 0.02, (1, 2): 0.01}
    assert profile.two_qubit_duration_s == {(0, 1): 200e-9, (1, 2): 100e-9}
    assert profile.single_qubit_error == (0.002,) * 3  # rz is free and says nothing
    assert isclose(profile.plain_means.two_qubit, 0.02)


def test_sx_is_the_one_qubit_gate_also_where_another_is_better():
    target = Target(num_qubits=1, description="one")
    target.add_instruction(SXGate(), {(0,): rate(0.002)})
    target.add_instruction(U3Gate(ANGLE, ANGLE, ANGLE), {(0,): rate(0.001)})
    target.add_instruction(IGate(), {(0,): rate(0.0)})

    assert profile_backend(target).single_qubit_error == (0.002,)


def test_missing_qubit_properties_are_none_and_listed_ones_are_kept():
    target = Target(
        num_qubits=3,
        description="half",
        qubit_properties=[
            QubitProperties(t1=1e-4, t2=None),
            QubitProperties(),
            QubitProperties(t1=nan, t2=inf),
        ],
    )
    target.add_instruction(CXGate(), {(0, 1): None, (1, 2): rate(nan)})

    profile = profile_backend(target)

    assert profile.t1_s == (1e-4, None, None)
    assert profile.t2_s == (None, None, None)
    assert profile.two_qubit_error == {(0, 1): None, (1, 2): None}
    assert profile.num_missing_values == 8  # 3 readout, 3 one-qubit, 2 two-qubit


def test_a_coupler_is_dead_only_if_both_directions_are():
    target = Target(num_qubits=3, description="line")
    target.add_instruction(
        ECRGate(),
        {(0, 1): rate(1.0), (1, 0): rate(0.01), (1, 2): rate(1.0), (2, 1): rate(1.0)},
    )

    profile = profile_backend(target)

    assert profile.dead_couplers == ((1, 2),)
    assert profile.error_means.two_qubit == 0.01
    assert isclose(profile.plain_means.two_qubit, 3.01 / 4)


def test_a_qubit_left_without_operations_is_faulty_and_masked():
    target = Target(num_qubits=3, description="hole")
    target.add_instruction(SXGate(), {(0,): rate(0.001), (2,): rate(0.003)})
    target.add_instruction(Measure(), {(0,): rate(0.01), (2,): rate(0.03)})
    target.add_instruction(CZGate(), {(0, 1): rate(0.5), (0, 2): rate(0.02)})

    profile = profile_backend(target)

    assert profile.faulty_qubits == profile.dead_qubits == (1,)
    assert profile.dead_couplers == ((0, 1),)
    assert profile.error_means == (0.02, 0.002, 0.02)


@pytest.mark.parametrize("error", [-0.1, 1.5])
def test_an_error_out_of_range_is_refused_with_its_place(error):
    target = Target(num_qubits=2, description="odd")
    target.add_instruction(CXGate(), {(0, 1): rate(error)})

    with pytest.raises(
        CalibrationError, match=r"odd: two_qubit_error of \(0, 1\) is .*out of range"
    ):
        profile_backend(target)


def test_a_target_without_qubits_is_refused():
    with pytest.raises(CalibrationError, match="how many qubits"):
        profile_backend(Target(description="empty"))


def test_clops_out_of_range_is_refused():
    with pytest.raises(CalibrationError, match="clops is -1"):
        profile_backend(GenericBackendV2(2, seed=1), clops=-1.0)


class Vendor(GenericBackendV2):
    """A backend of a vendor whose optional methods answer oddly."""

    def properties(self):
        """Return a time without a zone."""
        from types import SimpleNamespace

        return SimpleNamespace(last_update_date="2025-03-30T02:08:58")

    def configuration(self):
        """Refuse, as backends may."""
        raise NotImplementedError


def test_optional_methods_may_refuse_and_a_time_without_zone_is_utc():
    profile = profile_backend(Vendor(2, seed=1))

    assert profile.calibrated_at == datetime(2025, 3, 30, 2, 8, 58, tzinfo=UTC)
    assert profile.processor == ""


def test_an_unknown_fake_backend_is_refused_with_near_names():
    with pytest.raises(UnknownNameError, match="did you mean 'fake_kyiv'"):
        load_fake_backend("fake_kyv")


def test_every_figure_of_the_throughput_table_stands_in_the_reference():
    page = Path(__file__).parents[2] / "docs" / "reference" / "devices.md"
    rows = [line for line in page.read_text(encoding="utf-8").splitlines() if line.startswith("|")]

    for name, row in (*DEVICE_CLOPS.items(), *FAMILY_CLOPS.items()):
        assert any(name in line and f"| {row.value:,} |" in line for line in rows), name
    for name, row in FAMILY_QUANTUM_VOLUME.items():
        assert any(name in line and f"| {row.value} |" in line for line in rows), name


def test_a_rate_that_is_no_number_is_refused():
    class Odd:
        error = "much"

    with pytest.raises(CalibrationError, match="'much' where a number belongs"):
        _target.rate(Odd())
