"""Sessions: ordered groups of generations, like a chat."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Session:
    """A session with the counts the sidebar shows; times are aware, in UTC."""

    id: str
    name: str
    created_at: datetime
    used_at: datetime
    complete: int = 0
    failed: int = 0
    """Failed and lost generations; cancelled ones count as neither."""
    unfinished: int = 0
    workflow_id: str = ""
    """The workflow it used last; "" before the first."""
    profile: str = ""
    """The profile it used last; "" before the first."""
    trashed: bool = False
