"""kitty's graphics protocol: pictures that are sent once and shown by placeholder characters.

A placeholder is text: it scrolls, is covered and is erased like text, in tmux as well. Its colour is
the number of the picture and its combining characters say which part it shows.

Source: kitty, docs/graphics-protocol.rst, "Unicode placeholders" (kitty ≥ 0.28).
"""

from __future__ import annotations

import base64
import io
import re
import secrets
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from darkroom.terminal.diacritics import DIACRITICS
from darkroom.terminal.levels import Level
from darkroom.terminal.palette import fitted
from darkroom.terminal.tmux import passthrough

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PIL.Image import Image

PLACEHOLDER = "\U0010eeee"

CHUNK = 4096
"""Most bytes of base64 in one escape sequence. Source: kitty, docs/graphics-protocol.rst."""

MAX_CELLS = len(DIACRITICS)
"""Most columns, and most lines, of one picture."""

ABORT = "\x1b_Ga=d,d=I,q=2,i=4294967295\x1b\\"
"""Ends a picture whose last chunk will never be sent: the next one would be taken for more of it.

It deletes a picture that nobody has: any deletion drops what was begun, and so does `delete`. For tmux,
`tmux.passthrough` wraps it.

Source: kitty, docs/graphics-protocol.rst, "Deleting images": the partial upload must be aborted.
"""


class _Care(NamedTuple):
    """How a level is made: the sides are divided by `divisor`; the rest as for `quantise.indexed`."""

    divisor: int
    colours: int
    tolerance: int


_CARE: Mapping[Level, _Care] = {
    Level.QUARTER: _Care(4, 128, 40),
    Level.HALF: _Care(2, 160, 60),
    Level.PALETTE: _Care(1, 160, 60),
}
"""`FULL` has every pixel and every colour."""


@dataclass(slots=True)
class Ids:
    """Numbers for pictures in the terminal.

    Up to 255 a number fits into a colour of the 256-colour palette (`38;5;N`), which terminals, tmux and
    SSH without COLORTERM pass on unchanged; as a 24-bit colour it may be rounded, and then shows another
    picture or none. So the low byte is always 1 to 255, and pictures beyond that go into the high byte,
    which a third diacritic carries.

    The first number is drawn by lot: programs in the panes of one tmux share the terminal's numbers and know
    nothing of each other.
    """

    _free: list[int] = field(default_factory=list)
    _count: int = 0
    _first: int = field(default_factory=lambda: secrets.randbelow(255))

    def take(self) -> int:
        """A number that is not in use. One that was given back comes last, after the unused low ones."""
        if self._count >= 255 and self._free:
            return self._free.pop(0)
        number = (self._first + self._count) % 255 + 1 | self._count // 255 << 24
        self._count += 1
        return number

    def give_back(self, number: int) -> None:
        """Says that `number` was deleted from the terminal."""
        self._free.append(number)


def colour(number: int) -> int:
    """Which of the 256 palette colours the placeholders of picture `number` have, 1 to 255."""
    return number & 255


