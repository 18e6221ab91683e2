"""What the core tells the screens, as Textual messages, and what panes ask of their screen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from collections.abc import Mapping

    from darkroom.domain.errors import DarkroomError
    from darkroom.domain.events import Progress, Queued
    from darkroom.domain.generation import Summary
    from darkroom.services.updates import ConnectionState


@dataclass
class GenerationChanged(Message):
    """A generation is new, or its row has changed."""

    summary: Summary


@dataclass
class LiveProgress(Message):
    """A running generation came further."""

    generation_id: str
    session_id: str
    event: Queued | Progress


@dataclass
class PreviewArrived(Message):
    """A picture in the making: encoded bytes, untrusted."""

    generation_id: str
    session_id: str
    data: bytes


@dataclass
class Refused(Message):
    """The server refused a request; reasons by parameter address."""

    generation_id: str
    session_id: str
    problems: Mapping[str, str]


@dataclass
class ConnectionChanged(Message):
    """A server came, went, or said who it is."""

    state: ConnectionState


@dataclass
class SessionsChanged(Message):
    """Names, counts or the order of the sessions are new."""


@dataclass
class StoreChanged(Message):
    """Another process wrote to the database: what is shown may be stale."""


@dataclass
class QueueChanged(Message):
    """What waits, its order, or what holds it, changed."""


@dataclass
class Trouble(Message):
    """Something went wrong that no generation's row can tell."""

    error: DarkroomError


@dataclass
class UndoAsked(Message):
    """A key asks to bring back what was deleted last."""


@dataclass
class Asked(Message):
    """A key asks for something to be done with a generation.

    Attributes:
        verb: Last part of the key's id ("rerun", "reuse_seed", "delete", …).
        summary: The generation under the cursor.
        output: 0-based index of the output that is shown.
    """

    verb: str
    summary: Summary
    output: int = 0
