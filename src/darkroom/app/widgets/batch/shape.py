"""Where the cells of a batch lie: rows, columns and blocks, in cells of the terminal. Pure.

The last axis runs to the right, the one before it downwards, and there is a block for each combination of
those before, as in the exported picture. With one axis there is nothing to compare across: its cells flow
like text.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from darkroom.domain.parameters import Value

CAPTION_LINES = 1
"""Below each picture: its label or its state."""

SIDE_COLUMNS = 1
"""On both sides of each picture: room for the cursor."""

LABEL_LEAST, LABEL_MOST = 6, 24
"""Columns for the labels of rows."""

SIZES = ((8, 4), (12, 6), (16, 8), (24, 12), (36, 18), (56, 28))
"""Columns and lines that a picture may have."""

USUAL = 2
"""Index of the size that a grid has when no size shows all of it."""


class Shape:
    """The places of all cells for a size of pictures and a width of the window.

    Attributes:
        columns: Cells side by side.
        flows: One axis: cells go on in the next row, and each has its own label.
        cell_columns, cell_lines: What one takes, with its sides and caption.
        label_columns: What the labels of the rows take; 0 without.
        rows: Rows of one block.
        blocks: How many there are.
        room: Columns of the window that it was made for.
    """

    def __init__(
        self, axes: Mapping[str, Sequence[Value]], size: int, picture: tuple[int, int], room: int
    ) -> None:
        """Lays the cells out.

        Args:
            axes: Name → labels, the outermost first.
            size: How many cells there are at least; a batch without axes has one.
            picture: Columns and lines of a picture.
            room: Columns of the window.
        """
        self.room = room
        self.names = tuple(axes)
        self.labels = tuple(tuple(str(label) for label in labels) for labels in axes.values())
        self.picture = picture
        self.cell_columns = picture[0] + 2 * SIDE_COLUMNS
        self.cell_lines = picture[1] + CAPTION_LINES
        self.flows = len(self.names) < 2
        self.size = max(len(self.labels[0]) if len(self.names) == 1 else size, 1)
        if self.flows:
            self.label_columns = 0
            self.columns = max(min(room // self.cell_columns, self.size), 1)
            self.rows = -(-self.size // self.columns)
            self.blocks = 1
        else:
            self.label_columns = self._label_columns(room)
            self.columns, self.rows = len(self.labels[-1]), len(self.labels[-2])
            self.blocks = 1
            for labels in self.labels[:-2]:
                self.blocks *= len(labels)
            self.size = self.blocks * self.rows * self.columns

    def _label_columns(self, room: int) -> int:
        longest = max(
            len(self.names[-2]), len(self.names[-1]) + 2, *(len(label) for label in self.labels[-2])
        )
        return max(LABEL_LEAST, min(longest, LABEL_MOST, room // 4)) + 2

    @property
    def heading_lines(self) -> int:
        """Lines above each block: what its outer axes are, where there are any."""
        return 1 if self.blocks > 1 else 0

    @property
    def block_lines(self) -> int:
        """Lines of a block, its heading included."""
        return self.heading_lines + self.rows * self.cell_lines

    @property
    def height(self) -> int:
        """Lines of all of it."""
        return self.blocks * self.block_lines

    @property
    def width(self) -> int:
        """Columns of all of it, the labels included."""
        return self.label_columns + self.columns * self.cell_columns

    def block_at(self, y: int) -> int:
        """Which block a line belongs to."""
        return min(max(y // self.block_lines, 0), self.blocks - 1)

    def row_at(self, y: int) -> tuple[int, int, int] | None:
        """Block, row, and line within the row; `None` for a heading and below the end."""
        if not 0 <= y < self.height:
            return None
        block, rest = divmod(y, self.block_lines)
        if rest < self.heading_lines:
            return None
        row, line = divmod(rest - self.heading_lines, self.cell_lines)
        return block, row, line

    def position(self, block: int, row: int, column: int) -> int | None:
        """The cell there; `None` where there is none."""
        if not (0 <= column < self.columns and 0 <= row < self.rows):
            return None
        position = (block * self.rows + row) * self.columns + column
        return position if position < self.size else None

    def place(self, position: int) -> tuple[int, int, int]:
        """Block, row and column of a cell."""
        rest, column = divmod(position, self.columns)
        block, row = divmod(rest, self.rows)
        return block, row, column

    def corner(self, position: int) -> tuple[int, int]:
        """Column and line of a cell's first place, the labels of rows not counted."""
        block, row, column = self.place(position)
        y = block * self.block_lines + self.heading_lines + row * self.cell_lines
        return column * self.cell_columns, y

    def heading(self, block: int) -> str:
        """What the outer axes are in a block: “checkpoint sdxl · vae none”."""
        labels = self._outer(block)
        return " · ".join(f"{name} {label}" for name, label in zip(self.names[:-2], labels, strict=True))

    def _outer(self, block: int) -> tuple[str, ...]:
        found: list[str] = []
        for labels in reversed(self.labels[:-2]):
            block, place = divmod(block, len(labels))
            found.append(labels[place])
        return tuple(reversed(found))

    def row_label(self, row: int) -> str:
        """Beside a row."""
        return "" if self.flows else self.labels[-2][row]

    def column_label(self, column: int) -> str:
        """Above a column."""
        return "" if self.flows else self.labels[-1][column]

    def label(self, position: int) -> str:
        """Where a cell of a flowing batch stands on its axis."""
        return self.labels[0][position] if len(self.names) == 1 else ""

    def coordinates(self, position: int) -> tuple[tuple[str, str], ...]:
        """Name and label on each axis."""
        found: list[tuple[str, str]] = []
        for name, labels in zip(reversed(self.names), reversed(self.labels), strict=True):
            position, place = divmod(position, len(labels))
            found.append((name, labels[place]))
        return tuple(reversed(found))


def places(axes: Mapping[str, Sequence[Value]]) -> dict[tuple[str, ...], int]:
    """The cell of each combination of labels."""
    return {tuple(map(str, labels)): number for number, labels in enumerate(product(*axes.values()))}


def best_size(axes: Mapping[str, Sequence[Value]], size: int, room: tuple[int, int]) -> int:
    """Index of the largest size with which all cells are in sight, or the usual one.

    Args:
        axes: Name → labels.
        size: How many cells there are.
        room: Columns and lines of the window.
    """
    for index in range(len(SIZES) - 1, USUAL, -1):
        if _fits(Shape(axes, size, SIZES[index], room[0]), room):
            return index
    smaller = (
        index for index in range(USUAL, 0, -1) if _fits(Shape(axes, size, SIZES[index], room[0]), room)
    )
    return next(smaller, USUAL if room[0] >= 100 else 1)


def _fits(shape: Shape, room: tuple[int, int]) -> bool:
    return shape.width <= room[0] and shape.height <= room[1]
