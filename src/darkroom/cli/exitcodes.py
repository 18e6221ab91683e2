"""What the command's exit code says, so that scripts can tell what happened."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

from darkroom.domain.errors import (
    ConfigError,
    ConnectorError,
    DarkroomError,
    InputError,
    JobFailed,
    JobLost,
    OutOfMemory,
    Rejected,
    StoreError,
    Unsupported,
)
from darkroom.domain.generation import Status

if TYPE_CHECKING:
    from collections.abc import Iterable

    from darkroom.domain.generation import Summary


class ExitCode(IntEnum):
    """Lasting numbers; what each means is in `MEANINGS`."""

    OK = 0
    FAILED = 1
    USAGE = 2
    SERVER = 3
    REFUSED = 4
    LOST = 5
    HOME = 6
    CRASH = 70
    INTERRUPTED = 130
    PIPE = 141


MEANINGS = {
    ExitCode.OK: "done",
    ExitCode.FAILED: "the generation failed or was cancelled",
    ExitCode.USAGE: "the command line, a file or a name cannot be used",
    ExitCode.SERVER: "the server cannot be reached, wants credentials, or is something else",
    ExitCode.REFUSED: "the server refuses the request",
    ExitCode.LOST: "the server lost the job",
    ExitCode.HOME: "the configuration or the data folder cannot be used",
    ExitCode.CRASH: "a defect of Darkroom; a report was written",
    ExitCode.INTERRUPTED: "interrupted with ctrl+c; what ran was cancelled, or left to a worker",
    ExitCode.PIPE: "whoever read the output went away",
}
"""What each code means, for `--help` and the docs."""

OF_SEVERAL = "of several jobs: the first of 6, 3, 4, 1, 5, 0 that one of them ended with"
"""How the codes of several jobs become one."""

_BY_ERROR: tuple[tuple[type[DarkroomError], ExitCode], ...] = (
    (InputError, ExitCode.USAGE),
    (ConfigError, ExitCode.HOME),
    (StoreError, ExitCode.HOME),
    (Rejected, ExitCode.REFUSED),
    (Unsupported, ExitCode.REFUSED),
    (JobFailed, ExitCode.FAILED),
    (OutOfMemory, ExitCode.FAILED),
    (JobLost, ExitCode.LOST),
    (ConnectorError, ExitCode.SERVER),
)


def of_error(error: DarkroomError) -> ExitCode:
    """The code of a command that ended with `error`."""
    return _of_class(type(error))


def of_generation(summary: Summary) -> ExitCode:
    """The code of a command that made this generation and saw its end."""
    if summary.status is Status.COMPLETE:
        return ExitCode.OK
    if summary.status is Status.LOST:
        return ExitCode.LOST
    kind = _class_named(summary.reason.kind) if summary.reason is not None else None
    if summary.status is Status.CANCELLED or kind is None:
        return ExitCode.FAILED
    return _of_class(kind)


_WORST_FIRST = (
    ExitCode.HOME,
    ExitCode.SERVER,
    ExitCode.REFUSED,
    ExitCode.FAILED,
    ExitCode.LOST,
    ExitCode.OK,
)


def worst(summaries: Iterable[Summary]) -> ExitCode:
    """The code of a command that saw the ends of several generations; 0 when there were none."""
    return min(map(of_generation, summaries), key=_WORST_FIRST.index, default=ExitCode.OK)


def _of_class(kind: type[DarkroomError]) -> ExitCode:
    return next((code for base, code in _BY_ERROR if issubclass(kind, base)), ExitCode.FAILED)


def _class_named(name: str, base: type[DarkroomError] = DarkroomError) -> type[DarkroomError] | None:
    """The error class that a reason's `kind` names; connectors may add their own below ours."""
    for kind in base.__subclasses__():
        found = kind if kind.__name__ == name else _class_named(name, kind)
        if found is not None:
            return found
    return None
