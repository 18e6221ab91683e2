"""The error that all services share for a handle that cannot be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from darkroom.domain.errors import JobLost

if TYPE_CHECKING:
    from darkroom.domain.generation import Handle


def unreadable(handle: Handle, version: int) -> JobLost:
    """`handle` was written by a newer Darkroom than the one that knows `version`, or is damaged."""
    return JobLost(
        "The note that finds this job again cannot be read",
        f"Its version is {handle.get('v')!r}, this Darkroom knows {version}",
    )
