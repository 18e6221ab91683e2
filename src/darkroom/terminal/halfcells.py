"""Pictures of half blocks: each cell shows two pixels, one above the other.

`rows` gives plain runs that any face can style; `ansi` is the same as escape sequences for a
terminal without a program around it. numpy is imported by the functions that need it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from darkroom.terminal.levels import Level
from darkroom.terminal.palette import terminal_colours

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from PIL.Image import Image

UPPER_HALF = "▀"

STEPS: Mapping[Level, int] = {Level.QUARTER: 16, Level.HALF: 10, Level.PALETTE: 6, Level.FULL: 0}
"""How much neighbours may differ to be drawn alike, by level: for `rows`."""


LONGEST = 8
"""Most cells that are drawn alike though they are not: a sky must not become stripes."""


class Run(NamedTuple):
    """Neighbouring cells of one line that look the same.

    Attributes:
        text: Upper half blocks, or blanks where both pixels have the same colour: a blank has no seam.
        upper: Colour of the upper pixels, 0xRRGGBB: the text's colour.
        lower: Colour of the lower pixels: the background.
    """

    text: str
    upper: int
    lower: int


def rows(image: Image, columns: int, lines: int, *, step: int = 0, few: bool = False) -> list[list[Run]]:
    """The picture stretched to `columns` × `lines` cells, as `lines` lists of runs, top first.

    Args:
        image: An RGB picture of any size; its proportions are the caller's affair (`cells.fit`).
        columns: Cells across, at least 1.
        lines: Cells down, at least 1.
        step: A cell takes the colours of the one to its left where each channel differs by no more than this,
            on the mean of squares: fewer, longer runs, at less error than rounded colours.
        few: Only colours of a terminal that has 256; `step` does not matter then.
    """
    import numpy as np
    from PIL import Image as Pil

    scaled = image.resize((columns, lines * 2), Pil.Resampling.BOX)
    if few:
        scaled, step = terminal_colours(scaled), 0
    pixels = np.asarray(scaled, dtype=np.uint8).reshape(lines, 2, columns, 3).astype(np.int64)
    for column in range(1, columns if step else 0):
        if column % LONGEST == 0:
            continue
        off = ((pixels[:, :, column] - pixels[:, :, column - 1]) ** 2).mean(axis=(1, 2))
        alike = off <= step**2
        pixels[alike, :, column] = pixels[alike, :, column - 1]
    colours = pixels[..., 0] << 16 | pixels[..., 1] << 8 | pixels[..., 2]
    pairs = colours[:, 0] << 24 | colours[:, 1]
    starts = np.ones((lines, columns), dtype=bool)
    starts[:, 1:] = pairs[:, 1:] != pairs[:, :-1]
    found: list[list[Run]] = []
    for line, first in zip(pairs, starts, strict=True):
        at = np.flatnonzero(first)
        lengths = np.diff(at, append=columns).tolist()
        found.append([_run(pair, length) for pair, length in zip(line[at].tolist(), lengths, strict=True)])
    return found


def _run(pair: int, length: int) -> Run:
    upper, lower = pair >> 24, pair & 0xFFFFFF
    return Run((" " if upper == lower else UPPER_HALF) * length, upper, lower)


def ansi(picture: Sequence[Sequence[Run]]) -> str:
    """The runs as text with 24-bit colours, lines ended by newlines, the colours reset at each end.

    Source: ECMA-48 SGR; ISO 8613-6 for `38;2;R;G;B`.
    """
    return "".join("".join(map(_sgr, line)) + "\x1b[0m\n" for line in picture)


def _sgr(run: Run) -> str:
    return f"\x1b[38;2;{_triple(run.upper)};48;2;{_triple(run.lower)}m{run.text}"


def _triple(colour: int) -> str:
    return f"{colour >> 16};{colour >> 8 & 255};{colour & 255}"
