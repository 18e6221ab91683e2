"""One job from its sending to its end, and one that was sent before."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from time import monotonic
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from darkroom.connectors.a1111 import ending, results
from darkroom.connectors.a1111.recovery import fetch
from darkroom.connectors.a1111.refusals import Refusal, failed, rejected
from darkroom.connectors.a1111.replies import Info
from darkroom.connectors.a1111.watching import FIRST_LOOK_S, LOOK_EVERY_S, Watch
from darkroom.connectors.documents import decode_text
from darkroom.domain.errors import ConnectorError, ProtocolError, Unreachable
from darkroom.domain.events import Ended, Outcome, OutputReady, Progress, Queued
from darkroom.domain.generation import Reason

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable, Mapping

    from darkroom.connectors.a1111.cancels import Cancels
    from darkroom.connectors.a1111.client import Client, Made
    from darkroom.connectors.a1111.handle import JobHandle
    from darkroom.connectors.a1111.sending import PictureBody
    from darkroom.connectors.a1111.settings import Settings
    from darkroom.domain.events import Inspection, JobEvent

log = logging.getLogger(__name__)

ABSENT_PAUSE_S = 10.0
"""Longest pause before an unreachable server is asked again."""

FORGOTTEN_S = 3.0
"""How long a job that was accepted may be unknown: it is neither waiting nor running for a moment, between
its request and the queue, and while the server writes its end down."""

REFUSED = frozenset((400, 404, 413, 422))
"""Statuses with which a request is refused before it is a job; a job that fails has 500."""

STOPPED_THERE = "Somebody interrupted or skipped it at the server: a picture may be unfinished"


class Follower:
    """Follows jobs on one server."""

    def __init__(
        self, client: Client, cancels: Cancels, settings: Settings, heard: Callable[[str], None]
    ) -> None:
        """`heard` is told the version that an answer says."""
        self._client = client
        self._cancels = cancels
        self._settings = settings
        self._heard = heard

    async def run(
        self, job: JobHandle, path: str, body: PictureBody, still_ours: Callable[[], None]
    ) -> AsyncIterator[JobEvent]:
        """Sends a job and follows it; see `base.Connector.run`."""
        watch = Watch(self._client, job, self._cancels)
        self._cancels.begin(job.task)
        started: list[asyncio.Task[Any]] = []
        try:
            await watch.remember()
            call = asyncio.create_task(self._client.generate(path, body, still_ours))
            started.append(call)
            async for event in _while_waiting(watch, call, started):
                yield event
            try:
                made = await call
            except Unreachable:
                if not watch.accepted or self._client.http.is_closed:
                    raise
                # The server has it: what became of it can be asked.
                async for event in self._continue(job, watch):
                    yield event
                return
            if isinstance(made, Refusal):
                if made.status in REFUSED:
                    self._settings.forget(job.task)
                    raise rejected(made, self._client.http.profile)
                for event in watch.accept():
                    yield event
                yield Ended(Outcome.FAILED, failed(made), notes=await self._settings.put_back(job.task))
                return
            for event in watch.accept():
                yield event
            async for event in self._deliver(job, made, watch):
                yield event
        finally:
            self._cancels.end(job.task)
            await _drop(started)

    async def _deliver(self, job: JobHandle, made: Made, watch: Watch) -> AsyncIterator[JobEvent]:
        info = await self._info(made.document)
        pictures = [results.look(data) for data in made.pictures]
        first = int(info.index_of_first_image)
        kinds = results.kinds(pictures, first, len(info.infotexts), job.asked)
        outputs = tuple(results.outputs(pictures, kinds))
        for output in outputs:
            yield OutputReady(output)
        notes = list(results.remarks(pictures, kinds, info.infotexts[first:], job.asked))
        ours = self._cancels.stopping(job.task)
        # What was over before the first look was not stopped by anybody either.
        stopped = not ours and watch.looked and await self._stopped(info)
        notes += await self._settings.put_back(job.task)
        if ours or stopped:
            notes.append(ending.HALF if ours else STOPPED_THERE)
        if ours:
            yield Ended(Outcome.CANCELLED, ending.CANCELLED, outputs, notes=tuple(notes))
        elif not outputs:
            reason = Reason("The server made no picture", "Its answer holds none", "See its log", "JobFailed")
            yield Ended(Outcome.FAILED, reason, notes=tuple(notes))
        else:
            yield Ended(Outcome.COMPLETE, outputs=outputs, notes=tuple(notes))

    async def _info(self, document: Mapping[str, Any]) -> Info:
        """What the answer says beside the pictures; programs that say little are believed."""
        text = document.get("info")
        try:
            told = await decode_text(text) if isinstance(text, str) else text
            info = Info.model_validate(told)
        except (ValueError, ValidationError):
            return Info()
        self._heard(info.version)
        return info

    async def _stopped(self, info: Info) -> bool:
        """Whether the job was interrupted: the answer never says so, the server's state does for a while."""
        try:
            now = await self._client.progress()
        except ConnectorError:
            return False
        same = now is not None and bool(info.job_timestamp) and now.state.job_timestamp == info.job_timestamp
        return same and now is not None and now.state.stopped

    async def resume(self, job: JobHandle) -> AsyncIterator[JobEvent]:
        """Follows a job sent earlier to its end; waits out a server that is away.

        Raises:
            Unreachable: The connector was closed.
        """
        self._cancels.begin(job.task)
        try:
            async for event in self._continue(job, Watch(self._client, job, self._cancels)):
                yield event
        finally:
            self._cancels.end(job.task)

    async def _continue(self, job: JobHandle, watch: Watch) -> AsyncIterator[JobEvent]:
        """What becomes of a job that the server has; its answer will not come."""
        if not job.tasks:
            yield self._untold(job)
            return
        heard, tries = monotonic(), 0
        while True:
            try:
                events = await watch.ask()
                ended = await self._over(watch, job, patient=monotonic() - heard < FORGOTTEN_S)
            except Unreachable:
                if self._client.http.is_closed:
                    raise
                await asyncio.sleep(min(LOOK_EVERY_S * 2**tries, ABSENT_PAUSE_S))
                heard, tries = monotonic(), min(tries + 1, 10)
                continue
            heard, tries = (monotonic() if events else heard), 0
            for event in events:
                yield event
            if ended is not None:
                for output in ended.outputs:
                    yield OutputReady(output)
                yield replace(ended, notes=(*ended.notes, *await self._settings.put_back(job.task)))
                return
            await asyncio.sleep(LOOK_EVERY_S)

    async def _over(self, watch: Watch, job: JobHandle, *, patient: bool) -> Ended | None:
        """The end of a job that neither waits nor runs; `None` while it does, or may do."""
        task = watch.task
        if watch.is_ghost:
            return ending.ghost(await fetch(self._client, job))
        if task is not None and (task.active or task.queued):
            return None
        pictures = await fetch(self._client, job)
        if job.saved is not None and len(pictures) == job.expected:
            return ending.whole(job, pictures, stopped=self._cancels.stopping(job.task))
        if patient:
            return None  # its end, or its last file, may still be written
        if task is not None and task.completed:
            stopped = self._cancels.asked(job.task) or await watch.was_stopped()
            return ending.partly(job, pictures, stopped=stopped)
        return ending.lost(ending.FORGOTTEN, pictures)

    def _untold(self, job: JobHandle) -> Ended:
        """The end of a job whose answer was lost, where the server tells nothing of single jobs."""
        if self._cancels.stopping(job.task):
            return ending.partly(job, (), stopped=True)
        return ending.lost(ending.NO_TASKS)

    async def inspect(self, job: JobHandle) -> Inspection | None:
        """What the server knows of a job; `None` when it knows nothing.

        Raises:
            Unreachable: It cannot be asked.
        """
        if not job.tasks:
            return self._untold(job)
        watch = Watch(self._client, job, self._cancels)
        events = await watch.ask()
        for event in events:
            if isinstance(event, Progress | Queued):
                return event
        if watch.is_ghost:
            return ending.ghost(await fetch(self._client, job))
        if watch.task is None:
            raise ProtocolError(
                "The server does not tell of its jobs any more", profile=self._client.http.profile
            )
        pictures = await fetch(self._client, job)
        if job.saved is not None and len(pictures) == job.expected:
            return ending.whole(job, pictures, stopped=self._cancels.stopping(job.task))
        if not watch.task.completed:
            return None
        return ending.partly(job, pictures, stopped=self._cancels.asked(job.task))


async def _while_waiting(
    watch: Watch, call: asyncio.Task[Any], started: list[asyncio.Task[Any]]
) -> AsyncIterator[JobEvent]:
    """Progress until the answer is there; it never waits for a question that is still open.

    Such a question is left in `started`: cancelled at once it would cost its connection.
    """
    pause_s = FIRST_LOOK_S
    while not call.done():
        await asyncio.wait({call}, timeout=pause_s)
        if call.done():
            return
        look = asyncio.create_task(watch.look())
        await asyncio.wait({call, look}, return_when=asyncio.FIRST_COMPLETED)
        if not look.done():
            started.append(look)
            return
        for event in look.result():
            yield event
        pause_s = LOOK_EVERY_S


async def _drop(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """Ends tasks whose results nobody wants any more."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
