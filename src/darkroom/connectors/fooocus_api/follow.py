"""Following one job to its end by asking for its record, again and again."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from darkroom.connectors.fooocus_api.ending import forgotten, found_files, never_taken, read_end
from darkroom.connectors.fooocus_api.progress import ProgressMeter
from darkroom.connectors.fooocus_api.seek import seek
from darkroom.connectors.fooocus_api.standing import STILL_S, Standing
from darkroom.connectors.fooocus_api.truth import truth
from darkroom.domain.errors import ConnectorError
from darkroom.domain.events import Accepted, Ended, JobEvent, Outcome, OutputReady, Progress, Queued, Stage

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from darkroom.connectors.fooocus_api.cancel import Cancels
    from darkroom.connectors.fooocus_api.client import Client
    from darkroom.connectors.fooocus_api.handle import JobHandle
    from darkroom.connectors.fooocus_api.replies import Record

log = logging.getLogger(__name__)

FIRST_POLL_S = 0.05
"""At first: a small job is over soon, and one that was refused at once too."""

POLL_S = 0.25
"""While it runs, or is the next to run."""

SLOWER = 1.5
"""By so much each pause is longer than the one before, up to `POLL_S`."""

WAITING_POLL_S = 1.0
"""While other jobs are before it."""

ABSENT_S = (0.25, 0.5, 1.0, 2.0, 5.0)
"""Pauses before an unreachable server is asked again."""


class Follower:
    """One pass over a job's life, from the moment the server may have it."""

    def __init__(
        self,
        client: Client,
        job: JobHandle,
        cancels: Cancels,
        *,
        still_s: float = STILL_S,
        meter: ProgressMeter | None = None,
    ) -> None:
        """Asks nothing yet.

        Args:
            client: The server.
            job: The job.
            cancels: Which jobs are to be stopped.
            still_s: After so long a queue that does not move is called still.
            meter: Of an earlier try, so that the fraction does not fall.
        """
        self._client = client
        self._job = job
        self._cancels = cancels
        self._still_s = still_s
        self._meter = meter or ProgressMeter(job.count)
        self._standing = Standing(client, job.job, still_s=still_s)
        self._last: JobEvent | None = None
        self._failures = 0
        self._pause_s = FIRST_POLL_S

    async def events(self) -> AsyncIterator[JobEvent]:
        """The job's events; exactly one `Ended`, last. Waits out a server that cannot be asked.

        Raises:
            Unreachable: The connector was closed.
        """
        while True:
            try:
                found = await self._look()
                self._failures = 0
            except ConnectorError as error:
                if self._client.http.is_closed:
                    raise
                await self._wait_out(error)
                continue
            for event in found:
                if isinstance(event, Ended):
                    yield await self._checked(event)
                    return
                if not isinstance(event, Progress | Queued) or event != self._last:
                    self._last = event
                    yield event
            await asyncio.sleep(self._pause_s)

    async def _look(self) -> list[JobEvent]:
        """What is new."""
        if not self._job.job:
            return await self._identify()
        record = await self._client.query(self._job.job, preview=True)
        if record is None:
            outputs = (await seek(self._client, self._job)).files
            return [found_files(outputs, self._job) if outputs else forgotten()]
        if record.ended:
            return self._over(record)
        if not record.begun:
            where = await self._standing.look()
            is_next = isinstance(where, Queued) and not where.ahead
            self._pause_s = min(self._pause_s * SLOWER, POLL_S if is_next else WAITING_POLL_S)
            return [where]
        self._pause_s = min(self._pause_s * SLOWER, POLL_S)
        await self._cancels.at_work(self._job, record)
        return list(self._meter.feed(record))

    async def _identify(self) -> list[JobEvent]:
        """Looks for a job whose id was never heard, until it is found or certainly not there."""
        found = await seek(self._client, self._job)
        if found.record is not None:
            self._job = replace(self._job, job=found.job)
            self._standing = Standing(self._client, found.job, still_s=self._still_s)
            return [Accepted(self._job.to_json())]
        if found.files:
            return [found_files(found.files, self._job)]
        if not found.doubtful:
            return [never_taken()]
        self._pause_s = WAITING_POLL_S
        return [Progress(Stage.WORKING, label="a job runs that may be this one; its files will tell")]

    def _over(self, record: Record) -> list[JobEvent]:
        ended = read_end(record, self._job, stopped=self._cancels.stopped(self._job.name))
        return [*map(OutputReady, ended.outputs), ended]

    async def _checked(self, ended: Ended) -> Ended:
        """The end with what the pictures themselves say of it."""
        notes = list(ended.notes)
        if self._standing.longest_s:
            notes.append(f"The server's queue stood still for {self._standing.longest_s:.0f} s")
        if ended.outcome is not Outcome.LOST and ended.outputs:
            notes += await truth(self._client, self._job, ended.outputs)
        return replace(ended, notes=tuple(notes))

    async def _wait_out(self, error: ConnectorError) -> None:
        log.info("job %s: cannot be asked about: %s", self._job.name, error.title)
        await asyncio.sleep(ABSENT_S[min(self._failures, len(ABSENT_S) - 1)])
        self._failures += 1
