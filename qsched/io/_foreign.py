"""Where code of others reads a file of others: whatever it raises is said about the file."""

from __future__ import annotations

import re
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING

from qsched.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MAX_BITS = 1_000_000
"""A file that declares more qubits or clbits than this is a slip of the pen or a trap: Qiskit
would fill the memory with them before it looks at the first gate."""

_LONGEST_MESSAGE = 200

_DECORATION = re.compile(r"\x1b\[[\d;]*m|[\u2500-\u257f]+")
"""Colours and rules that a library draws for terminals."""


@contextmanager
def translated(translate: Callable[[BaseException], InputError]) -> Iterator[None]:
    """Turn whatever is raised inside into an error of the user's.

    A panic of Qiskit's compiled part is no ``Exception``, so that nothing narrower will do.
    What the file makes Qiskit warn about is not for our user, who did not write it.

    Args:
        translate: Makes the error of what was raised.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except (InputError, KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:
        raise translate(error) from error


def reason_of(error: BaseException) -> str:
    """Return in a few words what another's exception says, never a file's content at length."""
    text = str(getattr(error, "message", None) or error) or type(error).__name__
    if isinstance(error, RecursionError):  # the text names a limit of Python's, not the cause
        text = "it is nested too deep"
    text = _DECORATION.sub(" ", text)
    text = "".join(sign if sign.isprintable() else " " for sign in text)
    return text if len(text) <= _LONGEST_MESSAGE else f"{text[:_LONGEST_MESSAGE]}..."
