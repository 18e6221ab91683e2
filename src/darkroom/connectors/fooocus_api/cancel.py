"""Stopping our own job and no other.

The server's `stop` names no job: it ends what runs, and while nothing runs it ends the *next* job. So it
is sent once, and only when the record of our own job, asked for a moment before, shows that it is at work
and has steps to go. A job that waits cannot be taken back: it is stopped when it begins.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from darkroom.connectors.fooocus_api.ending import NOTHING
from darkroom.connectors.fooocus_api.progress import is_nearly_done
from darkroom.domain.errors import Unreachable
from darkroom.domain.events import CancelResult, Outcome

if TYPE_CHECKING:
    from darkroom.connectors.fooocus_api.client import Client
    from darkroom.connectors.fooocus_api.handle import JobHandle
    from darkroom.connectors.fooocus_api.replies import Record
    from darkroom.domain.events import Ended

REMEMBERED = 1000


class Cancels:
    """Which jobs are to be stopped, and which were. Jobs are known by the name of their files."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._wanted: dict[str, None] = {}
        self._stopped: dict[str, None] = {}
        self._sending = asyncio.Lock()
        self._pending = False

    def stopped(self, name: str) -> bool:
        """Whether the server was asked to stop this job."""
        return name in self._stopped

    def took_stop(self, job: JobHandle, ended: Ended) -> bool:
        """Whether `job` was ended by a stop of ours that came too late for the job before it.

        To be told of every end. Such a job made nothing, and may be sent again.
        """
        if self.stopped(job.name):
            self._pending = ended.outcome is Outcome.COMPLETE
            return False
        pending, self._pending = self._pending, False
        return pending and ended.reason == NOTHING

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
        await self.stop(job)
        return CancelResult.STOPPED

    async def at_work(self, job: JobHandle, record: Record) -> None:
        """Stops `job` when that is wanted and its record, just read, shows it at work."""
        if job.name in self._wanted and not is_nearly_done(record, job.count):
            await self.stop(job)

    async def stop(self, job: JobHandle) -> None:
        """Sends the stop; only for a job that is at work. Once a job: a second would be kept for the next."""
        async with self._sending:
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
