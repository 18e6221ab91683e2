"""What is lost when this process leaves its jobs to another one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from darkroom.cli import output
from darkroom.domain.generation import Status
from darkroom.services.queue.bound import bound as bound_jobs

if TYPE_CHECKING:
    from darkroom.domain.generation import Summary
    from darkroom.services.core import Core


async def bound(core: Core) -> tuple[Summary, ...]:
    """Jobs that run here and that nobody could find again: their servers tell them to this process alone.

    Raises:
        StoreError: The database cannot be read.
    """
    found = await bound_jobs(core.generations.active(), core.store, core.connections)
    return tuple(summary for summary in found if summary.status is not Status.NEW)


async def warn(core: Core) -> None:
    """Says which jobs will be lost when this process leaves them."""
    for summary in await bound(core):
        output.say(f"#{summary.number} cannot be brought home: {summary.profile} tells nobody else of it")
