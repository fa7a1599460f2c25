"""Write the sample circuits, their manifest and its table: ``python circuits/generate.py``.

Equal runs write equal bytes. The numbers in the manifest are counted on the files as a reader
finds them, not on the circuits that were meant.
"""

from __future__ import annotations

import argparse
import json
import re
from fractions import Fraction
from math import ceil, pi
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qiskit import qasm2, qasm3

from samples import all_samples
from split_cost import depth, even_parts, expanded, split_cost, two_qubit_gates

if TYPE_CHECKING:
    from samples import Sample

DEVICE_QUBITS = 127
LARGEST_DENOMINATOR = 2**20
FEWEST_DEVICES = f"devices_{DEVICE_QUBITS}"

README = """# Sample circuits

Written by `python circuits/generate.py [FOLDER]`; do not edit by hand. The builders are in
`families/`, with sizes as arguments. `manifest.json` holds the table below and more:

- **depth** and **two-qubit gates** are counted on the expanded circuit: gates on three or more
  qubits and gates that a file defines are written in standard gates on one and two qubits,
  standard gates stay as written. Of an `if` the worse branch counts, of a `for` loop every turn.
- **splits** say what it costs to cut the circuit into contiguous ranges of its qubits, as even as
  possible: `halves`, and for circuits above {device} qubits `devices_{device}`, the fewest parts
  that fit on {device}-qubit devices (two for all of these, hence the same numbers).
- **cut** is the number of two-qubit gates between the parts (`cut_gates`) and **boundary** the
  number of qubits that have one (`boundary_qubits` lists them).
- **log10 overhead**: by quasi-probability decomposition, each gate cut on its own, the shots
  multiply by ten to this (`log10_sampling_overhead`). The factor is gamma^2 for each gate: 9 for
  CX and CZ, (1 + 2|sin t|)^2 for RZZ(t), (1 + 2|sin(t/2)|)^2 for CP(t) and other controlled
  rotations, 49 for SWAP (Mitarai and Fujii 2021; Piveteau and Sutter 2024). Above about 4 a split
  is of no use in practice. Feed-forward across a cut needs classical communication besides.

"""


def source(sample: Sample) -> str:
    """Return the text of the file; its second line says what it is."""
    dialect = qasm3 if sample.version == 3 else qasm2  # noqa: PLR2004 - the version's name
    # Qiskit before 2.4 leaves out the type of a loop variable, which its own parser asks for.
    text = dialect.dumps(sample.circuit).replace("\nfor _ in ", "\nfor int _ in ")
    text = re.sub(r"^(\s*\w+\()([^()]+)\)", _with_plain_angles, text, flags=re.MULTILINE)
    header, _, rest = text.partition("\n")
    return f"{header}\n// {sample.family}: {sample.about}\n{rest.rstrip()}\n"


def _with_plain_angles(match: re.Match[str]) -> str:
    """Return a gate's call with its angles spelled alike by every version of Qiskit."""
    return f"{match[1]}{', '.join(angle(text) for text in match[2].split(','))})"


def angle(text: str) -> str:
    """Return an angle as ``n*pi/2**k`` where it is exactly that, else as the shortest decimal."""
    parts = re.fullmatch(r"(-?)(?:(\d+)\*)?pi(?:/(\d+))?", text.strip())
    if parts is None:
        value = float(text)
    else:
        value = float(f"{parts[1]}{parts[2] or 1}") * pi / int(parts[3] or 1)
    turns = Fraction(value / pi)
    if turns == 0 or turns.denominator > LARGEST_DENOMINATOR:
        return repr(value)
    sign, count = "-" if turns < 0 else "", abs(turns.numerator)
    over = "" if turns.denominator == 1 else f"/{turns.denominator}"
    return f"{sign}{'' if count == 1 else f'{count}*'}pi{over}"


def load(text: str) -> Any:
    """Return the circuit in a file's text, whichever version it is written in."""
    if text.startswith("OPENQASM 3"):
        return qasm3.loads(text)
    return qasm2.loads(text, custom_instructions=qasm2.LEGACY_CUSTOM_INSTRUCTIONS)


def entry(sample: Sample, text: str) -> dict[str, Any]:
    """Return the manifest's entry of one file, counted on its text."""
    circuit = expanded(load(text))
    gates = two_qubit_gates(circuit)
    width = circuit.num_qubits
    splits = {"halves": 2}
    if width > DEVICE_QUBITS:
        splits[FEWEST_DEVICES] = ceil(width / DEVICE_QUBITS)
    return {
        "file": f"{sample.stem}.qasm",
        "family": sample.family,
        "description": sample.about,
        "format": f"OpenQASM {sample.version}.0",
        "num_qubits": width,
        "depth": depth(circuit),
        "num_two_qubit_gates": len(gates),
        "splits": {
            name: split_cost(gates, even_parts(width, count))._asdict()
            for name, count in splits.items()
        },
    }


def manifest(entries: list[dict[str, Any]]) -> str:
    """Return the manifest: JSON with one circuit per line."""
    lines = ",\n".join("    " + json.dumps(entry) for entry in entries)
    about = json.dumps("Written by generate.py; README.md beside it says what the fields mean.")
    head = f'{{\n  "about": {about},\n  "schema_version": 1,\n  "circuits": [\n'
    return f"{head}{lines}\n  ]\n}}\n"


def table(entries: list[dict[str, Any]]) -> str:
    """Return the manifest as a table in Markdown."""
    columns = ["file", "what it is", "OpenQASM", "qubits", "depth", "two-qubit gates"]
    columns += ["halves", "cut", "boundary", "log10 overhead"]
    rows = [columns, ["---"] * 3 + ["---:"] * (len(columns) - 3)]
    for circuit in entries:
        halves = circuit["splits"]["halves"]
        rows.append(
            [
                f"`{circuit['file']}`",
                f"{circuit['family']}. {circuit['description']}",
                circuit["format"].removeprefix("OpenQASM "),
                *(str(circuit[key]) for key in ("num_qubits", "depth", "num_two_qubit_gates")),
                " + ".join(map(str, halves["parts"])),
                str(halves["cut_gates"]),
                str(len(halves["boundary_qubits"])),
                f"{halves['log10_sampling_overhead']:.1f}",
            ]
        )
    return "".join("| " + " | ".join(row) + " |\n" for row in rows)


def write(folder: Path) -> list[dict[str, Any]]:
    """Write all files into a folder, which is made when it is not there.

    Returns:
        The manifest's entries.
    """
    folder.mkdir(parents=True, exist_ok=True)
    entries = []
    for sample in all_samples():
        text = source(sample)
        entries.append(entry(sample, text))
        (folder / f"{sample.stem}.qasm").write_text(text, encoding="utf-8", newline="\n")
    readme = README.format(device=DEVICE_QUBITS) + table(entries)
    (folder / "manifest.json").write_text(manifest(entries), encoding="utf-8", newline="\n")
    (folder / "README.md").write_text(readme, encoding="utf-8", newline="\n")
    return entries


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Write the sample circuits and their manifest.")
    parser.add_argument(
        "folder", nargs="?", type=Path, default=Path(__file__).parent, help="default: beside this"
    )
    print(f"{len(write(parser.parse_args().folder))} circuits written")
