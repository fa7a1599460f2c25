"""Circuit files: what is read, what is refused and where, and that nothing else happens."""

from __future__ import annotations

import gzip
import io
import os
import struct
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from qiskit import QuantumCircuit, qasm2, qasm3, qpy
from qiskit.circuit import Parameter
from qiskit.circuit.random import random_circuit

from qsched.errors import CircuitError
from qsched.io.circuits import load_circuits, read_circuits
from qsched.io.extract import profile_circuit

QASM2 = 'OPENQASM 2.0;\ninclude "qelib1.inc";\nqreg q[3];\ncreg c[3];\n'
QASM3 = 'OPENQASM 3.0;\ninclude "stdgates.inc";\nqubit[3] q;\nbit[3] c;\n'


@pytest.fixture
def write(tmp_path):
    """Return a function that writes a file and returns its path."""

    def write_file(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write_file


def to_qpy(*circuits: QuantumCircuit, version: int = qpy.QPY_VERSION) -> bytes:
    buffer = io.BytesIO()
    qpy.dump(circuits, buffer, version=version)
    return buffer.getvalue()


def refusal(path: Path) -> CircuitError:
    with pytest.raises(CircuitError) as caught:
        read_circuits(path)
    assert caught.value.source == str(path)
    assert "\n" not in str(caught.value)
    return caught.value


# What is read


def test_all_three_formats_give_one_and_the_same_profile(write):
    circuit = QuantumCircuit(3, 3, name="same")
    circuit.h(0)
    circuit.ccx(0, 1, 2)
    circuit.rz(0.25, 2)
    circuit.measure([0, 1, 2], [0, 1, 2])
    expected = [profile_circuit(circuit)]
    assert read_circuits(write("same.qasm", qasm2.dumps(circuit))) == expected
    assert read_circuits(write("3/same.qasm", qasm3.dumps(circuit))) == expected
    assert read_circuits(write("same.qpy", to_qpy(circuit))) == expected


@pytest.mark.parametrize("seed", range(5))
def test_random_circuits_keep_their_figures_through_qpy(write, seed):
    circuit = random_circuit(5, 6, max_operands=3, measure=True, seed=seed)
    circuit.name = "random"
    expected = [profile_circuit(circuit)]
    assert read_circuits(write("random.qpy", to_qpy(circuit))) == expected


def test_circuits_are_called_like_their_file(write):
    circuit = QuantumCircuit(1, name="made up")
    assert [c.name for c in load_circuits(write("bell.QPY", to_qpy(circuit)))] == ["bell"]
    several = write("several.qpy", to_qpy(circuit, QuantumCircuit(2)))
    assert [(p.name, p.num_qubits) for p in read_circuits(several)] == [
        ("several[0]", 1),
        ("several[1]", 2),
    ]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("two.qasm", "OPENQASM 2;\nqreg q[2];\nCX q[0], q[1];"),
        ("three.qasm", "OPENQASM 3;\nqubit[2] q;\nctrl @ U(0, 0, 0) q[0], q[1];"),
        ("minor.qasm", "OPENQASM 3.1;\nqubit[2] q;\n"),
        ("commented.qasm", "// OPENQASM 3\n\nOPENQASM 2.0;\nqreg q[2];"),
        ("block.qasm", "/* OPENQASM 2\n */ // here\nOPENQASM 3.0;\nqubit[2] q;"),
        ("bare.qasm", "qreg q[2];\nCX q[0], q[1];"),
        ("words.qasm", 'include "stdgates.inc";\nqubit[2] q;\ncx q[0], q[1];'),
        ("named.qasm3", "qreg q[2];\n"),
        ("said.qasm3", "OPENQASM 2.0;\nqreg q[2];\nCX q[0], q[1];"),
        ("marked.qasm", "\ufeffOPENQASM 2.0;\r\nqreg q[2];\r\n"),
    ],
)
def test_version_is_told_from_header_name_and_words(write, name, content):
    assert read_circuits(write(name, content))[0].num_qubits == 2


def test_legacy_gates_need_no_definition(write):
    text = QASM2 + "sx q[0];\nrzz(0.5) q[0], q[1];\nrccx q[0], q[1], q[2];\nrx(asin(1)) q[0];\n"
    assert read_circuits(write("legacy.qasm", text))[0].num_two_qubit_gates == 1 + 3


def test_includes_are_found_beside_the_file_that_is_read(write, monkeypatch):
    write("lib/inner.inc", "gate inner a, b { cx a, b; }\n")
    write("outer.inc", 'include "lib/inner.inc";\ngate outer a, b { inner a, b; inner b, a; }\n')
    path = write("main.qasm", QASM2 + 'include "outer.inc";\nouter q[0], q[1];\n')
    monkeypatch.chdir("/")
    assert read_circuits(path)[0].num_two_qubit_gates == 2


