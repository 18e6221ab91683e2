"""kitty's graphics protocol: pictures that are sent once and shown by placeholder characters.

A placeholder is text: it scrolls, is covered and is erased like text, in tmux as well. Its colour is
the number of the picture and its combining characters say which part it shows.

Source: kitty, docs/graphics-protocol.rst, "Unicode placeholders" (kitty ≥ 0.28).
"""

from __future__ import annotations

import base64
import io
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from darkroom.terminal.diacritics import DIACRITICS
from darkroom.terminal.palette import reduced
from darkroom.terminal.tmux import passthrough

if TYPE_CHECKING:
    from PIL.Image import Image

PLACEHOLDER = "\U0010eeee"

CHUNK = 4096
"""Most bytes of base64 in one escape sequence. Source: kitty, docs/graphics-protocol.rst."""

MAX_CELLS = len(DIACRITICS)
"""Most columns, and most lines, of one picture."""


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


def transmit(
    image: Image,
    number: int,
    columns: int,
    lines: int,
    *,
    colours: int = 256,
    quick: bool = False,
    tmux: bool = False,
) -> str:
    """The sequences that send the picture and say how many cells it fills; nothing is answered.

    It goes as a PNG with a palette: a quarter of the bytes of 24-bit colours. kitty scales it into the cells
    and keeps its proportions.

    Args:
        image: RGB, of the size in pixels it will have, or smaller.
        number: From `Ids.take`.
        columns: Cells across, at most `MAX_CELLS`.
        lines: Cells down, likewise.
        colours: Size of the palette, 2 to 256.
        quick: Less time and worse gradients, for a frame of many.
        tmux: Wrap each sequence for tmux.
    """
    data = base64.standard_b64encode(_palette_png(image, colours, quick=quick)).decode("ascii")
    keys = f"a=T,U=1,q=2,f=100,i={number},c={columns},r={lines},"
    parts = []
    for start in range(0, len(data), CHUNK):
        more = int(start + CHUNK < len(data))
        parts.append(_command(f"{keys}m={more}", data[start : start + CHUNK], tmux=tmux))
        keys = "q=2,"
    return "".join(parts)


def delete(number: int, *, tmux: bool = False) -> str:
    """The sequence that removes the picture and frees its memory in the terminal."""
    return _command(f"a=d,d=I,q=2,i={number}", "", tmux=tmux)


def placeholders(number: int, columns: int, lines: int) -> list[str]:
    """The text that shows the picture, a line each; to be written in the colour `colour(number)`.

    Every cell says its line and column by itself, so any part of a line may be covered or painted alone.
    """
    high = DIACRITICS[number >> 24] if number >> 24 else ""
    cells = [mark + high for mark in DIACRITICS[:columns]]
    return ["".join(f"{PLACEHOLDER}{mark}{cell}" for cell in cells) for mark in DIACRITICS[:lines]]


def _palette_png(image: Image, colours: int, *, quick: bool) -> bytes:
    data = io.BytesIO()
    reduced(image, colours, quick=quick).save(data, "PNG", compress_level=4 if quick else 6)
    return data.getvalue()


def _command(keys: str, payload: str, *, tmux: bool) -> str:
    sequence = f"\x1b_G{keys};{payload}\x1b\\" if payload else f"\x1b_G{keys}\x1b\\"
    return passthrough(sequence) if tmux else sequence
