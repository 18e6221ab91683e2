"""The list of generations: two lines each, with a thumbnail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from textual.message import Message
from textual.strip import Strip

from darkroom.app.bindings import bindings
from darkroom.app.widgets.generationkeys import GenerationKeys, is_picture
from darkroom.app.widgets.history.rows import lines
from darkroom.app.widgets.history.thumbnails import COLUMNS, Thumbnails
from darkroom.app.widgets.history.window import Window
from darkroom.app.widgets.linelist import LineList
from darkroom.app.widgets.lines import Line, Piece
from darkroom.app.widgets.tones import tone_style

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from textual.binding import BindingType

    from darkroom.app.widgets.meter import Meter
    from darkroom.domain.generation import Summary

NARROW = 36
"""Below so many cells a row goes without its thumbnail."""


class HistoryList(GenerationKeys, LineList):
    """Knows how many rows there are and asks for those in sight (`Wanted`)."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"history--empty"}
    ITEM_HEIGHT = 2
    help_text = (
        "What was made in this session, newest first.\n"
        "Each row can be sent again exactly, or put into the form: all of it, its seed, its prompts.\n"
        "What is deleted goes to the trash, and z brings it back."
    )
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("history")]

    @dataclass
    class Wanted(Message):
        """Rows are needed: `limit` from `offset` on, as the list is at `version`."""

        version: int
        offset: int
        limit: int

    class Unseen(Message):
        """Rows came into sight whose thumbnails are not made yet."""

    def __init__(self, thumbnails: Thumbnails, meters: Mapping[str, Meter], *, id: str) -> None:
        super().__init__(id=id)
        self.window = Window()
        self._thumbnails = thumbnails
        self._meters = meters

    def reset(self, count: int, rows: Sequence[Summary] = (), *, keep: str = "") -> None:
        """Shows another list: `count` rows, the first of them known.

        Args:
            count: Length of the list.
            rows: The first rows, as far as they were read.
            keep: Id of the generation whose row keeps the cursor, when it is among `rows`.
        """
        self.window.reset(count, rows)
        self.set_length(count)
        self.cursor = self.window.index_of(keep) or 0
        self._look()

    def put(self, version: int, offset: int, rows: Sequence[Summary]) -> None:
        """Takes in rows that were wanted; too late ones are dropped."""
        if self.window.put(version, offset, rows):
            self.refresh()
            self._look()

    def update_row(self, summary: Summary) -> None:
        """Takes in a row that changed, came or left. The cursor stays on its generation.

        Only on the first row it stays in place: who looks at the newest goes on looking at the newest.
        """
        change = self.window.update(summary)
        if change is None:
            return
        if change.grown:
            moves = self.cursor > 0 and change.at <= self.cursor - (change.grown < 0)
            position = self.cursor + (change.grown if moves else 0)
            self.set_length(self.window.count)
            self.cursor = position
        else:
            self.refresh_item(change.at)
        self._look()

    def progressed(self, generation_id: str) -> None:
        """Draws the row of a running generation again."""
        index = self.window.index_of(generation_id)
        if index is not None and index in self.visible_range():
            self.refresh_item(index)

    def thumbnail_ready(self, blob_hash: str) -> None:
        """Draws the rows in sight that show this picture."""
        for index in self.visible_range():
            row = self.window.row(index)
            if row and row.first_output and row.first_output.hash == blob_hash:
                self.refresh_item(index)

    def unseen(self) -> tuple[str, ...]:
        """Hashes of the pictures in sight, and a page around, whose thumbnails are not made."""
        seen = self.visible_range()
        around = (*seen, *range(seen.stop, seen.stop + len(seen)))
        rows = (self.window.row(index) for index in around)
        hashes = [r.first_output.hash for r in rows if r and r.first_output and is_picture(r)]
        return tuple(h for h in dict.fromkeys(hashes) if self._thumbnails.get(h) is None)

    def _look(self) -> None:
        seen = self.visible_range()
        page = max(len(seen), 8)
        gap = self.window.missing(seen.start - page, seen.stop + page)
        if gap is not None:
            self.post_message(self.Wanted(self.window.version, gap.start, len(gap)))
        if self.unseen():
            self.post_message(self.Unseen())

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Asks for what came into sight."""
        super().watch_scroll_y(old_value, new_value)
        if round(old_value) != round(new_value):
            self._look()

    def on_resize(self) -> None:
        """Asks for what came into sight."""
        self._look()

    def choose(self) -> None:
        """Opens the row under the cursor."""
        self.action_history_open()

    def generation(self) -> Summary | None:
        """The one under the cursor."""
        return self.window.row(self.cursor) if self.length else None

    def item_lines(self, index: int, columns: int) -> tuple[Line | Strip, ...]:
        """Thumbnail and text of a row; blank while the row is not known."""
        row = self.window.row(index)
        if row is None:
            return ((Piece("…", "faint"),), ())
        if columns < NARROW:
            return lines(row, columns, self._meters.get(row.id))
        first, second = lines(row, columns - COLUMNS - 2, self._meters.get(row.id))
        upper, lower = self._thumbnail(row)
        return (self._beside(upper, first), self._beside(lower, second))

    def _thumbnail(self, row: Summary) -> tuple[Strip, Strip]:
        strips = self._thumbnails.get(row.first_output.hash) if row.first_output else None
        if strips is not None and len(strips) == 2:
            return strips[0], strips[1]
        empty = Strip([Segment(" " * COLUMNS, self.get_component_rich_style("history--empty"))])
        return empty, empty

    def _beside(self, picture: Strip, text: Line) -> Strip:
        tones = (Segment(piece.text, tone_style(self, piece.tone)) for piece in text)
        return Strip([*picture, Segment(" "), *tones])