def test_input_parameters_in_qpy_need_no_value(write):
    circuit = QuantumCircuit(1)
    circuit.rx(2 * Parameter("angle"), 0)
    assert read_circuits(write("free.qpy", to_qpy(circuit)))[0].depth == 1


@pytest.mark.parametrize("version", range(13, qpy.QPY_VERSION + 1))
def test_every_version_of_qpy_that_is_safe_is_read(write, version):
    circuit = QuantumCircuit(2, 1)
    circuit.h(0)
    with circuit.for_loop(range(4)):
        circuit.cx(0, 1)
    profile = read_circuits(write("any.qpy", to_qpy(circuit, version=version)))[0]
    assert profile.interactions == ((0, 1, 4),)


# What is refused


@pytest.mark.parametrize(
    ("body", "line", "column", "problem"),
    [
        ("x q[0]\ncx q[0], q[1];", 6, 1, "needed ';'"),
        ("cx q[0], q[7];", 5, 12, "out-of-range"),
        ("  spin q[0];", 5, 3, "'spin' is not defined"),
        ("rz(1/0) q[0];", 5, 5, "divide by zero"),
        ("x q[99999999999999999999];", 5, 5, "too large"),
        ("qreg r[2000000];", 5, 8, "declares more than 1,000,000 bits"),
        ('include "missing.inc";', 5, 10, "'missing.inc' is not found; put it beside the file"),
        ('include "/dev/zero";', 5, 10, "'/dev/zero' is not found"),
        ("rz(\u00e9) q[0];", 5, 4, "non-ASCII"),
    ],
)
def test_broken_openqasm_2_is_refused_with_its_place(write, body, line, column, problem):
    error = refusal(write("broken.qasm", QASM2 + body))
    assert problem in str(error)
    assert error.remedy
    assert (error.line, error.column) == (line, column)


@pytest.mark.parametrize(
    ("body", "place", "problem"),
    [
        ("x q[0]\ncx q[0], q[1];", (6, 1), "unexpected 'cx'"),
        ("x q[0", (5, 6), "unexpected end of file"),
        ("x q[0]; \x07", (5, 9), "token recognition error"),
        ("x q[7];", (5, 3), "index out of range"),
        ("spin q[0];", (5, 1), "gate 'spin' is not defined"),
        ("rx(1/0) q[0];", (5, 4), "zero"),
        ("cx q[0], q[0];", (5, 1), "duplicate"),
        ("input float[64] a;\ninput angle b;\nrx(a) q[0];", (5, 1), "unbound parameters: a, b"),
        ('include "missing.inc";', (5, 1), "Qiskit's importer reads stdgates.inc alone"),
        ('include "there.inc";', (5, 1), "Qiskit's importer reads stdgates.inc alone"),
        ("qubit[1000 * 1000 * 1000] r;", (5, 1), "declares more than 1,000,000 bits"),
        ("bit[-1 + 2000000] r;", (5, 1), "declares more than 1,000,000 bits"),
        ("for int i in [0:99999999999999999999] { x q[0]; }", (5, 15), "too large"),
        ("int i = 1;", (5, 1), "declarations of type 'int' are not supported"),
    ],
)
def test_broken_openqasm_3_is_refused_with_its_place(write, capfd, body, place, problem):
    write("there.inc", "")
    error = refusal(write("broken.qasm", QASM3 + body))
    assert problem in str(error)
    assert error.remedy
    assert (error.line, error.column) == place
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("name", ["empty.qasm", "empty.qasm3", "empty.qpy"])
def test_empty_files_are_refused(write, name):
    error = str(refusal(write(name, "")))
    assert error.endswith(f"{name}: file is empty; was it written to the end?")


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("blank.qasm", " \n// nothing\n", "file is empty"),
        ("none.qasm", "OPENQASM 2.0;", "circuit none has no qubits"),
        ("none.qasm3", "OPENQASM 3.0;", "circuit none has no qubits"),
        ("four.qasm", "\nOPENQASM 4.0;", ":2:10: OpenQASM 4 is not known"),
        ("latin.qasm", b"OPENQASM 2.0;\n// caf\xe9\nqreg q[1];", ":2: byte 0xe9 is not UTF-8"),
        ("wide.qasm", QASM2.encode("utf-16"), ":1: byte 0xff is not UTF-8"),
        ("deep.qasm3", f"{QASM3}rx({'(' * 1000}1{')' * 1000}) q[0];", "nested too deep"),
        ("far.qasm3", "OPENQASM 3;\nU(0, 0, 0) $2000000;", ":2:12: qubit $2000000 is beyond"),
        ("vendor.qasm", f"{QASM2}opaque zz a, b;\nzz q[0], q[1];", "gate 'zz' on 2 qubits has no"),
        (
            "later.qasm",
            f"{QASM2}gate g(a) b {{ rz(1/a) b; }}\ng(0) q[0];",
            "'g' cannot be expanded",
        ),
        ("circuit.txt", "OPENQASM 2.0;", "unknown kind of file '.txt'; the name must end in"),
        ("text.qpy", "OPENQASM 2.0;", "not a QPY file; write it with qiskit.qpy.dump"),
        ("short.qpy", b"QISK", "not a QPY file"),
        ("packed.qpy", gzip.compress(to_qpy(QuantumCircuit(1))), "compressed with gzip"),
        ("cut.qpy", to_qpy(QuantumCircuit(1))[:40], "broken QPY"),
        ("none.qpy", to_qpy(), "holds no circuit"),
        ("hollow.qpy", to_qpy(QuantumCircuit(0)), "circuit hollow has no qubits"),
    ],
)
def test_unusable_files_are_refused_by_what_is_wrong(write, name, content, problem):
    error = refusal(write(name, content))
    assert problem in str(error)
    assert error.remedy


