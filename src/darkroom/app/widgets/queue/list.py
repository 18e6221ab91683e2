"""The list of jobs: knows its length, asks for what is in sight, and which jobs are chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.message import Message

from darkroom.app.widgets.linelist import LineList
from darkroom.app.widgets.lines import Line, Piece
from darkroom.app.widgets.queue.row import Columns, Seen, columns_of, line

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from textual import events

    from darkroom.app.widgets.meter import Meter
    from darkroom.domain.queue import Job

LEAST_READ = 40
"""Rows that are read at once, at least."""


class QueueList(LineList):
    """A part of the queue; `Wanted` asks for the rows around those in sight."""

    help_text = (
        "Every job that has not ended: those at servers first, then those that wait, in the order in which "
        "they go.\n"
        "Space chooses several; what is done next is done to all of them. The line says why a job waits, "
        "and the lines below say more of the one under the cursor."
    )

    class Wanted(Message):
        """Rows came into sight that are not known."""

    class Choice(Message):
        """Other jobs are chosen now."""

    def __init__(self, meters: Mapping[str, Meter], *, id: str = "queue-list") -> None:
        super().__init__(id=id)
        self._meters = meters
        self._offset = 0
        self._rows: list[Seen] = []
        self._follow = True
        self._largest = 0
        self.chosen: set[str] = set()
        """Ids of the generations that were chosen."""

    # What is shown

    def wanted(self) -> tuple[int, int]:
        """Offset and number of the rows to read: those in sight, and as many before and after."""
        seen = self.visible_range()
        size = max(len(seen), 1)
        first = max(seen.start - size, 0)
        return first, max(size * 3, LEAST_READ)

    def put(self, length: int, offset: int, rows: Sequence[Seen]) -> None:
        """Takes in rows that were read. The cursor stays on its job, where that is among them."""
        held = self.job()
        was_in_sight = self.cursor in self.visible_range()
        self._offset, self._rows = offset, list(rows)
        self._largest = max((row.job.summary.number for row in rows), default=0)
        self.set_length(length)
        at = self.index_of(held.summary.id) if held is not None and self._follow else None
        self._follow = True
        if at is not None and at != self.cursor:
            if was_in_sight:
                self.cursor = at
            else:  # somebody scrolls elsewhere: the list stays where it is
                self.set_reactive(LineList.cursor, at)
        self.refresh()

    def stay(self) -> None:
        """The job under the cursor is about to move away, and the cursor shall not follow it."""
        self._follow = False

    def row(self, index: int) -> Seen | None:
        """A row; `None` while it is not known."""
        place = index - self._offset
        return self._rows[place] if 0 <= place < len(self._rows) else None

    def seen(self) -> Seen | None:
        """The row under the cursor."""
        return self.row(self.cursor) if self.length else None

    def job(self) -> Job | None:
        """The job under the cursor."""
        seen = self.seen()
        return seen.job if seen is not None else None

    def index_of(self, generation_id: str) -> int | None:
        """Where a job stands, when its row is known."""
        return next(
            (n for n, row in enumerate(self._rows, self._offset) if row.job.summary.id == generation_id), None
        )

    def known(self) -> Iterator[tuple[int, Job]]:
        """The known rows with their indexes."""
        return ((index, row.job) for index, row in enumerate(self._rows, self._offset))

    def reorder(self, ids: Collection[str], before: int) -> None:
        """Shows at once how it will be when these jobs stand before the one at index `before`."""
        at_cursor = self.job()
        place = before - self._offset
        moved = [row for row in self._rows if row.job.summary.id in ids]
        head = [row for row in self._rows[:place] if row.job.summary.id not in ids]
        tail = [row for row in self._rows[place:] if row.job.summary.id not in ids]
        self._rows = [*head, *moved, *tail]
        at = self.index_of(at_cursor.summary.id) if at_cursor is not None else None
        if at is not None:
            self.cursor = at
        self.refresh()

    def columns(self) -> Columns:
        """The columns as wide as they are now."""
        return columns_of(max(self.scrollable_content_region.width - 1, 0), self._largest)

    def item_lines(self, index: int, columns: int) -> tuple[Line, ...]:
        """The line of a job; a mere sign while it is not known."""
        del columns
        row = self.row(index)
        if row is None:
            return ((Piece("…", "faint"),),)
        ident = row.job.summary.id
        return (line(row, self.columns(), self._meters.get(ident), chosen=ident in self.chosen),)

    def tick(self) -> None:
        """Draws the running jobs again."""
        for index in self.visible_range():
            row = self.row(index)
            if row is not None and row.job.claimed:
                self.refresh_item(index)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Asks for what came into sight."""
        super().watch_scroll_y(old_value, new_value)
        self.look()

    def on_resize(self) -> None:
        """Asks for what came into sight."""
        self.look()

    def look(self) -> None:
        """Asks for rows in sight that are not known."""
        if any(self.row(index) is None for index in self.visible_range()):
            self.post_message(self.Wanted())

    # What is chosen

    def targets(self) -> tuple[str, ...]:
        """Ids of the jobs that a key is for: the chosen ones, else the one under the cursor."""
        if self.chosen:
            return tuple(self.chosen)
        job = self.job()
        return (job.summary.id,) if job is not None else ()

    def choose_only(self, ids: Iterable[str]) -> None:
        """Chooses these, and no others."""
        self.chosen = set(ids)
        self._chosen()

    def toggle(self) -> None:
        """Chooses the one under the cursor, or not any more, and goes to the next."""
        job = self.job()
        if job is not None:
            self.chosen ^= {job.summary.id}
            self.action_list_down()
            self._chosen()

    def extend(self, by: int) -> None:
        """Chooses the one under the cursor and its neighbour."""
        for step in (0, by):
            self._move(self.cursor + step)
            job = self.job()
            if job is not None:
                self.chosen.add(job.summary.id)
        self._chosen()

    def drop(self, generation_id: str) -> None:
        """It has ended: it is not chosen any more."""
        if generation_id in self.chosen:
            self.chosen.discard(generation_id)
            self._chosen()

    def _chosen(self) -> None:
        self.refresh()
        self.post_message(self.Choice())

    def on_click(self, event: events.Click) -> None:
        """A click selects, with ctrl it chooses, with shift it chooses all up to there; twice opens."""
        index = (event.y + self.scroll_offset.y) // self.ITEM_HEIGHT
        if index < self.length and (event.ctrl or event.shift):
            event.stop()
            first, last = sorted((self.cursor, index)) if event.shift else (index, index)
            ids = {job.summary.id for n, job in self.known() if first <= n <= last}
            self.chosen = self.chosen | ids if event.shift else self.chosen ^ ids
            self._move(index)
            self._chosen()
            return
        super().on_click(event)
