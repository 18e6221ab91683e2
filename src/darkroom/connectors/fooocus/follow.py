"""Following one job from its task at the server to its last picture."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from darkroom.connectors.fooocus.call import TURN, Call, Line, is_free
from darkroom.connectors.fooocus.events import Message, Over, Plain, Shown, Waiting
from darkroom.connectors.fooocus.gathering import Gathering
from darkroom.connectors.fooocus.log import seeds
from darkroom.connectors.fooocus.progress import Meter
from darkroom.domain.errors import ConnectorError, Unreachable
from darkroom.domain.events import (
    Accepted,
    CancelResult,
    Ended,
    JobEvent,
    Outcome,
    OutputReady,
    Preview,
    Progress,
    Queued,
)
from darkroom.domain.generation import Reason
from darkroom.domain.text import plural

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

    from darkroom.connectors.fooocus.client import Client
    from darkroom.connectors.fooocus.config import Page
    from darkroom.connectors.fooocus.handle import JobHandle

log = logging.getLogger(__name__)

SOON_S = 0.25
"""A call that is first in the queue and has not begun by then waits for the one that runs."""

QUIET_S = 20.0
"""Half a minute without a word is normal while a model loads. But Gradio gives up a client that does not take
a message within a second, on a slow line say, and leaves the socket open: nothing is ever heard again.

