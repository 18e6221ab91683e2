"""Calling again for a task that was made, but had no turn when the line went: nothing of it was painted.

The page keeps it under its session as long as it lives, and forgets the call that nobody waits for.
Source: Gradio 3.41.2, `routes.py` `state_holder`, `queueing.py` `process_events`.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from darkroom.connectors.fooocus.follow import LEFT, forgotten
from darkroom.connectors.fooocus.pauses import Pauses
from darkroom.domain.errors import ConnectorError
from darkroom.domain.events import Ended, JobEvent, Outcome, Queued

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from darkroom.connectors.fooocus.client import Life
    from darkroom.connectors.fooocus.config import Page
    from darkroom.connectors.fooocus.handle import JobHandle
    from darkroom.connectors.http import Http

log = logging.getLogger(__name__)


class Recall:
    """The new call for one job, through as many broken lines as there are before its turn."""

    def __init__(
        self,
        http: Http,
        job: JobHandle,
        learn: Callable[[], Awaitable[tuple[Life, Page]]],
        follow: Callable[[Page], AsyncIterator[JobEvent]],
    ) -> None:
        """Calls nothing yet.

        Args:
            http: The server.
            job: The job.
            learn: Tells the server's present life and page.
            follow: Calls once, and tells of the job up to its end; raises when the line breaks before that
                had its turn.
        """
        self._http = http
        self._job = job
        self._learn = learn
        self._follow = follow
        self._pauses = Pauses()

    def give_up(self) -> None:
        """Ends it soon: the job was cancelled."""
        self._pauses.give_up()

    async def events(self) -> AsyncIterator[JobEvent]:
        """Calls until there was a turn, and tells of the job; exactly one `Ended`, last.

        Raises:
            Unreachable: The connector was closed.
        """
        self._pauses.restart()
        yield Queued()
        while not self._cancelled:
            try:
                life, page = await self._learn()
                if self._cancelled:
                    break
                if self._job.app and life.app != self._job.app:
                    yield Ended(Outcome.LOST, forgotten())
                    return
                async for event in self._follow(page):
                    yield event
                return
            except ConnectorError as error:
                if self._http.is_closed:
                    raise
                log.info("job %s: had no turn yet: %s", self._job.session, error.title)
            await self._pauses.pause()
        yield Ended(Outcome.CANCELLED, LEFT)

    @property
    def _cancelled(self) -> bool:
        return self._pauses.given_up and not self._http.is_closed
