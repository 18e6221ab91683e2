"""The grid of a batch: draws the cells in sight, and the labels of the axes beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from textual.strip import Strip

from darkroom.app.widgets.batch.cell import Seen, caption, words, wrapped
from darkroom.app.widgets.batch.plane import CellPlane
from darkroom.app.widgets.batch.shape import SIDE_COLUMNS
from darkroom.app.widgets.lines import Piece, clip, fit
from darkroom.app.widgets.tones import tone_style

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from rich.style import Style

    from darkroom.app.widgets.lines import Line
    from darkroom.domain.parameters import Value


KEPT = 1000
"""Cells that are remembered as they were drawn; more than any screen shows."""


class BatchGrid(CellPlane):
    """Cells of pictures; the labels of rows and columns stay in sight when it scrolls.

    Attributes:
        marks: Letters of the cells that were marked, by position.
    """

    help_text = (
        "The pictures of a batch, each where its values meet: the last axis runs to the right, the one "
        "before it downwards.\n"
        "Of a job that was sent again the newest attempt is shown. Space marks two cells, f flips between "
        "them."
    )
    COMPONENT_CLASSES: ClassVar[set[str]] = {"grid--cursor", "grid--empty"}

    def __init__(
        self,
        axes: Mapping[str, Sequence[Value]],
        size: int,
        look: Callable[[int], Seen],
        picture: Callable[[str, int], Sequence[Strip] | None],
    ) -> None:
        """An empty grid.

        Args:
            axes: Name → labels, the outermost first.
            size: How many cells there are, where there are no axes.
            look: What is known of a cell.
            picture: The strips of a picture by its hash, in the size of this index; `None` while not made.
        """
        super().__init__(axes, size)
        self._look = look
        self._picture = picture
        self._drawn: dict[int, tuple[Strip, ...]] = {}
        self._base: Style | None = None
        self.marks: dict[int, str] = {}

    def forget(self, position: int | None = None) -> None:
        """What was drawn is not used again."""
        if position is None:
            self._drawn.clear()
            self._base = None
        else:
            self._drawn.pop(position, None)

    def notify_style_update(self) -> None:
        """Another theme has other colours."""
        self.forget()
        super().notify_style_update()

    def on_focus(self) -> None:
        """The cursor is seen better."""
        self.changed((self.cursor,))

    def on_blur(self) -> None:
        """Likewise."""
        self.changed((self.cursor,))

    def _base_style(self) -> Style:
        """That of the widget; Textual makes it anew each time it is asked for, which takes long."""
        if self._base is None:
            self._base = self.rich_style
        return self._base

    def render_line(self, y: int) -> Strip:
        """One line of the window."""
        columns = self.scrollable_content_region.width
        base = self._base_style()
        if columns < 1:
            return Strip.blank(columns, base)
        if y < self.head_lines:
            return self._head(columns)
        content = y - self.head_lines + round(self.scroll_y)
        row = self.shape.row_at(content)
        if row is None:
            if content >= self.shape.height:
                return Strip.blank(columns, base)
            heading = Piece(f" {self.shape.heading(self.shape.block_at(content))}", "accent")
            return self._strip(fit([heading], (), columns))
        return self._row(*row, columns)

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
        cells = (
            Strip.join(parts).adjust_cell_length(start + room, self._base_style()).crop(start, start + room)
        )
        return Strip.join([self._beside(row, line), cells])

    def _beside(self, row: int, line: int) -> Strip:
        """The label of a row, the name of its axis below it."""
        shape = self.shape
        if not shape.label_columns:
            return Strip([])
        room = shape.label_columns - 2
        lines = wrapped(shape.row_label(row), room, max(shape.picture[1] - 1, 1))
        said = [*(Piece(text, "strong") for text in lines), Piece(clip(shape.names[-2], room), "faint")]
        piece = said[line] if line < len(said) else Piece("")
        return self._strip(fit([Piece(" "), piece], (), shape.label_columns))

    def _head(self, columns: int) -> Strip:
        shape = self.shape
        first, last = self.columns_in_sight()
        name = fit(
            [Piece(f" {clip(shape.names[-1], shape.label_columns - 4)} →", "faint")], (), shape.label_columns
        )
        cells = [
            piece
            for column in range(first, last)
            for piece in fit(
                [Piece(" " * SIDE_COLUMNS), Piece(shape.column_label(column), "strong")],
                (),
                shape.cell_columns,
            )
        ]
        start = round(self.scroll_x) - first * shape.cell_columns
        room = columns - shape.label_columns
        labels = self._strip(tuple(cells)).adjust_cell_length(start + room, self._base_style())
        return Strip.join([self._strip(name), labels.crop(start, start + room)])

    def _strip(self, line: Line, under: Style | None = None) -> Strip:
        base = self._base_style() + under if under else self._base_style()
        return Strip([Segment(piece.text, base + tone_style(self, piece.tone)) for piece in line])

    def _cell(self, position: int) -> tuple[Strip, ...]:
        drawn = self._drawn.get(position)
        if drawn is None:
            if len(self._drawn) >= KEPT:
                self._drawn.clear()
            drawn = self._drawn[position] = self._draw(position)
        return drawn

    def _draw(self, position: int) -> tuple[Strip, ...]:
        columns, lines = self.shape.picture
        seen = self._look(position)
        at_cursor = position == self.cursor
        cursor = self.get_component_rich_style("grid--cursor", partial=True) if at_cursor else None
        left, right = self._sides(at_cursor)
        said = caption(seen, self.shape.label(position), self.marks.get(position, ""), columns)
        below = self._strip(said, cursor)
        return tuple(Strip.join([left, body, right]) for body in (*self._body(seen, columns, lines), below))

    def _body(self, seen: Seen, columns: int, lines: int) -> Sequence[Strip]:
        if seen.picture:
            strips = self._picture(seen.picture, self.size_index)
            if strips is not None and len(strips) == lines:
                base = self._base_style()
                return [
                    Strip([Segment(text, base + style if style else base) for text, style, _ in strip])
                    for strip in strips
                ]
            seen = Seen() if strips is None else seen
        empty = self.get_component_rich_style("grid--empty", partial=True)
        return [self._strip(line, empty) for line in words(seen, columns, lines)]

    def _sides(self, at_cursor: bool) -> tuple[Strip, Strip]:
        if not at_cursor:
            blank = self._strip((Piece(" " * SIDE_COLUMNS),))
            return blank, blank
        tone = "accent" if self.has_focus else "faint"
        return self._strip((Piece("▌", tone),)), self._strip((Piece("▐", tone),))
