"""What the doctor found, line by line."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from darkroom.domain.errors import DarkroomError


class Level(StrEnum):
    """How a finding is meant."""

    FINE = "fine"
    NOTE = "note"
    """Worth knowing; may explain why something looks different than expected."""
    WRONG = "wrong"
    """Keeps something from working."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report.

    Attributes:
        section: Title of the group.
        name: What was looked at.
        value: What was found.
        level: How it is meant.
        hint: What can be done.
    """

    section: str
    name: str
    value: str
    level: Level = Level.FINE
    hint: str = ""


def failed(section: str, name: str, error: DarkroomError) -> Finding:
    """The finding about something that cannot be used."""
    return Finding(
        section, name, error.title, Level.WRONG, "\n".join(filter(None, (error.detail, error.hint)))
    )
