"""The grid of a batch: the cells of its jobs, and the labels of the axes beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.strip import Strip

from darkroom.app.bindings import bindings
from darkroom.app.widgets.batch.cell import Seen, caption, words, wrapped
from darkroom.app.widgets.batch.drawn import CellGrid
from darkroom.app.widgets.batch.shape import SIDE_COLUMNS
from darkroom.app.widgets.lines import Piece, clip, fit

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from textual.binding import BindingType

    from darkroom.domain.parameters import Value

MOVES = tuple(f"batch.{move}" for move in ("left", "right", "up", "down", "first", "last"))
"""Keys of the grid; all others of their group are its screen's."""


class BatchGrid(CellGrid):
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
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("batch", only=MOVES)]

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
        super().__init__(axes, size, id="batch-grid")
        self._look = look
        self._picture = picture
        self.marks: dict[int, str] = {}

    def beside(self, row: int, line: int) -> Strip:
        """The label of a row, the name of its axis below it."""
        shape = self.shape
        room = shape.label_columns - 2
        lines = wrapped(shape.row_label(row), room, max(shape.picture[1] - 1, 1))
        said = [*(Piece(text, "strong") for text in lines), Piece(clip(shape.names[-2], room), "faint")]
        piece = said[line] if line < len(said) else Piece("")
        return self.strip(fit([Piece(" "), piece], (), shape.label_columns))

    def head(self, columns: int) -> Strip:
        """The labels of the columns, the name of their axis before them."""
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
        labels = self.strip(tuple(cells)).adjust_cell_length(start + room, self.base)
        return Strip.join([self.strip(name), labels.crop(start, start + room)])

    def draw(self, position: int) -> tuple[Strip, ...]:
        """The picture of a job or words about it, and its label."""
        columns, lines = self.shape.picture
        seen = self._look(position)
        said = caption(seen, self.shape.label(position), self.marks.get(position, ""), columns)
        return self.framed(position, self._body(seen, columns, lines), said)

    def _body(self, seen: Seen, columns: int, lines: int) -> Sequence[Strip]:
        if seen.picture:
            strips = self._picture(seen.picture, self.size_index)
            if strips is not None and len(strips) == lines:
                return self.picture_strips(strips)
            seen = Seen() if strips is None else seen
        return self.empty_strips(words(seen, columns, lines))

    # The keys

    def action_batch_left(self) -> None:
        """One to the left."""
        self.go(-1, 0)

    def action_batch_right(self) -> None:
        """One to the right."""
        self.go(1, 0)

    def action_batch_up(self) -> None:
        """One up."""
        self.go(0, -1)

    def action_batch_down(self) -> None:
        """One down."""
        self.go(0, 1)

    def action_batch_first(self) -> None:
        """To the first."""
        self.cursor = 0

    def action_batch_last(self) -> None:
        """To the last."""
        self.cursor = self.shape.size - 1
