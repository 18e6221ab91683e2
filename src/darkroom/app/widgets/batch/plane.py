"""A plane of cells that scrolls both ways: which are in sight, and where the cursor goes."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView

from darkroom.app.widgets.batch.shape import CAPTION_LINES, SIDE_COLUMNS, SIZES, Shape, best_size
from darkroom.app.widgets.sparing import Sparing
from darkroom.domain.text import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from textual import events
    from textual.binding import BindingType

    from darkroom.domain.parameters import Value


class CellPlane(Sparing, ScrollView, can_focus=True):
    """Knows its shape. A subclass draws it, names its keys, and hears by `forget` of what looks otherwise.

    Attributes:
        shape: Where the cells lie.
        size_index: Which of `SIZES` the pictures have.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("pagedown", "page(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
    ]

    cursor: reactive[int] = reactive(0, repaint=False)
    """Position of the cell under the cursor, in the order of the axes."""

    class Moved(Message):
        """Another cell is under the cursor."""

    class InSight(Message):
        """Other cells came into sight."""

    class Chosen(Message):
        """A cell was clicked twice."""

    def __init__(self, axes: Mapping[str, Sequence[Value]], size: int, *, id: str) -> None:
        """Cells at all places of `axes`, the outermost first; `size` of them where there are no axes."""
        super().__init__(id=id)
        self._axes = {printable(name): tuple(printable(str(v)) for v in axes[name]) for name in axes}
        self._count = size
        self._chosen_size: int | None = None
        self.size_index = 1
        self.shape = Shape(self._axes, size, SIZES[1], 80)

    def forget(self, position: int | None = None) -> None:
        """A cell, or (`None`) any cell, may look otherwise now."""
        raise NotImplementedError

    # Size and place

    def on_resize(self) -> None:
        """Lays the cells out anew."""
        self._lay_out()

    def _lay_out(self, *, to_cursor: bool = True) -> None:
        room = self.scrollable_content_region.size
        if not room.area:
            return
        best = best_size(self._axes, self._count, (room.width, room.height - self.head_lines))
        self.size_index = best if self._chosen_size is None else self._chosen_size
        self.shape = Shape(self._axes, self._count, SIZES[self.size_index], room.width)
        self.forget()
        self.virtual_size = Size(self.shape.width, self.shape.height + self.head_lines)
        if to_cursor:
            self.call_after_refresh(self._to_cursor)
        self.refresh()
        self.post_message(self.InSight())

    def set_count(self, count: int, cursor: int) -> None:
        """Says how many cells there are, where there are no axes, and which is under the cursor.

        What is in sight stays, unless the cursor is: then that does. The size of the pictures stays.
        """
        follows = self.cursor in self.in_sight()
        if self._count:
            self._chosen_size = self.size_index
        self._count = count
        self.shape = Shape(self._axes, count, SIZES[self.size_index], self.shape.room)
        self.set_reactive(CellPlane.cursor, self.validate_cursor(cursor))
        self._lay_out(to_cursor=follows)
        self.post_message(self.Moved())

    def zoom(self, by: int) -> None:
        """Draws the pictures larger or smaller."""
        self._chosen_size = max(0, min(self.size_index + by, len(SIZES) - 1))
        self._lay_out()

    def choose_size(self, size: int | None) -> None:
        """Draws the pictures in the size of this index; `None` for the one that fits best."""
        self._chosen_size = size
        self._lay_out()

    @property
    def chosen_size(self) -> int | None:
        """What was chosen by `zoom` or `choose_size`."""
        return self._chosen_size

    @property
    def head_lines(self) -> int:
        """Lines that stay at the top: the labels of the columns."""
        return 0 if self.shape.flows else 1

    def in_sight(self) -> list[int]:
        """Positions of the cells in sight, those cut at the edges included."""
        shape, top = self.shape, round(self.scroll_y)
        first, last = self.columns_in_sight()
        found: list[int] = []
        rows: dict[tuple[int, int], None] = {}
        for y in range(top, top + self.size.height - self.head_lines):
            row = shape.row_at(y)
            if row is not None:
                rows[row[:2]] = None
        for block, row_index in rows:
            positions = (shape.position(block, row_index, column) for column in range(first, last))
            found += [position for position in positions if position is not None]
        return found

    def columns_in_sight(self) -> tuple[int, int]:
        """The first column in sight, and the one behind the last."""
        shape, left = self.shape, round(self.scroll_x)
        room = max(self.scrollable_content_region.width - shape.label_columns, 0)
        return left // shape.cell_columns, min(-(-(left + room) // shape.cell_columns), shape.columns)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Tells what came into sight."""
        super().watch_scroll_y(old_value, new_value)
        self._scrolled(old_value, new_value)

    def watch_scroll_x(self, old_value: float, new_value: float) -> None:
        """Likewise."""
        super().watch_scroll_x(old_value, new_value)
        self._scrolled(old_value, new_value)

    def _scrolled(self, old: float, new: float) -> None:
        if round(old) != round(new):
            self.post_message(self.InSight())

    def changed(self, positions: Iterable[int]) -> None:
        """Draws cells again, as far as they are in sight."""
        for position in positions:
            self.forget(position)
            whole = Region(0, 0, self.shape.cell_columns, self.shape.cell_lines)
            self._refresh_part(position, whole)

    def reframe(self, positions: Iterable[int]) -> None:
        """Draws what is around the pictures of cells again: their sides and captions."""
        shape = self.shape
        for position in positions:
            self.forget(position)
            width, height = shape.cell_columns, shape.cell_lines - CAPTION_LINES
            self._refresh_part(position, Region(0, 0, SIDE_COLUMNS, height))
            self._refresh_part(position, Region(width - SIDE_COLUMNS, 0, SIDE_COLUMNS, height))
            self._refresh_part(position, Region(0, height, width, CAPTION_LINES))

    def changed_all(self) -> None:
        """Draws all that is in sight again."""
        self.forget()
        self.refresh()

    def _refresh_part(self, position: int, part: Region) -> None:
        """Draws a part of a cell again; its place is counted from the cell's corner."""
        x, y = self.shape.corner(position)
        x += self.shape.label_columns - round(self.scroll_x)
        y += self.head_lines - round(self.scroll_y)
        seen = part.translate((x, y)).intersection(Region(0, 0, *self.size))
        if seen.area:
            self.refresh(seen)

    # The cursor

    def validate_cursor(self, position: int) -> int:
        """Keeps the cursor on a cell."""
        return max(0, min(position, self.shape.size - 1))

    def watch_cursor(self, old: int, new: int) -> None:
        """Brings the cell into sight."""
        self.reframe((old, new))
        self._to_cursor()
        if old != new:
            self.post_message(self.Moved())

    def _to_cursor(self) -> None:
        shape = self.shape
        x, y = shape.corner(self.cursor)
        room = self.scrollable_content_region.size
        wide, high = room.width - shape.label_columns, room.height - self.head_lines
        above = shape.heading_lines if shape.row_at(y - 1) is None else 0
        left = min(max(round(self.scroll_x), x + shape.cell_columns - wide), x)
        top = min(max(round(self.scroll_y), y + shape.cell_lines - high), y - above)
        # At once: Textual would paint the cursor first, and scroll a frame later.
        self.scroll_to(left, top, animate=False, force=True, immediate=True)

    def go(self, across: int, down: int) -> None:
        """Moves the cursor by so many cells to the right and downwards, as far as there are some."""
        shape = self.shape
        block, row, column = shape.place(self.cursor)
        line = block * shape.rows + row + down
        if shape.flows and across:
            self.cursor += across
            return
        if not (0 <= column + across < shape.columns and 0 <= line < shape.blocks * shape.rows):
            return
        position = line * shape.columns + column + across
        self.cursor = min(position, shape.size - 1)

    def action_page(self, by: int) -> None:
        """A page up or down."""
        rows = max((self.size.height - self.head_lines) // self.shape.cell_lines, 1)
        for _ in range(rows):
            self.go(0, by)

    def position_at(self, x: int, y: int) -> int | None:
        """The cell at a place of the widget; `None` beside the cells."""
        shape = self.shape
        if x < shape.label_columns or y < self.head_lines:
            return None
        row = shape.row_at(y - self.head_lines + round(self.scroll_y))
        column = (x - shape.label_columns + round(self.scroll_x)) // shape.cell_columns
        return None if row is None else shape.position(row[0], row[1], column)

    def on_click(self, event: events.Click) -> None:
        """Goes to the cell that was clicked; twice opens it."""
        position = self.position_at(event.x, event.y)
        if position is not None:
            event.stop()
            self.cursor = position
            if event.chain == 2:
                self.post_message(self.Chosen())