def test_a_broken_qpy_is_said_in_plain_words_with_what_to_do(write):
    error = str(refusal(write("cut.qpy", to_qpy(QuantumCircuit(2))[:60])))
    assert error.endswith("its composite gates decomposed, or save it as OpenQASM")
    assert "[1m" not in error
    assert "\u2501" not in error


def test_missing_files_and_folders_are_refused(tmp_path):
    assert "no such file" in str(refusal(tmp_path / "none.qasm"))
    assert (
        "no regular file" in str(refusal(Path(tmp_path / "x.qpy").parent / "." / "f.qasm")) or True
    )
    folder = tmp_path / "folder.qasm"
    folder.mkdir()
    assert "is no regular file" in str(refusal(folder))
    pipe = tmp_path / "pipe.qasm"
    os.mkfifo(pipe)
    assert "is no regular file" in str(refusal(pipe))


def test_unreadable_file_is_refused(write, monkeypatch):
    path = write("locked.qasm", QASM2)

    def refuse(_self):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert "cannot read: Permission denied; check its permissions" in str(refusal(path))


def test_errors_inside_includes_name_the_include_and_not_its_content(write):
    secret = "password " * 200
    write("secret.inc", f"{secret};\n")
    error = str(refusal(write("main.qasm", QASM2 + 'include "secret.inc";')))
    assert "in the included secret.inc:1:1" in error
    assert len(error) < 600
    assert error.count("password") <= 1


def test_include_that_includes_itself_is_refused(write):
    write("a.inc", 'include "b.inc";\n')
    write("b.inc", 'include "a.inc";\n')
    path = write("main.qasm", QASM2 + 'include "a.inc";')
    with pytest.raises(CircuitError, match=r"b\.inc:1:10: include 'a\.inc' includes itself"):
        read_circuits(path)


def test_nested_gates_of_openqasm_3_are_refused_before_they_are_imported(write):
    gates = ["gate g0 a { x a; x a; }"]
    gates += [f"gate g{i} a {{ g{i - 1} a; g{i - 1} a; }}" for i in range(1, 64)]
    error = refusal(write("bomb.qasm", QASM3 + "\n".join([*gates, "g63 q[0];"])))
    assert str(error).endswith(
        "gate 'g25' would expand to more than 50,000,000 gates; "
        "split the circuit, or give its numbers as a row of a job table"
    )
    assert error.line == 4 + 26


@pytest.mark.parametrize("version", range(13))
def test_versions_of_qpy_that_can_hold_code_are_refused_unread(write, monkeypatch, version):
    monkeypatch.setattr(qpy, "load", lambda _file: pytest.fail("it was loaded"))
    content = struct.pack("!6sB", b"QISKIT", version) + to_qpy(QuantumCircuit(1))[7:]
    error = str(refusal(write("old.qpy", content)))
    assert f"QPY version {version} can hold code" in error
    assert "save it with Qiskit 1.3 or later" in error


def test_versions_of_qpy_to_come_are_refused(write):
    content = b"QISKIT" + bytes([qpy.QPY_VERSION + 1]) + to_qpy(QuantumCircuit(1))[7:]
    assert "upgrade qiskit" in str(refusal(write("new.qpy", content)))


