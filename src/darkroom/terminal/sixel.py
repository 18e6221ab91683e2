"""Sixels: pictures as escape sequences that paint over the cells where the cursor is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from darkroom.terminal.levels import Level
from darkroom.terminal.palette import reduced, stretched

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PIL.Image import Image

TMUX_LIMIT_BYTES = 900_000
"""tmux before 3.6 drops a longer sequence without a word.

Source: tmux 3.5a (input.c, 1 MiB), seen: 524 kB drawn, 1,174 kB not.
"""

COLOURS: Mapping[Level, int] = {Level.QUARTER: 16, Level.HALF: 64, Level.PALETTE: 256, Level.FULL: 256}
"""Size of the palette, by level."""

_END = "\x1b\\"

_DEFINITION = re.compile(r"#(\d+);2;\d+;\d+;\d+")
"""A colour is defined where it is first used. That selects it in xterm but not in foot, which goes on with
the colour before: so each definition is followed by a selection.

Source: foot 1.21 and xterm 398, seen.
"""


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
    reach into the cells below. A new line at the end is left out: on the last line of a terminal it would
    scroll the screen.

    Args:
        image: RGB, of any size.
        size_px: Width and height of the whole cells to fill.
        level: How good; less when the limit asks for it. Colour numbers start at 0.
        limit_bytes: When even the lowest level needs more, the sequence is empty.
        background: Colour around the picture.
        quick: Less time and worse gradients, for a frame of many.
    """
    from textual_image._sixel import SixelOptions, image_to_sixels

    # Given a palette, the encoder skips a look at every byte that keeps all threads waiting.
    canvas = stretched(image, (size_px[0], max(6, size_px[1] // 6 * 6)), background)
    for size in dict.fromkeys(COLOURS[lower] for lower in reversed(Level) if lower <= level):
        sequence = image_to_sixels(reduced(canvas, size, quick=quick), SixelOptions(colors=size))
        sequence = "-".join(_DEFINITION.sub(r"\g<0>#\1", band) for band in sequence.split("-"))
        sequence = sequence.removesuffix("-" + _END).removesuffix(_END) + _END
        if limit_bytes is None or len(sequence) <= limit_bytes:
            return sequence
    return ""


def at(sequence: str, column: int, line: int) -> str:
    """`sequence` painted with its corner at a cell of the screen (0-based); the cursor stays where it was.

    Source: ECMA-48 CUP; DEC STD 070 DECSC and DECRC.
    """
    return f"\x1b7\x1b[{line + 1};{column + 1}H{sequence}\x1b8"