Source: Gradio 3.41.2, `queueing.py` `process_events`: who is given up is not disconnected."""

_WAKE = Plain("wake")

LEFT = Reason("Cancelled", "It left the queue before its turn")


class Follower:
    """One job while its line stands. `cancel` may be called at any time, from another task."""

    def __init__(
        self,
        client: Client,
        page: Page,
        job: JobHandle,
        line: Line,
        still_ours: Callable[[], None],
        *,
        quiet_s: float = QUIET_S,
    ) -> None:
        """Calls nothing yet.

        Args:
            client: The server.
            page: What it shows.
            job: The job.
            line: To the page's queue.
            still_ours: See `Call`.
            quiet_s: Silence after which the page is asked whether the call still runs.
        """
        self._client = client
        self._line = line
        self._quiet_s = quiet_s
        self._page = page
        self._job = job
        self._call = Call(line, job.session, page.generate, page.shows, still_ours)
        self._meter = Meter()
        self._gathering = Gathering(client, seeds(job), job.asked, grid=job.grid)
        self._cancelled = False
        self._stopped = False
        self._over = False
        self._held_up = False

    @property
    def sent(self) -> bool:
        """The generator was given its turn: the job may run at the server, whatever becomes of the line."""
        return self._call.sent

    @property
    def joined(self) -> bool:
        """The page's queue has our call."""
        return self._call.joined

    @property
    def held_up(self) -> bool:
        """Our call waits, and not only for the moment that a turn takes to come: another one runs."""
        return self._held_up and not self._call.sent

    @property
    def cancelled(self) -> bool:
        """Somebody asked for the job to be stopped."""
        return self._cancelled

    def hang_up(self) -> None:
        """Ends the following with an `Unreachable`: the connector was closed."""
        self._call.inbox.put(
            Unreachable("The connection was closed", "Darkroom closed it", profile=self._client.http.profile)
        )
        self._call.hang_up()

    async def make(self, data: Sequence[Any], *, confirm: Callable[[], Awaitable[None]]) -> None:
        """Makes the task. Nothing runs yet: it waits at the server until it is called.

        Args:
            data: The page's inputs.
            confirm: Raises when the page is another one by now; it is asked at the same time.

        Raises:
            Rejected: The page does not take the inputs.
            Unreachable: The line broke.
        """
        made, confirmed = await asyncio.gather(
            self._client.build(self._page, self._job.session, data), confirm(), return_exceptions=True
        )
        for failure in (confirmed, made):
            if failure is not None:
                raise failure

    async def events(self) -> AsyncIterator[JobEvent]:
        """Calls for the task that was made, once, and tells of it.

        Raises:
            Unreachable: The line broke; `sent` says whether the job may run.
        """
        try:
            self._call.start()
            async for event in self._listen():
                yield event
        finally:
            self._over = True
            await self._call.aclose()

    async def cancel(self) -> CancelResult:
        """Leaves the queue, or presses stop once our own task runs; never while it does not."""
        if self._over:
            return CancelResult.NOT_RUNNING
        self._cancelled = True
        if not self._call.sent:
            self._call.inbox.put(_WAKE)
            return CancelResult.STOPPED
        if self._page.stop is None:
            return CancelResult.CANNOT
        if self._meter.runs:
            await self._try_to_stop()
        return CancelResult.STOPPED

    async def _listen(self) -> AsyncIterator[JobEvent]:
        soon = given_up = False
        while True:
            message = await self._call.inbox.get(SOON_S if soon or given_up else self._quiet_s)
            if self._cancelled and self._call.leave_queue():
                yield Ended(Outcome.CANCELLED, LEFT)
                return
            if message is None and self._call.sent:
                if given_up:
                    raise self._unheard()
                # The end may be on its way while we ask: it is given a moment more.
                given_up = await self._is_given_up()
                continue
            given_up = False
            if message == TURN:
                # Whoever follows has written it down when it asks for more: only then may it begin.
                yield Accepted(replace(self._job, called=True).to_json())
                if not self._cancelled:
                    self._call.allow()
            elif message is not None or soon:
                async for event in self._read(message):
                    yield event
                    if isinstance(event, Ended):
                        return
            soon = isinstance(message, Waiting) and message.ahead == 0
            if self._cancelled and self._meter.runs and not self._stopped:
                await self._try_to_stop()

    async def _is_given_up(self) -> bool:
        """Whether the page runs no call any more, ours neither."""
        try:
            return await is_free(self._line, f"{self._job.session}-look", self._page.generate)
        except ConnectorError as error:
            log.info("job %s: cannot be asked about: %s", self._job.session, error.title)
            return False

    def _unheard(self) -> Unreachable:
        return Unreachable(
            "Fooocus tells no more of the job",
            f"{self._line.url}: the line was too slow for a moment, and was given up by the page",
            profile=self._client.http.profile,
        )

    async def _read(self, message: Message | None) -> AsyncIterator[JobEvent]:
        match message:
            case None:
                self._held_up = True
                yield Queued(1)
            case Waiting(ahead=ahead) if ahead is None or ahead > 0:
                # The call that runs is not counted among those that wait.
                self._held_up = True
                yield Queued(None if ahead is None else ahead + 1)
            case Shown():
                async for change in self._show(message):
                    yield change
            case Over():
                async for last in self._end(message):
                    yield last

    async def _show(self, shown: Shown) -> AsyncIterator[Progress | Preview | OutputReady]:
        progress = self._meter.feed(shown)
        if progress is not None:
            yield progress
        if shown.preview is not None:
            yield Preview(shown.preview[1], shown.preview[0])
        for files in (shown.results, shown.gallery):
            async for ref in self._gathering.take(files or ()):
                yield OutputReady(ref)

    async def _end(self, over: Over) -> AsyncIterator[OutputReady | Ended]:
        async for event in self._show(over.shown):
            if isinstance(event, OutputReady):
                yield event
        yield self._ended(over)

    def _ended(self, over: Over) -> Ended:
        made, wanted = self._gathering.pictures, self._job.count
        refs, notes = self._gathering.refs, self._gathering.notes
        of = f"{made} of {plural(wanted, 'picture')}"
        if made and self._meter.unpainted and made < wanted:
            notes = (*notes, "too large to be painted: Fooocus made the picture larger, once, and no more")
            return Ended(Outcome.COMPLETE, None, refs, notes=notes)
        if made >= wanted:
            return Ended(Outcome.COMPLETE, None, refs, notes=notes)
        if self._cancelled:
            reason = Reason("Cancelled", f"Stopped when {of} had been made")
            note = (f"stopped: {of} were finished, the one in the making is gone",)
            return Ended(Outcome.CANCELLED, reason, refs, notes=(*notes, *(note if made else ())))
        if not over.anything and not over.failed:
            return Ended(Outcome.FAILED, forgotten(), refs, notes=notes)
        reason = Reason(
            f"Fooocus stopped after {of}" if made else "Fooocus made no picture",
            over.error or "Its page tells no reason: an error while it worked, a lack of memory for example",
            "The window that Fooocus was started in shows the error",
            "JobFailed",
        )
        return Ended(Outcome.FAILED, reason, refs, notes=notes)

    async def _try_to_stop(self) -> None:
        try:
            await self._stop()
        except ConnectorError as error:
            # The next message brings the next try.
            log.info("job %s: could not be stopped yet: %s", self._job.session, error.title)

    async def _stop(self) -> None:
        """Presses stop in the name of our session.

        The server interrupts whatever it samples when the session's task is under way, and a task that ended
        by an error counts as under way for ever: so it is done only while ours runs before our eyes.
        Source: Fooocus 2.5.5, `webui.py` `stop_clicked`, `async_worker.py` `stop_processing`.
        """
        self._stopped = await self._client.stop(self._page, self._job.session)


def forgotten() -> Reason:
    """Why a task never begins: the page keeps none for its session any more."""
    return Reason(
        "Fooocus had forgotten the task when its turn came",
        "It was restarted in between, it seems; nothing was painted",
        "Generate it again",
        "JobLost",
    )
