"""What the main screen tells of the queue: how much waits, why, what stops it, and when it is done.

Made after the first paint: nothing of it is needed before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from darkroom.app.throttle import Throttle
from darkroom.app.widgets.status import QueueWords
from darkroom.app.working import attempt
from darkroom.domain.generation import Status
from darkroom.domain.profile import shown_name
from darkroom.domain.queue import EVERYTHING
from darkroom.domain.text import excerpt
from darkroom.services.queue.estimate import Estimates
from darkroom.services.queue.outlook import Outlook, look
from darkroom.services.queue.reasons import Reasons

if TYPE_CHECKING:
    from collections.abc import Iterable

    from darkroom.app.screens.main.screen import MainScreen
    from darkroom.domain.generation import Summary
    from darkroom.domain.queue import Pause

LOOK_EVERY_S = 0.25
"""The queue is read no more often than that, whatever happens to it."""

FIRST_WAITING = 32
"""Waiting jobs that are known one by one; the next to go are among them."""

MOST_ROWS = 24
"""Waiting rows of the history that say why they wait."""


class QueueWatch:
    """Keeps board, status line and history in step with the queue.

    Attributes:
        outlook: As it was read last.
    """

    def __init__(self, screen: MainScreen) -> None:
        core = screen.core
        self.outlook = Outlook()
        self._screen = screen
        self._core = core
        self._estimates = Estimates(core.store, core.profiles)
        self._reasons = Reasons(core.store, core.profiles, core.connections, core.catalogs)
        self._throttle = Throttle(screen, LOOK_EVERY_S, screen.board.clock, self._read)
        self._told: set[Pause] = set()
        self._news = 0

    def stale(self) -> None:
        """Something changed: it is looked at soon."""
        self._news += 1
        self._throttle.ask()

    def _read(self) -> None:
        attempt(
            self._screen,
            self._look(),
            group="queue-watch",
            exclusive=True,
            description="looking at the queue",
        )

    async def _look(self) -> None:
        news, board = self._news, self._screen.board
        outlook = await look(self._core.store, self._estimates, fraction=self._fraction)
        taken = len(outlook.at_servers)
        first = await self._core.queue.page(offset=taken, limit=FIRST_WAITING) if outlook.waiting else ()
        if news != self._news:
            self._throttle.done()
            return  # it changed meanwhile, and is read again
        self.outlook = outlook
        jobs = [job.summary for job in (*outlook.at_servers, *first)]
        board.sync(jobs, outlook.total)
        for job in outlook.at_servers:
            if job.cancelled:
                board.cancelling(job.summary.id)
        await self._say_why(jobs)
        self._tell_pauses(outlook.pauses)
        self._throttle.done()
        self._screen.queue_looked_at()

    async def _say_why(self, known: Iterable[Summary]) -> None:
        """Has the waiting rows in sight say why they wait; one that waits no more is read again."""
        history = self._screen.history.list
        near = (history.window.row(index) for index in history.visible_range())
        rows = {row.id: row for row in near if row is not None and row.status is Status.NEW}
        leading = self._screen.board.leading()
        if leading is not None and leading.status is Status.NEW:
            rows[leading.id] = leading
        statuses = {summary.id: summary.status for summary in known}
        for generation_id in list(rows)[:MOST_ROWS]:
            job = await self._core.queue.job(generation_id)
            if job is None or statuses.get(generation_id, Status.NEW) is not Status.NEW:
                await self._screen.reread_row(generation_id)
                continue
            reasons = await self._reasons.of((job,), self.outlook.pauses)
            why = reasons.get(generation_id)
            self._screen.board.waits(generation_id, why.text if why is not None else "")
            self._screen.history.list.progressed(generation_id)
        self._screen.board.forget_reasons(rows)
        self._screen.preview.progressed()

    def _tell_pauses(self, pauses: Iterable[Pause]) -> None:
        """Says once why Darkroom stopped a queue by itself."""
        new = {pause for pause in pauses if pause.reason} - self._told
        self._told = {pause for pause in pauses if pause.reason}
        for pause in new:
            said = "\n".join(part for part in (pause.reason, pause.hint) if part)
            title = f"The queue of {excerpt(shown_name(pause.profile), 40)} is paused"
            self._screen.app.notify(
                excerpt_lines(said), title=title, severity="warning", markup=False, timeout=10
            )

    def words(self) -> QueueWords:
        """What the status line says."""
        outlook = self.outlook
        names = {pause.profile for pause in outlook.pauses}
        stopped = EVERYTHING in names or self._screen.profile in names
        moving = outlook.at_servers or outlook.ready > outlook.stuck
        seconds = outlook.estimate.seconds if moving else None
        return QueueWords(bool(stopped), seconds, outlook.estimate.unknown > 0)

    def _fraction(self, generation_id: str) -> float | None:
        meter = self._screen.board.meters.get(generation_id)
        return meter.fraction if meter is not None else None


def excerpt_lines(text: str) -> str:
    """Foreign lines as they may be shown."""
    return "\n".join(excerpt(line, 200) for line in text.splitlines())