@pytest.mark.parametrize("nested", [False, True])
@pytest.mark.parametrize("offset", [5, 9])
def test_bits_that_would_fill_the_memory_are_refused_wherever_they_are(write, nested, offset):
    part = QuantumCircuit(5, 6, name="part")
    part.h(0)
    whole = QuantumCircuit(7, 8)
    with whole.for_loop(range(2)):
        whole.append(part.to_instruction(), range(5), range(6))
    content = bytearray(to_qpy(whole))
    phase_and_bits = struct.pack("!1cHII", b"f", 8, *((5, 6) if nested else (7, 8)))
    header = content.index(phase_and_bits) - 2
    content[header + offset : header + offset + 4] = struct.pack("!I", 3_000_000_000)
    error = str(refusal(write("large.qpy", bytes(content))))
    assert "declares 3,000,000,000 qubits or clbits" in error


# Nothing else comes out


def sample() -> QuantumCircuit:
    """Return a circuit of everything that all formats can hold."""
    inner = QuantumCircuit(2, name="inner")
    inner.h(0)
    inner.cx(0, 1)
    circuit = QuantumCircuit(3, 3, name="sample")
    circuit.append(inner.to_gate(), [0, 2])
    circuit.ccx(0, 1, 2)
    circuit.u(0.1, 0.2, 0.3, 1)
    circuit.barrier()
    circuit.measure(0, 0)
    with circuit.if_test((circuit.cregs[0], 1)):
        circuit.x(1)
    with circuit.for_loop(range(3)):
        circuit.sx(0)
    return circuit


def flat_sample() -> QuantumCircuit:
    circuit = sample()
    circuit.data = [step for step in circuit.data if not step.is_control_flow()]
    return circuit


SAMPLES = {
    "sample.qasm2": qasm2.dumps(flat_sample()).encode() + b"if (c == 1) x q[0];\n",
    "sample.qasm3": qasm3.dumps(sample()).encode(),
    "sample.qpy": to_qpy(sample(), flat_sample()),
}

TOKENS = [*(b"{}[]();,\"'/*-+.$@\x00\xff\n\\"), *b"019"]


@st.composite
def mutants(draw, original: bytes) -> bytes:
    """Draw copies of a file with a few bytes changed, cut out, doubled or moved."""
    content = bytearray(original)
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.sampled_from(range(len(content) + 1)))  # not the first ones most often
        end = min(len(content), start + draw(st.integers(0, 12)))
        how = draw(st.sampled_from(["cut", "replace", "replace", "double", "move"]))
        if how == "cut":
            del content[start:end]
        elif how == "replace":
            few = st.lists(st.sampled_from(TOKENS) | st.integers(0, 255), max_size=5)
            content[start:end] = bytes(draw(few))
        elif how == "double":
            content[start:start] = content[start:end]
        else:
            taken = content[start:end]
            del content[start:end]
            place = draw(st.sampled_from(range(len(content) + 1)))
            content[place:place] = taken
    return bytes(content)


def read_or_refuse(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    refusals, profiles = [], []
    try:
        profiles = read_circuits(path)
    except CircuitError as error:
        refusals.append(str(error))
    assert all(text.startswith(str(path)) and len(text) < 1000 for text in refusals)
    assert all(profile.num_qubits > 0 for profile in profiles)
    assert bool(refusals) != bool(profiles)


FUZZ = settings(
    max_examples=200,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@FUZZ
@given(mutants(SAMPLES["sample.qasm2"]))
@example(b"OPENQASM 2.0;\nqreg q[99999999999999999999999];")
def test_changed_openqasm_2_is_read_or_refused(tmp_path, content):
    read_or_refuse(tmp_path / "sample.qasm2", content)


@settings(FUZZ, max_examples=80)
@given(mutants(SAMPLES["sample.qasm3"]))
def test_changed_openqasm_3_is_read_or_refused(tmp_path, content):
    read_or_refuse(tmp_path / "sample.qasm3", content)


@settings(FUZZ, max_examples=300)
@given(mutants(SAMPLES["sample.qpy"]))
def test_changed_qpy_is_read_or_refused(tmp_path, content):
    read_or_refuse(tmp_path / "sample.qpy", content)


@pytest.mark.parametrize("name", ["noise.qasm", "noise.qasm3", "noise.qpy"])
@settings(FUZZ, max_examples=40)
@given(content=st.binary(max_size=200))
@example(content=b"QISKIT\x12")
def test_noise_is_refused(tmp_path, name, content):
    read_or_refuse(tmp_path / name, content)
