"""Sees to it that somebody works on what stands before a job that is waited for."""

from __future__ import annotations

import asyncio
from time import monotonic
from typing import TYPE_CHECKING

from darkroom.cli import output
from darkroom.cli.jobs import tell_pauses
from darkroom.domain.text import plural

if TYPE_CHECKING:
    from darkroom.cli.seeing import Seeing
    from darkroom.services.core import Core

PATIENCE_S = 1.0
"""A job that waits for so long behind others is not about to be taken."""


class Turns:
    """A command in the foreground takes its own jobs alone: for those before them it starts a worker."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._began = monotonic()
        self._said = False

    async def mind(self, seeing: Seeing) -> None:
        """Says, once, what the jobs wait for, and has a worker started for jobs of others before them.

        Raises:
            DarkroomError: A worker is needed and cannot be started. The jobs are kept.
        """
        if seeing.waiting and seeing.waiting == len(seeing.left):
            await self._wait(seeing.others)

    async def watch(self, generation_id: str) -> None:
        """The same for one job, until it is taken."""
        while not self._said:
            await asyncio.sleep(PATIENCE_S)
            job = await self._core.queue.job(generation_id)
            if job is None or job.claimed:
                return
            counts = await self._core.queue.counts()
            ready = sum(count.jobs for count in counts if not count.profile and not count.hold)
            await self._wait(ready - (not job.hold))

    async def _wait(self, others: int) -> None:
        if self._said or monotonic() - self._began < PATIENCE_S:
            return
        pauses = await self._core.queue.pauses()
        self._said = bool(pauses or others)
        tell_pauses(pauses)
        if others:
            said = plural(others, "job waits", "jobs wait")
            output.say(f"{said} in the queue beside this; a worker sees to them, and this waits for its turn")
            await self._core.background.ensure()
