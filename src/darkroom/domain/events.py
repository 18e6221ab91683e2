"""What a connector tells about a running job.

`run` and `resume` yield any number of these and exactly one `Ended`, the last.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from darkroom.domain.generation import Handle, OutputRef, Reason


class Stage(StrEnum):
    """What the server is doing."""

    LOADING = "loading"
    SAMPLING = "sampling"
    DECODING = "decoding"
    SAVING = "saving"
    WORKING = "working"
    """Something else, or unknown."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """The server has the job; `handle` replaces the one that `prepare` made."""

    handle: Handle


@dataclass(frozen=True, slots=True)
class Queued:
    """The job waits. `ahead` counts the jobs before it, `None` when unknown."""

    ahead: int | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """The job runs.

    Attributes:
        stage: What it does.
        fraction: Of the whole job, 0 ≤ f < 1, never falling; `None` when unknown.
        step: Steps done in this stage, when it counts.
        steps: Steps of this stage.
        label: Name of the node or phase, untrusted text.
    """

    stage: Stage
    fraction: float | None = None
    step: int | None = None
    steps: int | None = None
    label: str = ""


@dataclass(frozen=True, slots=True)
class Preview:
    """A picture in the making: encoded bytes (JPEG, PNG, WebP), untrusted."""

    data: bytes
    media_type: str


@dataclass(frozen=True, slots=True)
class OutputReady:
    """An output can be read now. The same output may be named again; its locator tells."""

    output: OutputRef


class Outcome(StrEnum):
    """How a job ended on the server."""

    COMPLETE = "complete"
    FAILED = "failed"
    CANCELLED = "cancelled"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Ended:
    """The job is over.

    Attributes:
        outcome: How.
        reason: Why, for all outcomes but `COMPLETE`.
        outputs: All outputs the server names, in its order, those already announced included.
        unchanged: Nothing was computed: the server answered from its cache.
        duration_s: As measured by the server, when it says so.
        notes: Remarks, one line each ("node 9 was left out by the server").
    """

    outcome: Outcome
    reason: Reason | None = None
    outputs: tuple[OutputRef, ...] = ()
    unchanged: bool = False
    duration_s: float | None = None
    notes: tuple[str, ...] = ()


JobEvent = Accepted | Queued | Progress | Preview | OutputReady | Ended


@dataclass(frozen=True, slots=True)
class NotFound:
    """Asked: the server knows no such job, neither in its queue nor in its history."""


Inspection = Queued | Progress | Ended | NotFound
"""Answer to "what became of this job?"; an unreachable server raises instead."""


class CancelResult(StrEnum):
    """What a cancel did. `STOPPED` means asked to stop: the end is told by the events."""

    STOPPED = "stopped"
    NOT_RUNNING = "not running"
    CANNOT = "cannot"
