"""Where a waiting job stands in the queue, and whether the queue moves at all.

A server whose scheduler has died takes jobs and answers `/ping` for ever: only a queue that does not move
tells. It dies of a wrong `meta_scheme`, whoever sends it, and with `--persistent` of every job that fails.
Source: Fooocus-API 0.5.0.1, recording `t2i_a111_kills_worker`; `task_queue.py`, `finish_task`.
"""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

from darkroom.domain.events import Progress, Queued, Stage

if TYPE_CHECKING:
    from darkroom.connectors.fooocus_api.client import Client
    from darkroom.connectors.fooocus_api.replies import QueueInfo

FIRST_ASK_S = 0.3
"""A job that has not begun by then is likely to wait; the others are spared three questions."""

ASK_EVERY_S = 2.0

STILL_S = 120.0
"""A first job may load models for so long without a word."""

AT_WORK_S = 900.0
"""A job at work may stand so long at one step, on a slow machine."""


class Standing:
    """Asks for the queue now and then, while our job waits."""

    def __init__(self, client: Client, job: str, *, still_s: float = STILL_S) -> None:
        """Asks nothing yet.

        Args:
            client: The server.
            job: Our job's id.
            still_s: After so long without any change the queue is called still.
        """
        self._client = client
        self._job = job
        self._still_s = still_s
        self._ask_at = monotonic() + FIRST_ASK_S
        self._seen: tuple[object, ...] = ()
        self._at_work = False
        self._info: QueueInfo | None = None
        self._ids: list[str] = []
        self._moved_at = monotonic()
        self.longest_s = 0.0
        """How long the queue stood still at most, in seconds, if it was called still."""

    async def look(self) -> Queued | Progress:
        """Our place; or, when the queue has not moved for too long, words that say so.

        Raises:
            ConnectorError: The server cannot be asked.
        """
        if monotonic() >= self._ask_at:
            await self._ask()
            self._ask_at = monotonic() + min(ASK_EVERY_S, self._still_s / 2)
        still_s = monotonic() - self._moved_at
        if still_s >= (AT_WORK_S if self._at_work else self._still_s):
            self.longest_s = max(self.longest_s, still_s)
            return Progress(Stage.WORKING, label=self._words(still_s))
        return Queued(self._ids.index(self._job) if self._job in self._ids else None)

    async def _ask(self) -> None:
        info = await self._client.queue()
        if info != self._info:
            # The list holds every job since the server's start: asked for when something has changed.
            history = await self._client.history()
            self._ids = [listed.id for listed in history.queue]
            self._info = info
        head = await self._client.query(self._ids[0]) if self._ids else None
        at = (head.job_progress, head.job_status) if head is not None else ()
        seen = (info, *self._ids[:1], *at)
        self._at_work = head is not None and head.begun
        if seen != self._seen:
            self._seen, self._moved_at = seen, monotonic()

    @staticmethod
    def _words(still_s: float) -> str:
        minutes = int(still_s // 60)
        since = f"{minutes} min" if minutes else f"{still_s:.0f} s"
        return f"the server answers, but its queue has not moved for {since}: it may have to be restarted"
