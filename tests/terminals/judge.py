"""Is this the picture? A screenshot, compared with what was to be shown.

The part of the screenshot in which the picture has to be is averaged to two values a cell, which is all that
half-cells show, and compared with the picture, averaged alike. That it is nearer to the picture there than a
cell beside is asked separately: colours may be few and errors large, and it still lies where it belongs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from darkroom.terminal.cells import Box
    from tests.terminals.grid import Grid, Rect

Colour = tuple[int, int, int]

Values = np.ndarray
"""Lines × columns × red, green, blue, 0 to 255."""

MEAN_LIMIT = 16.0
"""Of the difference, for a whole picture.

256 fixed colours are 11 away; the reference picture upside down 19, its mean colour 22.
"""

TILE_BASE, TILE_SHARE = 20.0, 2.5
"""A tile may be wrong by the first, and by the second times the mean of the whole picture.

Few colours are wrong everywhere; a line that is missing is wrong by 60 and more, and in its tiles alone.
"""

TILES = ((1, 8), (8, 1))
"""Lines and columns of values in a tile: a piece of a line, and a piece of a column."""

ALIKE = 0.8
"""Least correlation of a picture that is dimmed, or in the making."""

SHARP = 0.5
"""Least correlation of what is finer than half a cell: 0 in half-cells, 0.7 at a quarter of the pixels."""

REACH = 2
"""Cells in each direction in which it is looked for."""

GROUNDS = ((18, 16, 14), (25, 22, 19), (38, 33, 28), (50, 44, 38), (53, 40, 25), (34, 29, 24))
"""What lies behind the program's text: colours of its dark theme. No terminal's own ground is among them."""

FEW = ((18, 18, 18), (28, 28, 28), (38, 38, 38), (48, 48, 48), (58, 58, 58))
"""The same, as tmux rounds it to 256 colours."""

ROUNDED = ((0, 0, 0), (95, 0, 0))
"""The same, as Textual rounds it: only for terminals whose own ground is another colour."""

GROUND_SHARE = 0.25
"""Of the pixels of a cell with text at least so many are ground; of a cell of a picture hardly one is."""

NEAR = 12
"""Colours so near to a ground are that ground: tmux rounds them in some terminals."""

DIRT_LIMIT = 8
"""Cells that may have no ground where there is text: a cursor, a title in reverse."""


@dataclass(frozen=True, slots=True)
class Match:
    """How near a part of a screenshot is to a picture.

    Attributes:
        mean: Mean difference of a colour channel, 0 to 255.
        tile: The same in the worst tile.
        alike: Correlation, -1 to 1: the same however bright.
        shift: Columns and lines by which it lies beside its place, as far as that can be told.
        detail: Share of what is finer than half a cell.
    """

    mean: float
    tile: float
    alike: float
    shift: tuple[int, int]
    detail: float

    def faults(self, *, sharp: bool = False) -> list[str]:
        """What is wrong with it as a picture in its own colours; nothing when it is right."""
        found = []
        if self.mean > MEAN_LIMIT:
            found.append(f"another picture: mean error {self.mean:.0f}")
        elif self.tile > TILE_BASE + TILE_SHARE * self.mean:
            found.append(f"a part is wrong: error {self.tile:.0f} in a tile")
        found += self._shifted()
        if sharp and self.detail < SHARP:
            found.append(f"coarse: detail {self.detail:.2f}")
        return found

    def rough_faults(self) -> list[str]:
        """What is wrong with it as a picture that is dimmed, or in the making."""
        found = [] if self.alike >= ALIKE else [f"another picture: correlation {self.alike:.2f}"]
        return found + self._shifted()

    def _shifted(self) -> list[str]:
        return [] if self.shift == (0, 0) else [f"beside its place by {self.shift} cells"]


def match(shot: Image.Image, grid: Grid, box: Box, picture: Image.Image, hidden: Sequence[Box] = ()) -> Match:
    """Compares a part of a screenshot with a picture.

    Args:
        shot: The screenshot.
        grid: Where its cells are.
        box: The cells that have to show the picture; it may leave less than half a cell at each side.
        picture: What they have to show.
        hidden: Cells of the screen that something else lies over; they do not count.
    """
    rect = _filled(shot, grid, box)
    counts = _counted(box, hidden)
    fine = _part(shot, rect, (round(rect[2] - rect[0]), round(rect[3] - rect[1])))
    nearest = min(_cuts(picture, grid.rect(box), rect), key=lambda part: _difference(fine, part))
    return _compared(shot, grid, rect, nearest, counts)


def _cuts(picture: Image.Image, whole: Rect, rect: Rect) -> Iterator[Image.Image]:
    """What may be seen of a picture of which `rect` is filled instead of `whole`.

    What is missing at the foot was cut off, or scaled away, or both: sixels are cut to lines of six rows, and
    tmux scales them to the cells of its terminal.
    """
    missing = round(whole[3] - whole[1] - (rect[3] - rect[1]))
    for rows in range(missing + 1):
        share = 1 - rows / (whole[3] - whole[1])
        yield picture.resize(picture.size, box=(0, 0, picture.width, picture.height * share))


def _difference(one: Image.Image, other: Image.Image) -> float:
    return float(np.abs(_values(one) - _values(other.resize(one.size, Image.Resampling.BOX))).mean())


def _compared(shot: Image.Image, grid: Grid, rect: Rect, picture: Image.Image, counts: np.ndarray) -> Match:
    size = counts.shape[1], counts.shape[0]
    wanted = _values(picture.resize(size, Image.Resampling.BOX))
    shifts = [(x, y) for y in range(-REACH, REACH + 1) for x in range(-REACH, REACH + 1)]
    seen = {
        (x, y): _values(_part(shot, _moved(rect, x * grid.across, y * grid.down), size)) for x, y in shifts
    }
    likeness = {shift: _alike(values, wanted, counts) for shift, values in seen.items()}
    difference = np.abs(seen[0, 0] - wanted).mean(axis=2)
    return Match(
        mean=float(difference[counts].mean()),
        tile=_worst_tile(np.where(counts, difference, 0)),
        alike=likeness[0, 0],
        shift=max(shifts, key=lambda shift: likeness[shift]),
        detail=_detail(shot, rect, picture, size),
    )


def dirt(
    shot: Image.Image,
    grid: Grid,
    box: Box,
    hidden: Sequence[Box] = (),
    *,
    bare: bool = False,
    further: Sequence[Colour] = (),
) -> int:
    """How many of the cells of `box` are not text on its ground: remnants of a picture, or never painted.

    Args:
        shot: The screenshot.
        grid: Where its cells are.
        box: Cells in which there should be text or nothing.
        hidden: Those of them that do not count.
        bare: The program is gone: the ground is the terminal's, which is what there is most of.
        further: Colours that are ground as well.
    """
    across, down = 4, 8
    size = box.columns * across, box.lines * down
    pixels = _values(_part(shot, grid.rect(box), size, Image.Resampling.NEAREST))
    grounds = [_commonest(shot)] if bare else [*GROUNDS, *FEW]
    grounds += further
    nearest = np.min([np.abs(pixels - colour).max(axis=2) for colour in grounds], axis=0)
    blank = (nearest <= NEAR).reshape(box.lines, down, box.columns, across).mean(axis=(1, 3))
    return int((blank < GROUND_SHARE)[_counted(box, hidden)[::2]].sum())


def _commonest(shot: Image.Image) -> Colour:
    """The colour that most of a screenshot has."""
    pixels = np.asarray(shot.convert("RGB")).reshape(-1, 3)
    found, counts = np.unique(pixels[:: max(1, len(pixels) // 20_000)], axis=0, return_counts=True)
    red, green, blue = (int(part) for part in found[counts.argmax()])
    return red, green, blue


def _counted(box: Box, hidden: Sequence[Box]) -> np.ndarray:
    """Which values of `box` count, lines × columns, two lines a cell."""
    counts = np.ones((box.lines * 2, box.columns), dtype=bool)
    for other in hidden:
        top, left = max(0, other.top - box.top), max(0, other.left - box.left)
        bottom, right = other.top + other.lines - box.top, other.left + other.columns - box.left
        counts[top * 2 : max(0, bottom) * 2, left : max(0, right)] = False
    return counts


def _values(image: Image.Image) -> Values:
    return np.asarray(image.convert("RGB"), dtype=np.float64)


def _filled(shot: Image.Image, grid: Grid, box: Box) -> Rect:
    """The pixels of the picture: those of its cells, without the ground that is left to keep its proportions.

    At most half a cell at each side. Sixels are written in lines of six pixels, and tmux may draw a few less.
    """
    left, top, right, bottom = (round(side) for side in grid.rect(box))
    pixels = np.asarray(shot.convert("RGB").crop((left, top, right, bottom))).astype(int)
    ground = np.abs(pixels - np.array(GROUNDS[0])).max(axis=2) <= NEAR
    lines, columns = ground.all(axis=1), ground.all(axis=0)
    across, down = int(grid.across / 2), int(grid.down / 2)
    return (
        left + _leading(columns[:across]),
        top + _leading(lines[:down]),
        right - _leading(columns[::-1][:across]),
        bottom - _leading(lines[::-1][:down]),
    )


def _leading(blank: np.ndarray) -> int:
    """How many are true before the first that is not."""
    return len(blank) if blank.all() else int(blank.argmin())


def _moved(rect: Rect, x: float, y: float) -> Rect:
    return rect[0] + x, rect[1] + y, rect[2] + x, rect[3] + y


def _part(
    shot: Image.Image, rect: Rect, size: tuple[int, int], how: Image.Resampling = Image.Resampling.BOX
) -> Image.Image:
    """A part of the screenshot, scaled; what lies outside of it is black."""
    whole = tuple(round(side) for side in rect)
    return shot.convert("RGB").crop((whole[0], whole[1], whole[2], whole[3])).resize(size, how)


def _alike(seen: Values, wanted: Values, counts: np.ndarray) -> float:
    one, other = seen[counts], wanted[counts]
    one, other = one - one.mean(axis=0), other - other.mean(axis=0)
    scale = float(np.sqrt((one**2).sum() * (other**2).sum()))
    return float((one * other).sum()) / scale if scale > 1e-6 else 0.0


def _worst_tile(difference: np.ndarray) -> float:
    return max(_worst(difference, lines, columns) for lines, columns in TILES)


def _worst(difference: np.ndarray, lines: int, columns: int) -> float:
    """The largest mean of a tile; the last tiles overlap those before where it does not come out even."""
    down, across = difference.shape[0] // lines * lines, difference.shape[1] // columns * columns
    worst = 0.0
    for part in (difference[:down, :across], difference[-down:, -across:]):
        means = part.reshape(down // lines, lines, across // columns, columns).mean(axis=(1, 3))
        worst = max(worst, float(means.max()))
    return worst


def _detail(shot: Image.Image, rect: Rect, picture: Image.Image, size: tuple[int, int]) -> float:
    """Correlation of what is finer than half a cell, of the screenshot and of the picture."""
    full = round(rect[2] - rect[0]), round(rect[3] - rect[1])
    seen = _fine(_part(shot, rect, full), size)
    wanted = _fine(picture.resize(full, Image.Resampling.LANCZOS), size)
    return _alike(seen, wanted, np.ones(seen.shape[:2], dtype=bool))


def _fine(image: Image.Image, size: tuple[int, int]) -> Values:
    coarse = image.resize(size, Image.Resampling.BOX).resize(image.size, Image.Resampling.BICUBIC)
    fine: Values = _values(image) - _values(coarse)
    return fine
