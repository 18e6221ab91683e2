"""All jobs in one order: looks at the queue, and does with it what keys ask for."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.widgets import Static

from darkroom.app.bindings import bindings
from darkroom.app.layouts import StagedScreen
from darkroom.app.screens.queue.detail import JobDetail
from darkroom.app.screens.queue.keys import Wish
from darkroom.app.screens.queue.order import OrderKeys
from darkroom.app.screens.queue.reading import QueueReader
from darkroom.app.throttle import Throttle
from darkroom.app.widgets.footer import KeyFooter
from darkroom.app.widgets.linelist import LineList
from darkroom.app.widgets.queue.head import HeadView, QueueHead
from darkroom.app.widgets.queue.list import QueueList
from darkroom.app.working import attempt
from darkroom.services.foreign_jobs import EVERY_S as ASK_EVERY_S
from darkroom.services.queue.outlook import Outlook

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from darkroom.app import messages
    from darkroom.app.board import Board
    from darkroom.app.deeds import Deeds
    from darkroom.services.core import Core

REFRESH_EVERY_S = 0.25
"""The queue is read no more often than that, whatever happens to it."""

TICK_S = 0.25
"""How often the running rows move; nothing ticks while none runs."""


class QueueScreen(OrderKeys, StagedScreen[Wish]):
    """Ends with what the form is to do with a generation that was looked at, or `None`."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings("queue"),
        *bindings("list", only=("list.filter",)),
        *bindings("global", only=("queue", "cancel")),
    ]

    def __init__(self, core: Core, board: Board, deeds: Deeds) -> None:
        super().__init__()
        self.core = core
        self.board = board
        self.jobs = QueueList(board.meters)
        self.outlook = Outlook()
        self.target: str | None = None
        self._generation_deeds = deeds
        self._head = QueueHead(self.jobs)
        self._detail = JobDetail(self.jobs, lambda ident: ident in core.generations.active())
        self._reader = QueueReader(core, self._fraction)
        self._throttle = Throttle(self, REFRESH_EVERY_S, board.clock, self._read)
        self._was_read = False
        self._at_server = False
        self.prepare_keys()

    def compose(self) -> ComposeResult:
        """Head, list, what is known of the job under the cursor, keys."""
        yield self._head
        yield self.jobs
        yield Static("", classes="empty", markup=False)
        yield self._detail
        footer = KeyFooter()
        footer.left_out |= {"cancel"}
        yield footer

    def on_mount(self) -> None:
        """Reads the queue, and begins to ask the servers what others have there."""
        self.jobs.focus()
        self._clock = self.set_interval(TICK_S, self._tick, pause=True)
        self.stale()
        attempt(self, self._ask_servers(), group="foreign", description="asking what others have")

    def stale(self) -> None:
        """What is shown may not be true any more: it is read again, soon."""
        self._throttle.ask()

    def _read(self) -> None:
        attempt(self, self._read_now(), group="queue-read", exclusive=True, description="reading the queue")

    async def _read_now(self) -> None:
        if self.pending:
            self.stale()  # the list shows already how it will be; it is read when that is written
            return
        outlook = await self._reader.outlook()
        if self.target is not None and not outlook.targets.get(self.target):
            self.target = None
        length = outlook.total if self.target is None else outlook.targets[self.target]
        offset, limit = self.jobs.wanted()
        offset = max(min(offset, length - limit), 0)
        rows = await self._reader.rows(outlook, offset, limit, self.target)
        if self.pending:
            self.stale()
            return
        self.outlook = outlook
        self._was_read = True
        self.jobs.put(length, offset, rows)
        self._throttle.done()
        self._show()

    def _show(self) -> None:
        self._head.show(
            HeadView(
                self.outlook,
                self._reader.foreign.known,
                self.target,
                len(self.jobs.chosen),
                len(self.board.wrong),
            )
        )
        self._detail.refresh()
        self.set_class(self._was_read and not self.jobs.length, "-empty")
        self.query_one(".empty", Static).update(
            "Nothing waits and nothing runs.\nctrl+g on the form makes a picture; escape goes back there."
        )
        if self.outlook.at_servers:
            self._clock.resume()
        else:
            self._clock.pause()
        self.refresh_bindings()

    def _tick(self) -> None:
        self.jobs.tick()

    def _fraction(self, generation_id: str) -> float | None:
        meter = self.board.meters.get(generation_id)
        return meter.fraction if meter is not None else None

    async def _ask_servers(self) -> None:
        while True:
            if self.outlook.targets and await self._reader.ask_servers(self.outlook):
                self.stale()
            await asyncio.sleep(ASK_EVERY_S if self._was_read else REFRESH_EVERY_S)

    # What the core tells

    def on_queue_changed(self, message: messages.QueueChanged) -> None:
        """Order, pauses or counts changed."""
        message.stop()
        self.stale()

    def on_store_changed(self, message: messages.StoreChanged) -> None:
        """Another process wrote."""
        message.stop()
        self.stale()

    def on_connection_changed(self, message: messages.ConnectionChanged) -> None:
        """A server came or went: what waits for it waits for another reason."""
        message.stop()
        self.stale()

    def on_generation_changed(self, message: messages.GenerationChanged) -> None:
        """A job came further, or ended."""
        message.stop()
        if message.summary.status.final:
            self.jobs.drop(message.summary.id)
        self.stale()

    # What the list tells

    @on(QueueList.Wanted)
    def _wanted(self, message: QueueList.Wanted) -> None:
        message.stop()
        self._read()  # who scrolls waits for no beat

    @on(QueueList.Choice)
    def _choice(self, message: QueueList.Choice) -> None:
        message.stop()
        self._show()

    @on(LineList.Highlighted)
    def _highlighted(self, message: LineList.Highlighted) -> None:
        message.stop()
        self._detail.refresh()
        job = self.jobs.job()
        at_server = job is not None and job.claimed
        if at_server != self._at_server:  # else the same keys can do something as before
            self._at_server = at_server
            self.refresh_bindings()

    @on(LineList.Chosen)
    def _opened(self, message: LineList.Chosen) -> None:
        message.stop()
        self.action_queue_open()

    def action_queue(self) -> None:
        """The key that opens it also closes it."""
        self.dismiss(None)

    def action_queue_open(self) -> None:
        """Shows everything about the generation under the cursor."""
        job = self.jobs.job()
        if job is not None:
            attempt(self, self._open(job.summary.id), group="detail", exclusive=True, description="opening")

    async def _open(self, generation_id: str) -> None:
        from darkroom.app.screens.detail import DetailScreen

        generation = await self.core.history.get(generation_id)
        detail = DetailScreen(self.core, self._generation_deeds, generation)
        verb = await self.app.push_screen_wait(detail)
        if verb:
            self.dismiss(Wish(generation_id, verb, detail.output))
