"""Which part of which picture kitty shows in a cell with a placeholder.

Source: kitty, docs/graphics-protocol.rst, "Unicode placeholders".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from darkroom.terminal.diacritics import DIACRITICS
from tests.terminal.scripted.grid import DEFAULT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.terminal.scripted.grid import Cell

PLACEHOLDER = "\U0010eeee"

_NUMBER = {mark: number for number, mark in enumerate(DIACRITICS)}


class Shown(NamedTuple):
    """A part of a picture.

    Attributes:
        picture: Its number.
        line: Of the part, in cells from the top of the picture.
        column: Likewise, from its left.
    """

    picture: int
    line: int
    column: int


def parts(cells: Sequence[Cell]) -> Iterator[tuple[int, Shown]]:
    """Columns of one line of the screen that hold a placeholder, and what is shown in each.

    What a cell does not say is taken from the cell on its left, as long as both have the same colour and do
    not contradict each other.
    """
    left: Shown | None = None
    for column, cell in enumerate(cells):
        if not cell.text.startswith(PLACEHOLDER):
            left = None
            continue
        left = _part(cell, left)
        yield column, left


def _part(cell: Cell, left: Shown | None) -> Shown:
    low = 0 if cell.fore == DEFAULT else cell.fore & 0xFFFFFF
    if left is not None and left.picture & 0xFFFFFF != low:
        left = None
    said = [_NUMBER.get(mark, 0) for mark in cell.text[1:4]]
    if len(said) == 3:
        return Shown(said[2] << 24 | low, said[0], said[1])
    follows = left is not None and (not said or said[0] == left.line)
    if left is not None and follows and (len(said) < 2 or said[1] == left.column + 1):
        return Shown(left.picture, left.line, left.column + 1)
    line, column = (*said, 0, 0)[:2]
    return Shown(low, line, column)
