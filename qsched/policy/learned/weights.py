"""Files of a learned policy: ``policy.npz`` with its arrays and ``policy.json`` with all else.

The archive holds arrays of plain numbers and nothing is unpickled. The JSON says what they are
for, how they were trained, and the SHA-256 of the archive, which must be the one beside it.
"""

from __future__ import annotations

import hashlib
import io
import json
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from qsched._version import __version__
from qsched.errors import InputError
from qsched.files import write_folder
from qsched.policy.learned.archive import read_arrays, read_bytes

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FORMAT = "qsched-policy"
VERSION = 1
"""Version of the format; a reader refuses others."""

ARRAYS_FILE = "policy.npz"
METADATA_FILE = "policy.json"
MAX_BYTES = 64_000_000
"""Most bytes of an archive, packed and unpacked: 16 million weights."""

MAX_METADATA_BYTES = 4_000_000

KEYS: Mapping[str, type] = MappingProxyType(
    {
        "format": str,
        "version": int,
        "env_id": str,
        "layout": dict,
        "max_devices": int,
        "model": str,
        "fleets": list,
        "seed": int,
        "timesteps": int,
        "hyper_parameters": dict,
        "figures": dict,
        "weights": dict,
        "qsched_version": str,
        "sha256": str,
    }
)
"""Keys that the metadata must have, with the types of their values; others may follow."""

REMEDY = "give the policy.npz and policy.json, side by side, that `qsched train` wrote"


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyWeights:
    """The arrays of a learned policy with what is known about them.

    Attributes:
        metadata: Content of the JSON: ``env_id`` (environment that it was trained in),
            ``layout`` (how observations and actions are laid out; the policy's class compares
            it), ``max_devices`` (it can be used with at most so many), ``model``, ``fleets``,
            ``seed``, ``timesteps``, ``hyper_parameters``, ``figures`` (of the training),
            ``weights`` (of the reward), ``qsched_version``, ``sha256`` and the format.
        arrays: Name to array, float32 or float64, finite and read-only.
        source: File of the arrays.
    """

    metadata: Mapping[str, Any]
    arrays: Mapping[str, np.ndarray[Any, Any]]
    source: str


def load_weights(path: Path) -> PolicyWeights:
    """Return the weights of a learned policy.

    Args:
        path: The folder that holds ``policy.npz`` and ``policy.json``, or either of two files
            side by side that are called alike but for these suffixes.

    Raises:
        InputError: A file cannot be read, is damaged, is no such file, or they do not belong
            together.
    """
    arrays_path, metadata_path = _paths(path)
    metadata = _read_metadata(metadata_path)
    content = read_bytes(arrays_path, limit=MAX_BYTES, remedy=REMEDY)
    if hashlib.sha256(content).hexdigest() != metadata["sha256"]:
        raise _refusal(arrays_path, f"is not what {metadata_path.name} names: changed or damaged")
    arrays = read_arrays(content, source=str(arrays_path), limit=MAX_BYTES, remedy=REMEDY)
    return PolicyWeights(
        metadata=MappingProxyType(metadata),
        arrays=MappingProxyType(
            {name: _checked(name, array, arrays_path) for name, array in arrays.items()}
        ),
        source=str(arrays_path),
    )


def save_weights(
    folder: Path, arrays: Mapping[str, np.ndarray[Any, Any]], metadata: Mapping[str, Any]
) -> None:
    """Write ``policy.npz`` and ``policy.json``; equal arguments give equal bytes.

    Args:
        folder: Made when it is not there; its other files stay.
        arrays: Name to array, float32 or float64 and finite.
        metadata: See `PolicyWeights`; the format, its version, the SHA-256 and this version of
            qsched are added.

    Raises:
        InputError: An array or the metadata could not be read back.
        OutputError: The files cannot be written.
    """
    packed = io.BytesIO()
    kept = {name: _checked(name, array, folder) for name, array in arrays.items()}
    np.savez(packed, allow_pickle=False, **kept)
    content = packed.getvalue()
    whole = {
        **metadata,
        "format": FORMAT,
        "version": VERSION,
        "qsched_version": __version__,
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    _check_metadata(whole, folder / METADATA_FILE)
    if len(content) > MAX_BYTES:
        raise _refusal(folder / ARRAYS_FILE, f"would have {len(content):,} bytes")
    text = json.dumps(whole, indent=2, allow_nan=False) + "\n"
    write_folder(folder, {ARRAYS_FILE: content, METADATA_FILE: text})


def _paths(path: Path) -> tuple[Path, Path]:
    """Return the paths of arrays and metadata."""
    if path.suffix.lower() == ".npz":
        return path, path.with_suffix(".json")
    if path.suffix.lower() == ".json":
        return path.with_suffix(".npz"), path
    return path / ARRAYS_FILE, path / METADATA_FILE


def _checked(name: str, array: Any, path: Path) -> np.ndarray[Any, Any]:
    """Return a read-only array of the machine's own floats; refuse what is none."""
    array = np.asarray(array)
    if array.dtype.kind != "f" or array.dtype.itemsize not in {4, 8}:
        raise _refusal(path, f"{name} has {array.dtype}, wanted: float32 or float64")
    if not np.isfinite(array).all():
        raise _refusal(path, f"{name} has a weight that is not finite")
    native = np.array(array, dtype=array.dtype.newbyteorder("="), order="C")
    native.flags.writeable = False
    return native


def _read_metadata(path: Path) -> dict[str, Any]:
    content = read_bytes(path, limit=MAX_METADATA_BYTES, remedy=REMEDY)
    try:
        metadata = json.loads(content, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        raise InputError(
            f"is no JSON: {error.msg}",
            remedy=REMEDY,
            source=str(path),
            line=error.lineno,
            column=error.colno,
        ) from error
    except (ValueError, RecursionError) as error:  # no UTF-8, NaN, a number of 5,000 digits
        raise _refusal(path, f"is no JSON: {error}") from error
    _check_metadata(metadata, path)
    known: dict[str, Any] = metadata
    return known


def _no_number(text: str) -> None:
    raise ValueError(f"{text} is no number")


def _check_metadata(metadata: object, path: Path) -> None:
    """Refuse metadata of another kind, of another version, or with a key missing or amiss."""
    if not isinstance(metadata, dict) or metadata.get("format") != FORMAT:
        raise _refusal(path, "does not describe a learned policy")
    if metadata.get("version") != VERSION:
        raise InputError(
            f"has version {metadata.get('version')!r} of the format, this qsched reads {VERSION}",
            remedy="use the version of qsched that wrote it, or train anew",
            source=str(path),
        )
    if missing := [key for key in KEYS if key not in metadata]:
        raise _refusal(path, f"lacks {', '.join(missing)}")
    for key, kind in KEYS.items():
        value = metadata[key]
        if not isinstance(value, kind) or isinstance(value, bool):
            raise _refusal(path, f"{key} is {str(value)[:60]!r}, wanted: {kind.__name__}")
    if metadata["max_devices"] < 1:
        raise _refusal(path, f"max_devices is {metadata['max_devices']}, wanted: 1 or more")


def _refusal(path: Path, problem: str) -> InputError:
    return InputError(problem, remedy=REMEDY, source=str(path))
