"""The queue: jobs that wait, those at their servers, and what holds them."""

from __future__ import annotations

from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from darkroom.domain.generation import Summary
    from darkroom.domain.parameters import Value

EVERYTHING = ""
"""Stands for all profiles, where one of them could be named."""


class Priority(IntEnum):
    """Which jobs go first; within one priority they go in their order."""

    URGENT = 0
    NORMAL = 1
    IDLE = 2

    @property
    def word(self) -> str:
        """As people type and read it."""
        return self.name.lower()


class Hold(StrEnum):
    """Why a waiting job is passed over."""

    NONE = ""
    PAUSED = "paused"
    """Somebody paused it."""
    BATCH = "batch"
    """The batch that it belongs to is still being written."""


class Order(NamedTuple):
    """How a job enters the queue.

    Attributes:
        priority: Which jobs it goes before.
        hold: `PAUSED` keeps it until it is resumed.
        retry_of: Number of the generation that it repeats; `None` for one of its own.
        behind: Number of the waiting generation that it goes directly behind; `None` for the end.
    """

    priority: Priority = Priority.NORMAL
    hold: Hold = Hold.NONE
    retry_of: int | None = None
    behind: int | None = None


class Job(NamedTuple):
    """An unfinished generation, as the queue shows it.

    Attributes:
        summary: The generation; its profile is the target until a server took it.
        target: The profile or group that it was made for.
        priority: Its own.
        hold: Why it is passed over, if it is.
        claimed: A Darkroom has it: it is about to be sent, or at its server.
        cancelled: Somebody asked to stop it; whoever has it sees to that.
        owner: The process that has it; "" while it waits.
        batch: Id of the batch that it belongs to; "" for none.
    """

    summary: Summary
    target: str
    priority: Priority
    hold: Hold
    claimed: bool
    cancelled: bool
    owner: str
    batch: str


class Pause(NamedTuple):
    """A queue that was stopped: of one profile or group, or (`EVERYTHING`) all of it.

    Attributes:
        profile: Whose.
        reason: Why, when Darkroom did it; "" when a person did.
        hint: What to do; "" likewise.
    """

    profile: str
    reason: str = ""
    hint: str = ""


class Lane(NamedTuple):
    """One server, as whoever claims for it knows it.

    Attributes:
        profile: Which.
        targets: What its jobs may be made for: itself, and the groups that it belongs to.
        depth: How many jobs may be at it at once, the running one included.
        group_checkpoints: Take jobs of the checkpoint that was claimed last before those of others.
    """

    profile: str
    targets: tuple[str, ...]
    depth: int
    group_checkpoints: bool = False


class Count(NamedTuple):
    """How many jobs of one kind there are.

    Attributes:
        target: Made for this profile or group.
        profile: The server that has them; "" while they wait.
        hold: What holds them.
        jobs: How many.
    """

    target: str
    profile: str
    hold: Hold
    jobs: int


class Backlog(NamedTuple):
    """Waiting jobs that take equally long, as far as that can be told.

    Attributes:
        target: Made for.
        checkpoint: Their model.
        pixels: Width times height; 0 when unknown.
        jobs: How many.
    """

    target: str
    checkpoint: str
    pixels: int
    jobs: int


class Batch(NamedTuple):
    """Jobs that were ordered together.

    Attributes:
        id: A UUID.
        session_id: Where they belong.
        title: In one line ("steps × cfg_scale, 12 pictures").
        axes: Name → values, the outermost first; JSON-able.
        created_at: Aware.
        size: How many jobs.
    """

    id: str
    session_id: str
    title: str
    axes: Mapping[str, Sequence[Value]]
    created_at: datetime
    size: int


class BatchJob(NamedTuple):
    """One job of a batch.

    Attributes:
        position: 0-based, in the order of the batch.
        coordinates: Its value on each axis, by the axis's name.
        generation_id: Its generation.
    """

    position: int
    coordinates: Mapping[str, Value]
    generation_id: str


class CancelRequest(StrEnum):
    """What asking to stop an unfinished generation did."""

    ENDED = "ended"
    """It waited with us, and is cancelled."""
    ASKED = "asked"
    """A Darkroom has it; that one was asked."""
    OVER = "over"
    """It had ended already, or is gone."""
