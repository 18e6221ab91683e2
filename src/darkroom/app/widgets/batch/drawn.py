"""A plane of cells, each drawn once and kept as it was drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from textual.strip import Strip

from darkroom.app.widgets.batch.plane import CellPlane
from darkroom.app.widgets.batch.shape import SIDE_COLUMNS
from darkroom.app.widgets.lines import Piece, fit
from darkroom.app.widgets.tones import tone_style

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from rich.style import Style

    from darkroom.app.widgets.lines import Line
    from darkroom.domain.parameters import Value

KEPT = 3
"""So many times what is in sight is remembered as it was drawn."""


class CellGrid(CellPlane):
    """Draws the rows in sight from their cells. A subclass says how a cell looks (`draw`).

    What stands at the top and on the left stays in sight when it scrolls (`head`, `beside`).
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"grid--cursor", "grid--empty"}

    def __init__(self, axes: Mapping[str, Sequence[Value]], size: int, *, id: str) -> None:
        super().__init__(axes, size, id=id)
        self._drawn: dict[int, tuple[Strip, ...]] = {}
        self._rows: dict[tuple[int, int], dict[tuple[int, ...], Strip]] = {}
        self._in_sight = 1
        self._base: Style | None = None

    def draw(self, position: int) -> tuple[Strip, ...]:
        """The `cell_lines` lines of a cell, each `cell_columns` wide."""
        raise NotImplementedError

    def head(self, columns: int) -> Strip:
        """The line at the top, where there are `head_lines`."""
        raise NotImplementedError

    def beside(self, row: int, line: int) -> Strip:
        """What stands left of a line of a row, `label_columns` wide."""
        raise NotImplementedError

    def forget(self, position: int | None = None) -> None:
        """What was drawn is not used again."""
        if position is None:
            self._drawn.clear()
            self._rows.clear()
            self._base = None
            self._in_sight = max(len(self.in_sight()), 1)
        else:
            self._drawn.pop(position, None)
            self._rows.pop(self.shape.place(position)[:2], None)

    def notify_style_update(self) -> None:
        """Another theme has other colours."""
        self.forget()
        super().notify_style_update()

    def on_focus(self) -> None:
        """The cursor is seen better."""
        self.reframe((self.cursor,))

    def on_blur(self) -> None:
        """Likewise."""
        self.reframe((self.cursor,))

    @property
    def base(self) -> Style:
        """The style of the widget; Textual makes it anew each time it is asked for, which takes long."""
        if self._base is None:
            self._base = self.rich_style
        return self._base

    def render_line(self, y: int) -> Strip:
        """One line of the window."""
        columns = self.scrollable_content_region.width
        if columns < 1:
            return Strip.blank(columns, self.base)
        if y < self.head_lines:
            return self.head(columns)
        content = y - self.head_lines + round(self.scroll_y)
        row = self.shape.row_at(content)
        if row is not None:
            return self._kept_row(*row, columns)
        if content >= self.shape.height:
            return Strip.blank(columns, self.base)
        heading = f" {self.shape.heading(self.shape.block_at(content))}"
        return self.strip(fit([Piece(heading, "accent")], (), columns))

    def _kept_row(self, block: int, row: int, line: int, columns: int) -> Strip:
        """A line of a row. While it scrolls most of them are the same, in another place."""
        most = KEPT * (self.size.height // self.shape.cell_lines + 2)
        if (block, row) not in self._rows and len(self._rows) >= most:
            self._rows.clear()
        rows = self._rows.setdefault((block, row), {})
        key = (line, columns, round(self.scroll_x))
        if key not in rows:
            rows[key] = self._row(block, row, line, columns)
        return rows[key]

    def _row(self, block: int, row: int, line: int, columns: int) -> Strip:
        shape = self.shape
        first, last = self.columns_in_sight()
        parts: list[Strip] = []
        for column in range(first, last):
            position = shape.position(block, row, column)
            if position is None:
                break
            parts.append(self._cell(position)[line])
        start = round(self.scroll_x) - first * shape.cell_columns
        room = columns - shape.label_columns
        cells = Strip.join(parts).adjust_cell_length(start + room, self.base).crop(start, start + room)
        return Strip.join([self.beside(row, line), cells]) if shape.label_columns else cells

    def _cell(self, position: int) -> tuple[Strip, ...]:
        drawn = self._drawn.get(position)
        if drawn is None:
            if len(self._drawn) >= KEPT * self._in_sight:
                self._drawn.clear()
            drawn = self._drawn[position] = self.draw(position)
        return drawn

    # What cells are made of

    def strip(self, line: Line, under: Style | None = None) -> Strip:
        """A line in its tones, on the widget's background or on that of `under`."""
        base = self.base + under if under else self.base
        return Strip([Segment(piece.text, base + tone_style(self, piece.tone)) for piece in line])

    def picture_strips(self, strips: Iterable[Strip]) -> list[Strip]:
        """The strips of a picture; what has no style of its own takes the widget's."""
        base = self.base
        return [
            Strip([part if _has_ground(part) else _on(base, part) for part in strip], strip.cell_length)
            for strip in strips
        ]

    def empty_strips(self, lines: Iterable[Line]) -> list[Strip]:
        """Words in the place of a picture."""
        empty = self.get_component_rich_style("grid--empty", partial=True)
        return [self.strip(line, empty) for line in lines]

    def framed(
        self, position: int, body: Iterable[Strip], caption: Line, under: Style | None = None
    ) -> tuple[Strip, ...]:
        """A picture with its caption below, on the background of `under`, and the cursor at its sides."""
        at_cursor = position == self.cursor
        if at_cursor:
            under = self.get_component_rich_style("grid--cursor", partial=True)
        left, right = self._sides(at_cursor)
        columns = self.shape.cell_columns
        return tuple(Strip([*left, *line, *right], columns) for line in (*body, self.strip(caption, under)))

    def _sides(self, at_cursor: bool) -> tuple[Strip, Strip]:
        if not at_cursor:
            blank = self.strip((Piece(" " * SIDE_COLUMNS),))
            return blank, blank
        tone = "accent" if self.has_focus else "faint"
        return self.strip((Piece("▌", tone),)), self.strip((Piece("▐", tone),))


def _has_ground(part: Segment) -> bool:
    return part.style is not None and part.style.bgcolor is not None


def _on(base: Style, part: Segment) -> Segment:
    return part._replace(style=base + part.style if part.style else base)
