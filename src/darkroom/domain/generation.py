"""Generations: one request, what became of it, and its outputs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from darkroom.domain.service import COMFYUI

if TYPE_CHECKING:
    from datetime import datetime

    from darkroom.domain.snapshot import Snapshot

Handle = Mapping[str, Any]
"""What finds a job again on its server, as versioned JSON: `{"v": 1, …}`; the connector's own affair."""


class Status(StrEnum):
    """Where a generation stands. The last four are final."""

    NEW = "new"
    """Kept, nothing sent yet."""
    SENDING = "sending"
    """The request may have reached the server; nothing confirmed it."""
    QUEUED = "queued"
    RUNNING = "running"
    COMPLETE = "complete"
    FAILED = "failed"
    CANCELLED = "cancelled"
    LOST = "lost"

    @property
    def final(self) -> bool:
        """Whether nothing more will happen to it by itself."""
        return self in FINAL


FINAL = frozenset({Status.COMPLETE, Status.FAILED, Status.CANCELLED, Status.LOST})


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a generation ended as it did, in the words of `DarkroomError`.

    Attributes:
        title: One line.
        detail: Any number of lines.
        hint: What to do.
        kind: Name of the error class ("OutOfMemory"), for scripts.
    """

    title: str
    detail: str = ""
    hint: str = ""
    kind: str = ""


class OutputKind(StrEnum):
    """What an output is, told by its bytes and its file name, never by the key it came under."""

    IMAGE = "image"
    ANIMATION = "animation"
    VIDEO = "video"
    AUDIO = "audio"
    TEXT = "text"
    FILE = "file"

    @property
    def is_picture(self) -> bool:
        """Whether it can be drawn, of an animation the first frame."""
        return self in (OutputKind.IMAGE, OutputKind.ANIMATION)


@dataclass(frozen=True, slots=True)
class OutputRef:
    """An output that a server offers.

    Attributes:
        name: File name as the server gave it; data, never a path.
        locator: What the connector needs to read it, as JSON; unique within the generation.
        node: Id of the node that made it. Services without nodes name here what an extra picture is
            ("grid", "control map"); "" is a picture that was asked for.
        temporary: The server forgets it soon (temp folder): read it at once.
        spooled: Its bytes, when they came with the events and exist nowhere else.
    """

    name: str
    locator: Mapping[str, Any]
    node: str = ""
    temporary: bool = False
    spooled: bytes | None = None


def extra_name(service: str, node: str) -> str:
    """What an output with this `node` is, when it is no picture that was asked for; "" for one that was."""
    return "" if service == COMFYUI else node  # on ComfyUI it is a node indeed


@dataclass(frozen=True, slots=True)
class Output:
    """An output that is kept.

    Attributes:
        index: 0-based position within the generation.
        hash: SHA-256 of the original bytes, in hexadecimal: its name in the blob store.
        name: File name as the server gave it, made printable.
        kind: What it is.
        media_type: For example "image/png".
        size_bytes: Length of the original.
        width_px: `None` when it is no picture.
        height_px: Likewise.
        node: Id of the node that made it.
    """

    index: int
    hash: str
    name: str
    kind: OutputKind
    media_type: str
    size_bytes: int
    width_px: int | None = None
    height_px: int | None = None
    node: str = ""


@dataclass(frozen=True, slots=True)
class Summary:
    """A generation as a list shows it: columns only, no JSON is read.

    `seed` is text because it goes to 2^64-1. Times are aware, in UTC.
    """

    id: str
    session_id: str
    number: int
    """Position in the order of creation over the whole store; 1-based, never reused."""
    status: Status
    created_at: datetime
    prompt: str
    negative: str
    seed: str
    width_px: int | None
    height_px: int | None
    steps: int | None
    cfg_scale: float | None
    sampler: str
    scheduler: str
    checkpoint: str
    profile: str
    workflow: str
    duration_s: float | None
    expected: int | None
    """Pictures asked for, when known."""
    output_count: int
    first_output: Output | None
    reason: Reason | None
    unchanged: bool
    """The server answered from its cache: nothing new was generated."""
    trashed: bool = False
    remarks: int = 0
    """How many remarks there are on the outcome: `Generation.notes` has them."""
    retry_of: int | None = None
    """Number of the generation that it repeats, when it was made by retrying one."""


@dataclass(frozen=True, slots=True)
class Generation:
    """Everything about a generation."""

    summary: Summary
    snapshot: Snapshot
    outputs: tuple[Output, ...] = ()
    request: Mapping[str, Any] | None = None
    """The exact body that was sent; `None` before it was prepared."""
    handle: Handle | None = None
    server_version: str = ""
    started_at: datetime | None = None
    finished_at: datetime | None = None
    owner: str = ""
    notes: tuple[str, ...] = field(default=())
    """Remarks on the outcome, one line each ("1 of 4 pictures could not be read")."""

    @property
    def id(self) -> str:
        """The generation's UUID."""
        return self.summary.id

    def extra_name(self, output: Output) -> str:
        """What an output is, when it is no picture that was asked for ("grid"); "" for one that was."""
        return extra_name(self.snapshot.service, output.node)

    def ordered_outputs(self) -> tuple[Output, ...]:
        """Its outputs as people look at them: the pictures that were asked for, then the extras."""
        return tuple(sorted(self.outputs, key=lambda output: self.extra_name(output) != ""))
