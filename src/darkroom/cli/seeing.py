"""Many jobs, seen to their ends, whichever Darkroom has them."""

from __future__ import annotations

import asyncio
import contextlib
from time import monotonic
from typing import TYPE_CHECKING

from darkroom.domain.queue import Hold
from darkroom.services.updates import Changed, Live, QueueChanged, StoreChanged, Trouble

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from darkroom.domain.errors import DarkroomError
    from darkroom.domain.events import Progress, Queued
    from darkroom.services.core import Core
    from darkroom.services.updates import Subscription

LOOK_EVERY_S = 1.0
"""How often the queue is read when nothing is heard of it."""

_SHARE = 10
"""A look at a long queue takes its time: so many times that time nothing is looked at."""

ALL = 1_000_000
"""As many jobs as no queue has."""


class Seeing:
    """Tells the ends of jobs as they come.

    Attributes:
        total: How many there are.
        left: Those that have not ended, in their order.
        waiting: How many of those no Darkroom had taken at the last look.
        held: How many of those are on hold.
        others: How many jobs of others waited then, and are not on hold.
        lives: The last that was heard of those that run.
        trouble: What went wrong and no job can tell; `None` for nothing.
    """

    def __init__(self, core: Core, ids: Sequence[str], updates: Subscription) -> None:
        """`updates` is a subscription that was made before the jobs were; it is closed at the end."""
        self._core = core
        self._updates = updates
        self.left = dict.fromkeys(ids)
        self.total = len(self.left)
        self.waiting = self.total
        self.held = 0
        self.others = 0
        self.lives: dict[str, Queued | Progress] = {}
        self.trouble: DarkroomError | None = None
        self._is_stale = True
        self._not_before = 0.0

    async def news(self) -> AsyncIterator[tuple[str, ...]]:
        """The jobs that have ended since the last time, perhaps none; whenever something may have changed.

        Raises:
            StoreError: The database cannot be read.
        """
        try:
            while self.left:
                yield await self._heard()
                if self._is_stale and monotonic() >= self._not_before:
                    yield await self._look()
        finally:
            self._updates.close()

    async def _heard(self) -> tuple[str, ...]:
        """Waits for an update, and for one second at most."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LOOK_EVERY_S):
                async for update in self._updates:
                    if isinstance(update, Live) and update.generation_id in self.left:
                        self.lives[update.generation_id] = update.event
                        return ()
                    if isinstance(update, Trouble):
                        self.trouble = update.error
                        return ()
                    if isinstance(update, Changed) and update.summary.id in self.left:
                        self._is_stale = True
                        return self._ended([update.summary.id]) if update.summary.status.final else ()
                    if isinstance(update, QueueChanged | StoreChanged):
                        self._is_stale = True
                        return ()
        self._is_stale = True
        return ()

    async def _look(self) -> tuple[str, ...]:
        began = monotonic()
        jobs = {job.summary.id: job for job in await self._core.queue.page(limit=ALL)}
        self._is_stale = False
        self._not_before = monotonic() + _SHARE * (monotonic() - began)
        ended = self._ended([one for one in self.left if one not in jobs])
        waiting = [job for job in jobs.values() if not job.claimed]
        ours = [job for job in waiting if job.summary.id in self.left]
        self.waiting = len(ours)
        self.held = sum(job.hold is Hold.PAUSED for job in ours)
        self.others = sum(job.hold is Hold.NONE for job in waiting) - (len(ours) - self.held)
        return ended

    def _ended(self, ids: Sequence[str]) -> tuple[str, ...]:
        for generation_id in ids:
            del self.left[generation_id]
            self.lives.pop(generation_id, None)
        return tuple(ids)
