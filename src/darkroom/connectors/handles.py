"""What all services do with handles."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from darkroom.domain.errors import JobLost

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from darkroom.domain.generation import Handle

Job = TypeVar("Job")


def unreadable(handle: Handle, version: int) -> JobLost:
    """The error for `handle`, which is damaged, or by a newer Darkroom than the one that knows `version`."""
    return JobLost(
        "The note that finds this job again cannot be read",
        f"Its version is {handle.get('v')!r}, this Darkroom knows {version}",
    )


def readable(handles: Iterable[Handle], read: Callable[[Handle], Job]) -> list[Job]:
    """The jobs of those handles that `read` can read: handles of other services are passed over."""
    jobs = []
    for handle in handles:
        try:
            jobs.append(read(handle))
        except JobLost:
            continue
    return jobs
