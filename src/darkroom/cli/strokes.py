"""Pictures beside each other, as the sequences that draw them below what a terminal shows already.

The cursor begins in the first column and ends there, on the line below the pictures: nothing that comes later
writes over them, and they scroll away with the text.
"""

from __future__ import annotations

import math
import random
from typing import TYPE_CHECKING, NamedTuple

from darkroom.terminal import halfcells, kitty, sixel
from darkroom.terminal.levels import BYTES_PER_PIXEL, Level
from darkroom.terminal.palette import stretched
from darkroom.terminal.protocol import Protocol
from darkroom.terminal.tmux import passthrough

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from PIL.Image import Image

    from darkroom.terminal.halfcells import Run
    from darkroom.terminal.protocol import Choice

_RESET = "\x1b[0m"

_FIRST_HIGH = 64
"""High bytes of numbers below belong to the screens, which count theirs from 0."""

_MOST_BANDS = 8
"""tmux forgets the oldest of more than 20 pictures on a screen. Source: tmux 3.5a, image.c."""


class Placed(NamedTuple):
    """A picture and its cells.

    Attributes:
        image: RGB.
        left: Its first column, 0-based.
        columns: Its width in cells.
        lines: Its height in cells.
        caption: A line below it, printable, at most as wide as there is room.
    """

    image: Image
    left: int
    columns: int
    lines: int
    caption: str = ""


class Pen(NamedTuple):
    """How to draw.

    Attributes:
        choice: The protocol, and whether tmux is between.
        cell_px: Width and height of a cell in pixels.
        truecolor: Half blocks may have 24-bit colours; else those of a terminal that has 256.
        level: How good. Over a line every colour would take four times as long as a palette.
    """

    choice: Choice
    cell_px: tuple[int, int]
    truecolor: bool
    level: Level


def strokes(row: Sequence[Placed], pen: Pen) -> Iterator[str]:
    """Pictures beside each other with their captions, as pieces to be written in this order."""
    if pen.choice.protocol is Protocol.SIXEL:
        yield from _sixels(row, pen)
    elif pen.choice.protocol is Protocol.KITTY:
        yield from _kitty(row, pen)
    else:
        drawn = [_half_cells(placed, truecolor=pen.truecolor) for placed in row]
        yield _beside(row, drawn)
    if any(placed.caption for placed in row):
        yield "".join(_to(placed.left) + placed.caption for placed in row) + "\n"


def ending(choice: Choice) -> str:
    """What ends a picture that was cut off anywhere, so that the terminal reads text as text again.

    The string terminator stands twice: ctrl+c makes the kernel drop what the terminal has not read, and where
    that was cut within tmux's doubled escapes, the first one is read as the rest of such a pair.

    Source: ECMA-48 ST; termios(3), NOFLSH; tmux 3.5a, input.c, dcs_escape.
    """
    if choice.protocol is Protocol.HALF:
        return _RESET + "\n"
    abort = kitty.ABORT if choice.protocol is Protocol.KITTY else ""
    return "\x1b\\\x1b\\" + (passthrough(abort) if abort and choice.tmux else abort) + _RESET + "\n"


def _to(left: int) -> str:
    """The cursor to a column. Source: ECMA-48 CHA."""
    return f"\x1b[{left + 1}G" if left else ""


def _beside(row: Sequence[Placed], drawn: Sequence[Sequence[str]]) -> str:
    """The lines of several pictures as lines of the screen."""
    height = max(map(len, drawn))
    return "".join(
        "".join(
            _to(placed.left) + lines[n] for placed, lines in zip(row, drawn, strict=True) if n < len(lines)
        )
        + "\n"
        for n in range(height)
    )


def _half_cells(placed: Placed, *, truecolor: bool) -> list[str]:
    rows = halfcells.rows(placed.image, placed.columns, placed.lines, few=not truecolor)
    sgr = _rgb if truecolor else _indexed
    return ["".join(map(sgr, line)) + _RESET for line in rows]


def _rgb(run: Run) -> str:
    """Source: ISO 8613-6, direct colour."""
    upper, lower = (f"{c >> 16};{c >> 8 & 255};{c & 255}" for c in (run.upper, run.lower))
    return f"\x1b[38;2;{upper};48;2;{lower}m{run.text}"


def _indexed(run: Run) -> str:
    """Source: ISO 8613-6, indexed colour."""
    return f"\x1b[38;5;{_index(run.upper)};48;5;{_index(run.lower)}m{run.text}"