def encode(image: Image, size_px: tuple[int, int], level: Level, *, quick: bool = False) -> bytes:
    """The picture as a PNG, for `transmit`.

    With a palette it takes a quarter of the bytes of 24-bit colours. kitty scales it into its cells and
    keeps its proportions, so fewer pixels are a coarser picture and not a smaller one.

    Args:
        image: RGB, of any size.
        size_px: Width and height to fit into; it is never enlarged.
        level: How good.
        quick: Less time and worse gradients, for a frame of many.
    """
    data = io.BytesIO()
    if level is Level.FULL:
        fitted(image, size_px).save(data, "PNG")
    else:
        from darkroom.terminal.quantise import as_image, indexed

        care = _CARE[level]
        small = max(1, size_px[0] // care.divisor), max(1, size_px[1] // care.divisor)
        picture = indexed(fitted(image, small), care.colours, tolerance=care.tolerance, quick=quick)
        as_image(picture).save(data, "PNG", compress_level=4 if quick else 9)
    return data.getvalue()


def is_whole(data: bytes) -> bool:
    """Whether it seems to be a whole PNG. Source: PNG 1.2, 5.2 and 11.2.5."""
    return data.startswith(b"\x89PNG\r\n\x1a\n") and data.endswith(b"IEND\xaeB`\x82")


def transmit(
    data: bytes, number: int, columns: int, lines: int, *, tmux: bool = False, answer: bool = False
) -> list[str]:
    """The sequences that send a picture and say how many cells it fills, to be written in this order.

    Text may go between them, but no other graphics command; when the rest is never sent, `ABORT` must be.

    Args:
        data: A PNG, as from `encode`.
        number: From `Ids.take`.
        columns: Cells across, at most `MAX_CELLS`.
        lines: Cells down, likewise.
        tmux: Wrap each sequence for tmux.
        answer: The terminal says OK, or what went wrong, after the last one; else it is silent.

    Source: kitty 0.41, graphics.c: silence that one chunk asks for (`q=2`) holds for all that follow, so none
    may ask for it.
    """
    text = base64.standard_b64encode(data).decode("ascii")
    quiet = "" if answer else "q=2,"
    keys = f"a=T,U=1,{quiet}f=100,i={number},c={columns},r={lines},"
    parts = []
    for start in range(0, len(text), CHUNK):
        more = int(start + CHUNK < len(text))
        parts.append(_command(f"{keys}m={more}", text[start : start + CHUNK], tmux=tmux))
        keys = quiet
    return parts


def delete(number: int, *, tmux: bool = False) -> str:
    """The sequence that removes the picture and frees its memory in the terminal."""
    return _command(f"a=d,d=I,q=2,i={number}", "", tmux=tmux)


def placeholder_row(number: int, row: int, column: int, count: int) -> str:
    """The text that shows `count` cells of one line of a picture; to be written in `colour(number)`.

    Only the first cell says its line and column, the others follow it: four bytes each. So none of the others
    may be painted without those to its left.

    Args:
        number: Of the picture.
        row: Line within the picture, 0-based.
        column: Of the first cell, 0-based.
        count: Cells, at least 1.

    Source: kitty, docs/graphics-protocol.rst: a placeholder without diacritics continues the one to its left
    when their colours are the same.
    """
    return placeholder(number, row, column) + PLACEHOLDER * (count - 1)


_ROW = re.compile(f"(?:{PLACEHOLDER}[{DIACRITICS}]+){{2,}}")
"""Neighbouring placeholders with nothing between them, so of one colour."""


def shortened(text: str) -> str:
    """`text` with every row of placeholders written as `placeholder_row` does, whatever it says of each cell.

    Besides being short, that is right in tmux where autowrap is off, as Textual has it: there combining
    characters after the last column of a line go to the cell before it, whose picture is wrong then.

    Source: tmux 3.5a, seen; screen-write.c, the cursor "sticks at the last character".
    """
    return _ROW.sub(lambda match: _short_row(match[0]), text) if PLACEHOLDER in text else text


@lru_cache(maxsize=4096)
def _short_row(row: str) -> str:
    """The row without what follows from the cell to the left; other pictures have the same rows.

    Source: kitty, docs/graphics-protocol.rst, "Unicode placeholders", the rules of what a cell inherits.
    """
    written, expected = [], ""
    for marks in row.split(PLACEHOLDER)[1:]:
        written.append(PLACEHOLDER if marks == expected else PLACEHOLDER + marks)
        column = DIACRITICS.index(marks[1]) + 1
        expected = marks[0] + DIACRITICS[column : column + 1] + marks[2:]
    return "".join(written)


def placeholder(number: int, row: int, column: int) -> str:
    """The text of one cell that says its line and column by itself, 0-based."""
    high = DIACRITICS[number >> 24] if number >> 24 else ""
    return PLACEHOLDER + DIACRITICS[row] + DIACRITICS[column] + high


def _command(keys: str, payload: str, *, tmux: bool) -> str:
    sequence = f"\x1b_G{keys};{payload}\x1b\\" if payload else f"\x1b_G{keys}\x1b\\"
    return passthrough(sequence) if tmux else sequence
