"""Sixels: pictures as escape sequences that paint over the cells where the cursor is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from darkroom.terminal.levels import Level
from darkroom.terminal.palette import stretched

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from PIL.Image import Image


TMUX_LIMIT_BYTES = 900_000
"""tmux before 3.6 drops a longer sequence without a word.

Source: tmux 3.5a (input.c, 1 MiB), seen: 524 kB drawn, 1,174 kB not.
"""


QUICK_PIXELS = 400_000
"""A frame with more of them is at most `HALF`: it would be out of date before it is encoded."""

_SEQUENCE = re.compile(rb"\x1bP0;0;0q[!-~]*\x1b\\")


class _Care(NamedTuple):
    """How a level is made: pixels are squares of `divisor`; the rest as for `quantise.indexed`."""

    divisor: int
    colours: int
    tolerance: int


_CARE: Mapping[Level, _Care] = {
    Level.QUARTER: _Care(4, 64, 200),
    Level.HALF: _Care(2, 64, 100),
    Level.PALETTE: _Care(1, 160, 60),
    Level.FULL: _Care(1, 160, 60),
}
"""Coarse pixels cost a fifth of the bytes that few colours cost at the same error."""

_QUICK_CARE = _Care(1, 128, 100)
"""For frames with every pixel: a fifth less time and bytes."""

_SCRAPED = (_Care(1, 64, 200), _CARE[Level.HALF], _CARE[Level.QUARTER], _Care(6, 32, 300))
"""What is tried one after another when a limit asks for it."""


def encode(
    image: Image,
    size_px: tuple[int, int],
    *,
    level: Level = Level.PALETTE,
    limit_bytes: int | None = None,
    background: tuple[int, int, int] = (0, 0, 0),
    quick: bool = False,
) -> str:
    """The sequence that paints the picture, `size_px` large but for up to 5 rows at its foot.

    The picture is scaled to fit and centred on `background`, so that nothing of what was there before shines
    through. It ends with a whole line of six rows: tmux and konsole count a begun one whole, and it would
    reach into the cells below. The rows that are left out are cut off, so that every other pixel is where
    other ways of drawing have it. There is no new line at the end: on the last line of a terminal it would
    scroll the screen.

    Args:
        image: RGB, of any size.
        size_px: Width and height of the whole cells to fill.
        level: How good; less when the limit asks for it.
        limit_bytes: When even the least needs more, the sequence is empty.
        background: Colour around the picture.
        quick: Less time and worse gradients, for a frame of many.
    """
    if quick and size_px[0] * size_px[1] > QUICK_PIXELS:
        level = min(level, Level.HALF)
    first = _CARE[level]
    if quick and first.divisor == 1:
        first = _QUICK_CARE
    worse = (care for care in _SCRAPED if care.divisor > first.divisor or care.colours < first.colours)
    for care in (first, *worse):
        sequence = _sequence(image, size_px, care, background, quick=quick)
        if limit_bytes is None or len(sequence) <= limit_bytes:
            return sequence
    return ""


def is_whole(data: bytes) -> bool:
    """Whether it is a sequence as from `encode` and nothing else that a terminal would act upon."""
    return not data or _SEQUENCE.fullmatch(data) is not None


def at(sequence: str, column: int, line: int) -> str:
    """`sequence` painted with its corner at a cell of the screen (0-based); the cursor stays where it was.

    Source: ECMA-48 CUP; DEC STD 070 DECSC and DECRC.
    """
    return f"\x1b7\x1b[{line + 1};{column + 1}H{sequence}\x1b8"


def edge(column: int, line: int, lines: int, background: tuple[int, int, int]) -> str:
    """Blanks a column of cells (0-based) beside a picture; the cursor stays where it was.

    Source: ECMA-48 CUP and SGR; ITU-T T.416 (24-bit colours).
    """
    red, green, blue = background
    cells = "".join(f"\x1b[{line + number + 1};{column + 1}H " for number in range(lines))
    return f"\x1b7\x1b[0;48;2;{red};{green};{blue}m{cells}\x1b8"


def _sequence(
    image: Image, size_px: tuple[int, int], care: _Care, background: tuple[int, int, int], *, quick: bool
) -> str:
    from darkroom.terminal import bands
    from darkroom.terminal.quantise import indexed

    width, height = size_px[0], max(bands.ROWS, size_px[1] // bands.ROWS * bands.ROWS)
    small = -(-width // care.divisor), -(-max(height, size_px[1]) // care.divisor)
    picture = indexed(
        stretched(image, small, background), care.colours, tolerance=care.tolerance, quick=quick
    )
    # The first register is the background's.
    indices = picture.indices.repeat(care.divisor, axis=0).repeat(care.divisor, axis=1)[:height, :width] + 1
    registers = _registers([background, *picture.colours.tolist()])
    return f'\x1bP0;0;0q"1;1;{width};{height}{registers}{bands.encode(indices).decode()}\x1b\\'


def _registers(colours: Sequence[Sequence[int]]) -> str:
    """The definitions of all colours.

    They come first, numbered from 0, as tmux 3.5a wants it for its own sixels; with the first of them it
    fills up the cells that the picture only begins. A definition selects the colour in xterm but not in
    foot, so what is painted selects it again.

    Source: DEC STD 070, chapter 9 (percentages); xterm 398 and foot 1.21, seen.
    """
    return "".join(
        f"#{number};2;{round(red / 2.55)};{round(green / 2.55)};{round(blue / 2.55)}"
        for number, (red, green, blue) in enumerate(colours)
    )
