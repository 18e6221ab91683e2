"""Stopping our own job and no other.

The server's `stop` names no job: it ends what runs, and while nothing runs it ends the *next* job. So it
is sent once, and only when the record of our own job, asked for a moment before, shows that it is at work
and has steps to go. A job that waits cannot be taken back: it is stopped when it begins.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from darkroom.connectors.fooocus_api.progress import is_nearly_done
from darkroom.domain.errors import Unreachable
from darkroom.domain.events import CancelResult

if TYPE_CHECKING:
    from darkroom.connectors.fooocus_api.client import Client
    from darkroom.connectors.fooocus_api.handle import JobHandle
    from darkroom.connectors.fooocus_api.replies import Record

REMEMBERED = 1000


class Cancels:
    """Which jobs are to be stopped, and which were. Jobs are known by the name of their files."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._wanted: dict[str, None] = {}
        self._stopped: dict[str, None] = {}
        self._sending = asyncio.Lock()

    def stopped(self, name: str) -> bool:
        """Whether the server was asked to stop this job."""
        return name in self._stopped

    async def cancel(self, job: JobHandle, *, followed: bool) -> CancelResult:
        """Stops `job`, now or as soon as it begins.

        Args:
            job: With the server's id.
            followed: Somebody asks for its record regularly, and calls `at_work`.
        """
        record = await self._client.query(job.job)
        if record is None or record.ended:
            return CancelResult.NOT_RUNNING
        if not record.begun:
            if followed:
                _remember(self._wanted, job.name)
            return CancelResult.STOPPED if followed else CancelResult.CANNOT
        if not self.stopped(job.name) and is_nearly_done(record, job.count):
            return CancelResult.NOT_RUNNING
        await self._stop(job)
        return CancelResult.STOPPED

    async def at_work(self, job: JobHandle, record: Record) -> None:
        """Stops `job` when that is wanted and its record, just read, shows it at work."""
        if job.name in self._wanted and not is_nearly_done(record, job.count):
            await self._stop(job)

    async def _stop(self, job: JobHandle) -> None:
        async with self._sending:
            # Never twice: the second would be kept for the next job.
            if job.name in self._stopped:
                return
            _remember(self._stopped, job.name)
            try:
                await self._client.stop()
            except Unreachable as error:
                if not error.sent:
                    del self._stopped[job.name]
                raise


def _remember(names: dict[str, None], name: str) -> None:
    names[name] = None
    while len(names) > REMEMBERED:
        del names[next(iter(names))]
