"""A batch as a grid: each picture where its values meet, and what its keys do."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on

from darkroom.app.bindings import bindings
from darkroom.app.screens.batch_live import LiveBatchScreen
from darkroom.app.screens.batch_place import batch_of
from darkroom.app.widgets.batch.grid import MOVES, BatchGrid
from darkroom.app.working import attempt, tell
from darkroom.domain.generation import Status
from darkroom.domain.text import plural

if TYPE_CHECKING:
    from textual.app import App
    from textual.binding import BindingType

    from darkroom.app.board import Board
    from darkroom.app.deeds import Deeds
    from darkroom.domain.generation import Summary
    from darkroom.services.core import Core

AGAIN = (Status.FAILED, Status.LOST, Status.CANCELLED)
"""Ends after which a job can be sent again."""


class BatchGridScreen(LiveBatchScreen):
    """One batch. What fills the form is asked of the main screen, which comes to the front then."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("batch", without=MOVES)]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Dims the keys that have nothing to work on."""
        del parameters
        return None if self.why_not(action) else True

    def why_not(self, action: str) -> str:
        """Why a key can do nothing just now, as a sentence; "" when it can."""
        summary = self.cells.latest(self.grid.cursor)
        if action in ("batch_open", "batch_retry") and summary is None:
            return "This job was deleted" if self.cells.whole else "It is not read yet"
        if action == "batch_retry" and summary is not None and summary.status not in AGAIN:
            return "It can be sent again when it has failed, was lost or cancelled"
        if action == "batch_cancel" and not self.cells.counts[Status.NEW]:
            return "Nothing of this batch waits"
        if action == "batch_view" and not self.cells.seen(self.grid.cursor).picture:
            return "There is no picture here"
        if action == "batch_flip" and len(self._pictures()) < 2:
            return "Mark two pictures with space first"
        return ""

    def action_batch_close(self) -> None:
        """Back to where it was opened."""
        self.dismiss(None)

    def action_batch_larger(self) -> None:
        """Larger pictures."""
        self.grid.zoom(1)

    def action_batch_smaller(self) -> None:
        """Smaller pictures."""
        self.grid.zoom(-1)

    @on(BatchGrid.Chosen)
    def _chosen(self, message: BatchGrid.Chosen) -> None:
        message.stop()
        self.action_batch_open()

    def action_batch_open(self) -> None:
        """Everything about the generation."""
        summary = self.cells.latest(self.grid.cursor)
        if summary is not None:
            attempt(self, self._open(summary), group="detail", exclusive=True, description="opening")

    async def _open(self, summary: Summary) -> None:
        from darkroom.app.messages import Asked
        from darkroom.app.screens.detail import DetailScreen

        generation = await self.core.history.get(summary.id)
        detail = DetailScreen(self.core, self.deeds, generation)
        verb = await self.app.push_screen_wait(detail)
        if verb:
            main = self.app.screen_stack[0]
            main.post_message(Asked(verb, generation.summary, detail.output))
            while self.app.screen is not main:
                self.app.screen.dismiss(None)

    def action_batch_retry(self) -> None:
        """Sends a job again."""
        summary = self.cells.latest(self.grid.cursor)
        if summary is not None:
            attempt(self, self._retry(summary), group="deed", description="sending a job again")

    async def _retry(self, summary: Summary) -> str:
        again = await self.core.queue.again(summary.id)
        self.stale()
        return f"Sent again as #{again.number}"

    def action_batch_cancel(self) -> None:
        """Cancels what waits."""
        attempt(self, self._cancel(), group="deed", description="cancelling a batch")

    async def _cancel(self) -> str | None:
        from darkroom.app.messages import StoreChanged
        from darkroom.app.screens.confirm import ConfirmScreen

        question = ConfirmScreen(
            f"Cancel {plural(self.cells.counts[Status.NEW], 'job')} of this batch?",
            "What is at a server goes on. Each can be sent again with r.",
            yes="Cancel them",
            no="Keep them",
        )
        if not await self.app.push_screen_wait(question):
            return None
        cleared = await self.core.queue.clear(batch=self.shown.id)
        for summary in self.cells.unfinished():
            if summary.retry_of is not None and summary.status is Status.NEW:
                await self.core.generations.cancel(summary.id)
                cleared += 1
        await self.walk()
        # Nobody tells of each of thousands of jobs: whatever lists them reads them again.
        self.app.screen_stack[0].post_message(StoreChanged())
        return f"{plural(cleared, 'job')} cancelled"

    def action_batch_export(self) -> None:
        """Writes it as one labelled picture."""
        attempt(self, self._export(), group="export", exclusive=True, description="exporting a batch")

    async def _export(self) -> str | None:
        from darkroom.app.screens.file import FileScreen
        from darkroom.app.widgets.form.dropped import file_meant
        from darkroom.services.exports import file_name

        proposed = Path.cwd() / file_name(f"{self.shown.title}.png")
        path = await self.app.push_screen_wait(
            FileScreen("Export as one picture", str(proposed), endings=(".png",))
        )
        if not path:
            return None
        tell(self, "Drawing it …")
        return f"Written: {await self.core.exports.sheet(self.shown, file_meant(path))}"

    def action_batch_mark(self) -> None:
        """Marks a cell, or not any more; of three the first is forgotten."""
        marks, at = dict(self.grid.marks), self.grid.cursor
        if marks.pop(at, None) is None:
            marks = {**dict(list(marks.items())[-1:]), at: ""}
        changed = {*self.grid.marks, *marks}
        self.grid.marks = dict(zip(marks, "AB", strict=False))
        self.grid.changed(changed)
        self.refresh_bindings()

    def _pictures(self) -> list[int]:
        return [position for position in self.grid.marks if self.cells.seen(position).picture]

    def action_batch_flip(self) -> None:
        """Shows the two marked pictures in one place."""
        first, second = self._pictures()
        self._view_at(first, against=second)

    def action_batch_view(self) -> None:
        """Shows the picture under the cursor alone."""
        self._view_at(self.grid.cursor)

    def _view_at(self, position: int, against: int | None = None) -> None:
        attempt(
            self, self._view(position, against), group="view", exclusive=True, description="showing a picture"
        )

    async def _view(self, position: int, against: int | None) -> None:
        from darkroom.app.screens.batch_view import BatchPictures, view

        pictures = BatchPictures(self.core, self.cells, self.grid.shape)
        await view(self, self.deeds, pictures, position, against)


async def show_batch_of(
    app: App[object], core: Core, board: Board, deeds: Deeds, generation_id: str
) -> str | None:
    """Shows the grid of the batch that a generation belongs to, the cursor on it; says when there is none.

    Raises:
        StoreError: It cannot be read.
    """
    batch = await batch_of(core, generation_id)
    if batch is None:
        return "It belongs to no batch"
    await app.push_screen_wait(BatchGridScreen(core, board, deeds, batch, generation_id))
    return None
