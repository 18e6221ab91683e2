"""A batch on the screen: what is in sight is read and drawn, live while it is made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.content import Content
from textual.widgets import Static

from darkroom.app.layouts import StagedScreen
from darkroom.app.screens.batch_cells import BatchCells
from darkroom.app.screens.batch_thumbnails import SizedThumbnails
from darkroom.app.throttle import Throttle
from darkroom.app.widgets.batch.grid import BatchGrid
from darkroom.app.widgets.footer import KeyFooter
from darkroom.app.working import attempt
from darkroom.domain.generation import Status
from darkroom.domain.text import excerpt

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from darkroom.app import messages
    from darkroom.app.board import Board
    from darkroom.app.deeds import Deeds
    from darkroom.domain.queue import Batch
    from darkroom.services.core import Core

LOOK_EVERY_S = 0.5
"""Unfinished cells in sight are read no more often than that, whatever happens to the queue."""

WALK_SHARE = 20
"""All of a batch is read again no sooner than so many times the time that it took."""

TICK_S = 0.25
"""How often running cells move; nothing ticks while none runs."""

WORDS = (
    (Status.COMPLETE, "done", "$text-success"),
    (Status.RUNNING, "running", "$accent"),
    (Status.QUEUED, "at a server", "$quiet"),
    (Status.SENDING, "sending", "$quiet"),
    (Status.NEW, "waiting", "$quiet"),
    (Status.FAILED, "failed", "$text-error"),
    (Status.LOST, "lost", "$text-warning"),
    (Status.CANCELLED, "cancelled", "$quiet"),
)


class LiveBatchScreen(StagedScreen[None]):
    """Keeps the grid of one batch current, and says in words what it shows.

    Attributes:
        core: The services.
        deeds: What can be done with a generation.
        shown: The batch.
        cells: What became of its jobs.
        grid: Where they are drawn.
        thumbnails: Their pictures.
    """

    def __init__(self, core: Core, board: Board, deeds: Deeds, batch: Batch, at: str = "") -> None:
        """`at` is the id of the generation that the cursor begins on."""
        super().__init__()
        self.core = core
        self.shown = batch
        self._board = board
        self.deeds = deeds
        self._at = at
        self._clock_s = board.clock
        self.cells = BatchCells(core, batch, board.meters)
        self.thumbnails = SizedThumbnails(core, few=lambda: self.app.console.color_system == "256")
        self.grid = BatchGrid(batch.axes, batch.size, self.cells.seen, self.thumbnails.get)
        self._looks = Throttle(self, LOOK_EVERY_S, board.clock, self._look)
        self._walked_s = 0.0
        self._walk_due = False

    def compose(self) -> ComposeResult:
        """Title and counts, grid, the cell under the cursor, keys."""
        yield Static(id="batch-title", markup=False)
        yield self.grid
        yield Static(id="batch-cell", markup=False)
        yield KeyFooter()

    def on_mount(self) -> None:
        """Reads what is in sight, then all of it."""
        self._clock = self.set_interval(TICK_S, self._tick, pause=True)
        self.grid.focus()
        self._say()
        attempt(self, self._begin(), group="batch-begin", description="reading a batch")

    async def _begin(self) -> None:
        await self.cells.begin()
        at = self.cells.position_of(self._at)
        if at is not None:
            self.grid.cursor = at
        await self._look_now()
        await self.walk()
        self.stale()

    # Reading

    def stale(self) -> None:
        """What is shown may not be true any more."""
        self._looks.ask()

    def _look(self) -> None:
        attempt(self, self._look_again(), group="batch-look", exclusive=True, description="reading a batch")

    async def _look_again(self) -> None:
        self._show(await self.cells.look(self.grid.in_sight(), again=True))
        cursor = self.grid.cursor
        in_sight = sorted(self.grid.in_sight(), key=lambda position: (position != cursor, position))
        self._show(await self.cells.look_at_queue(in_sight, self._clock_s))

    async def _look_now(self) -> None:
        self._show(await self.cells.look(self.grid.in_sight(), again=False))

    async def walk(self) -> None:
        """Reads all of it again.

        Raises:
            StoreError: It cannot be read.
        """
        before = self._clock_s()
        await self.cells.walk()
        self._walked_s = self._clock_s() - before
        self._walk_due = False
        self.grid.changed_all()
        self._show(())

    def _walk_later(self) -> None:
        """Another process wrote: reads all of it, after a rest that is long where that takes long."""
        if not self._walk_due and self.cells.whole:
            self._walk_due = True
            self.set_timer(max(self._walked_s * WALK_SHARE, LOOK_EVERY_S), self._walk_again)

    def _walk_again(self) -> None:
        attempt(self, self.walk(), group="batch-walk", exclusive=True, description="reading a batch")

    def _show(self, changed: tuple[int, ...] | list[int]) -> None:
        self.grid.changed(changed)
        self._say()
        self._draw_pictures()
        runs = any(self.cells.counts[status] for status in (Status.RUNNING, Status.QUEUED, Status.SENDING))
        if runs:
            self._clock.resume()
        else:
            self._clock.pause()
        self.refresh_bindings()

    def _tick(self) -> None:
        for position in self.grid.in_sight():
            summary = self.cells.latest(position)
            if summary is not None and not summary.status.final and summary.status is not Status.NEW:
                self.grid.changed((position,))

    def _draw_pictures(self) -> None:
        size = self.grid.size_index
        wanted = [self.cells.seen(position).picture for position in self.grid.in_sight()]
        if any(self.thumbnails.get(picture, size) is None for picture in wanted if picture):
            attempt(
                self,
                self._make_pictures([picture for picture in wanted if picture], size),
                group="batch-thumbnails",
                exclusive=True,
                description="making thumbnails",
            )

    async def _make_pictures(self, wanted: list[str], size: int) -> None:
        async for made in self.thumbnails.load(wanted, size):
            shown = (p for p in self.grid.in_sight() if self.cells.seen(p).picture == made)
            self.grid.changed(shown)

    # Words

    def _say(self) -> None:
        counts = self.cells.counts
        parts = [(f"  {counts[status]:,} {word}", tone) for status, word, tone in WORDS if counts[status]]
        title = Content.assemble(
            ("  Batch  ", "$quiet"), (excerpt(self.shown.title, 120), "bold"), ("  ", ""), *parts
        )
        self.query_one("#batch-title", Static).update(title)
        self.query_one("#batch-cell", Static).update(self._about_cell())

    def _about_cell(self) -> Content:
        shape, position = self.grid.shape, self.grid.cursor
        places = [
            Content.assemble((f"{name} ", "$quiet"), (excerpt(label, 60), "bold"))
            for name, label in shape.coordinates(position)
        ]
        seen = self.cells.seen(position)
        summary = seen.summary
        said = Content("  ") + Content("  ").join(places)
        if summary is None:
            return said
        word = "waits" if summary.status is Status.NEW else summary.status
        words = [f"#{summary.number} {word}"]
        if summary.retry_of is not None:
            words.append(f"again for #{summary.retry_of}")
        words += [f"seed {summary.seed}"] if summary.seed else []
        words += [excerpt(summary.profile, 30)]
        if summary.reason is not None:
            words.append(excerpt(summary.reason.title, 120))
        prompt = excerpt(summary.prompt, 300)
        return Content.assemble(said, "\n  ", (" · ".join(words), "$quiet"), "\n  ", (prompt, "$quiet"))

    # What the core tells

    def on_generation_changed(self, message: messages.GenerationChanged) -> None:
        """A job came further, or was sent again."""
        message.stop()
        position = self.cells.see(message.summary)
        if position is not None:
            self._show((position,))

    def on_live_progress(self, message: messages.LiveProgress) -> None:
        """A run came further; the clock draws it."""
        message.stop()

    def on_queue_changed(self, message: messages.QueueChanged) -> None:
        """What waits, or its order, changed."""
        message.stop()
        self.stale()

    def on_store_changed(self, message: messages.StoreChanged) -> None:
        """Another process wrote."""
        message.stop()
        self.stale()
        self._walk_later()

    # What the grid tells

    @on(BatchGrid.Moved)
    def _moved(self, message: BatchGrid.Moved) -> None:
        message.stop()
        self._say()
        self.refresh_bindings()

    @on(BatchGrid.InSight)
    def _in_sight(self, message: BatchGrid.InSight) -> None:
        message.stop()
        attempt(self, self._look_now(), group="batch-new", exclusive=True, description="reading a batch")
        self.stale()
