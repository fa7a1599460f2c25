"""Every exception that qsched raises on purpose.

Catch `QschedError` and you have caught them all::

    QschedError
    ├── InputError (ValueError)         what the user gave cannot be used
    │   ├── CircuitError                a circuit file or object
    │   ├── JobTableError               a job table or one of its rows
    │   ├── CalibrationError            a calibration file, snapshot or device profile
    │   │   ├── DamagedSnapshotError    a snapshot that is not what was written
    │   │   └── ServiceError            a provider's service did not give a calibration
    │   ├── ConfigError                 a scenario, fleet or option
    │   ├── UnknownNameError            a name that no registry knows
    │   ├── OutputError                 a file or folder that cannot be written
    │   └── BadInputs                   several of the above, found in one call
    ├── MissingExtraError (ImportError) an optional dependency is not installed
    ├── PlanError (ValueError)          a policy returned a plan that cannot be carried out
    ├── ScheduleError (AssertionError)  a finished run breaks a law of scheduling
    └── SimulationError (RuntimeError)  the engine was used in an order it does not allow

`QschedWarning` marks figures that rest on an assumption the user should know of.

An `InputError` is one line: where, what, and the remedy.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


class QschedError(Exception):
    """Base of every exception that qsched raises on purpose."""


class InputError(QschedError, ValueError):
    """What the user gave cannot be used.

    Args:
        problem: What is wrong, with the offending value.
        remedy: What to do about it; empty when the problem says so already.
        source: File or object that the problem is in; empty when there is none.
        line: Line in the file, counted from 1.
        column: Column in that line, counted from 1.
    """

    def __init__(
        self,
        problem: str,
        *,
        remedy: str = "",
        source: str = "",
        line: int | None = None,
        column: int | None = None,
    ) -> None:
        self.problem = problem
        self.remedy = remedy
        self.source = source
        self.line = line
        self.column = column
        super().__init__(str(self))

    def __str__(self) -> str:
        """One line: ``source:line:column: problem; remedy``."""
        where = ":".join(str(part) for part in (self.source, self.line, self.column) if part)
        text = f"{where}: {self.problem}" if where else self.problem
        text = f"{text}; {self.remedy}" if self.remedy else text
        return " ".join(text.split())


class CircuitError(InputError):
    """A circuit cannot be read or profiled."""


class JobTableError(InputError):
    """A job table, or one of its rows, cannot be used."""


class CalibrationError(InputError):
    """A calibration file, a snapshot or a device profile is wrong or incomplete."""


class DamagedSnapshotError(CalibrationError):
    """The file of a snapshot is not what was once written: cut, changed or edited."""


class ServiceError(CalibrationError):
    """A provider's service could not be reached, or did not give a usable calibration."""


class ConfigError(InputError):
    """A scenario, a fleet or an option is wrong."""


class UnknownNameError(InputError, LookupError):
    """No registry knows this name; the message lists the near ones."""


class OutputError(InputError):
    """A file or folder cannot be written."""


class BadInputs(InputError):  # noqa: N818 - it is several errors
    """Several inputs of one call are bad; all of them are listed.

    Args:
        errors: One error for each bad input, at least one.
    """

    def __init__(self, errors: Sequence[InputError]) -> None:
        self.errors = tuple(errors)
        super().__init__(f"{len(self.errors)} bad inputs")

    def __str__(self) -> str:
        """One line for each bad input."""
        return "\n".join(str(error) for error in self.errors)


def raise_all(errors: Sequence[InputError]) -> None:
    """Raise what was found wrong in one call: nothing, the one error, or all of them together.

    Raises:
        InputError: There is one error: that one.
        BadInputs: There are several.
    """
    if errors:
        raise errors[0] if len(errors) == 1 else BadInputs(errors)


@contextmanager
def gather(errors: list[InputError]) -> Iterator[None]:
    """Note what the block raises for a wrong input, and go on behind it.

    Args:
        errors: Gets the error, or all of several; `raise_all` raises them in the end.
    """
    try:
        yield
    except BadInputs as several:
        errors.extend(several.errors)
    except InputError as error:
        errors.append(error)


class MissingExtraError(QschedError, ImportError):
    """An optional dependency is not installed; the message holds the install command."""


class PlanError(QschedError, ValueError):
    """A policy returned a plan that cannot be carried out."""


class ScheduleError(QschedError, AssertionError):
    """A finished run breaks a law of scheduling; the message names the job and the law."""


class SimulationError(QschedError, RuntimeError):
    """The engine was used in an order that it does not allow."""


class QschedWarning(UserWarning):
    """A result rests on an assumption that the user should know of."""