def _index(colour: int) -> int:
    """Number of one of the fixed colours of a terminal that has 256. Source: xterm, 256colres.pl."""
    red, green, blue = colour >> 16, colour >> 8 & 255, colour & 255
    if red == green == blue and red % 10 == 8:
        return 232 + red // 10
    steps = [0 if part < 95 else (part - 55) // 40 for part in (red, green, blue)]
    return 16 + 36 * steps[0] + 6 * steps[1] + steps[2]


def _kitty(row: Sequence[Placed], pen: Pen) -> Iterator[str]:
    """The data of each picture, then the text that shows them.

    Every cell says by itself which part it shows: a terminal that gets narrower breaks lines anywhere.
    """
    drawn = []
    for placed, number in zip(row, _numbers(len(row)), strict=True):
        data = kitty.encode(placed.image, _pixels(placed, pen), pen.level)
        yield from kitty.transmit(data, number, placed.columns, placed.lines, tmux=pen.choice.tmux)
        colour = f"\x1b[38;5;{kitty.colour(number)}m"
        drawn.append(
            [
                colour + "".join(kitty.placeholder(number, n, at) for at in range(placed.columns)) + _RESET
                for n in range(placed.lines)
            ]
        )
    yield _beside(row, drawn)


def _pixels(placed: Placed, pen: Pen) -> tuple[int, int]:
    return placed.columns * pen.cell_px[0], placed.lines * pen.cell_px[1]


def _numbers(count: int) -> list[int]:
    """Numbers for pictures that stay in the terminal when this process is gone, so they are drawn by lot.

    Those of the screens have lower high bytes, and those of earlier commands are met once in 48,000 times.
    """
    lots = random.SystemRandom().sample(range((256 - _FIRST_HIGH) * 255), count)
    return [_FIRST_HIGH + lot // 255 << 24 | lot % 255 + 1 for lot in lots]


def _sixels(row: Sequence[Placed], pen: Pen) -> Iterator[str]:
    """Sixels over lines that are made first: where a terminal leaves the cursor does not matter then."""
    height = max(placed.lines for placed in row)
    yield "\n" * height + f"\x1b[{height}A"
    for placed in row:
        yield _to(placed.left)
        limit = pen.choice.limit_bytes
        yield from [_whole(placed, pen)] if limit is None else _bands(placed, pen, limit)
    yield f"\x1b[{height}B\r"


def _whole(placed: Placed, pen: Pen) -> str:
    """The picture at the cursor, as large as it is: cells that it does not fill stay as they are."""
    width, height = _pixels(placed, pen)
    scale = min(width / placed.image.width, height / placed.image.height)
    height = max(6, int(placed.image.height * scale) // 6 * 6)
    width = min(width, max(1, round(placed.image.width * height / placed.image.height)))
    return _here(sixel.encode(placed.image, (width, height), level=pen.level))


def _bands(placed: Placed, pen: Pen, limit_bytes: int) -> Iterator[str]:
    """The picture as several below each other, each short enough, and with all its colours if it can be."""
    (width, height), cell = _pixels(placed, pen), pen.cell_px[1]
    image = stretched(placed.image, (width, height), (0, 0, 0))
    unit = 6 // math.gcd(6, cell)  # so many lines of cells are whole lines of sixels
    least = _up(placed.lines / _MOST_BANDS, unit)
    usual = BYTES_PER_PIXEL[Protocol.SIXEL][Level.PALETTE] * width * cell
    step, line = max(least, int(limit_bytes / usual) // unit * unit), 0
    while line < placed.lines:
        count = min(step, placed.lines - line)
        part = image.crop((0, line * cell, width, (line + count) * cell))
        band = sixel.encode(part, part.size, level=pen.level)
        if len(band) > limit_bytes and count <= least:
            band = sixel.encode(part, part.size, level=pen.level, limit_bytes=limit_bytes)
        if not (0 < len(band) <= limit_bytes) and count > unit:
            step = _up(count / 2, unit)
            continue
        yield f"{_here(band)}\x1b[{count}B"
        line += count
    yield f"\x1b[{placed.lines}A"


def _up(lines: float, unit: int) -> int:
    """The next whole number of units, in lines."""
    return max(1, math.ceil(lines / unit)) * unit


def _here(sequence: str) -> str:
    """`sequence` without a move of the cursor. Source: DEC STD 070, DECSC and DECRC."""
    return f"\x1b7{sequence}\x1b8"
