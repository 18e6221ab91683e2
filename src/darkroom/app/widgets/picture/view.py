"""What is seen of a picture: all of it, its pixels as they are, or a part; pure geometry.

    placed = place((1024, 1536), room, view)   # the part of the picture, and the cells it fills
    view = zoomed(view, 1, (1024, 1536), room)

A view says nothing of sizes, so it means the same for another window and for another picture: in a larger
window the same part is seen larger, and of two pictures of one motif the same part of the motif is seen.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import StrEnum

from darkroom.terminal.cells import Box, fit

STEP = math.sqrt(2)
"""From one zoom step to the next: two of them double."""

MOST = 16
"""Most screen pixels across that one pixel of the picture is made, where it was not larger at first."""

_HAIR = 1e-6
"""Fractions of a pixel that are rounding."""


class Mode(StrEnum):
    """How the scale is chosen."""

    FIT = "fit"
    """All of the picture is seen, as large as there is room."""
    FILL = "fill"
    """All of the room is used; what does not go in is cut off."""
    ACTUAL = "actual"
    """One pixel of the picture is one of what is drawn: of the screen, or half a cell of half blocks."""
    FREE = "free"
    """So many times as large as the whole picture would be."""


@dataclass(frozen=True, slots=True)
class View:
    """How a picture is looked at.

    Attributes:
        mode: How the scale is chosen.
        magnification: For `FREE`: how many times as large as the fitted picture.
        centre: What is in the middle of the room, as parts of the picture's width and height, 0 to 1. What
            would leave the room empty at an edge is moved when it is placed.
    """

    mode: Mode = Mode.FIT
    magnification: float = 1.0
    centre: tuple[float, float] = (0.5, 0.5)


FIT = View()


@dataclass(frozen=True, slots=True)
class Room:
    """Where a picture is drawn.

    Attributes:
        columns: Cells across, at least 1.
        lines: Cells down, at least 1.
        cell_px: Width and height of a cell in pixels of the screen.
        dot_px: How many of these one pixel of what is drawn is wide: 1, or the width of a cell for half
            blocks, which show one pixel a column.
    """

    columns: int
    lines: int
    cell_px: tuple[int, int]
    dot_px: int = 1

    @property
    def size_px(self) -> tuple[int, int]:
        """Width and height in pixels of the screen."""
        return self.columns * self.cell_px[0], self.lines * self.cell_px[1]


@dataclass(frozen=True, slots=True)
class Placed:
    """A part of a picture and the cells that it fills.

    Attributes:
        box: The cells.
        source: Left, top, right and bottom of the part in pixels of the picture. It reaches beyond the edges,
            by less than a cell, where the picture does not fill the last cells.
        scale: Pixels of the screen for one of the picture.
        percent: The same for people: 100 is `Mode.ACTUAL`.
    """

    box: Box
    source: tuple[float, float, float, float]
    scale: float
    percent: float


def place(picture_px: tuple[int, int], room: Room, view: View = FIT) -> Placed:
    """What is seen of a picture, and where.

    Args:
        picture_px: Width and height of the whole picture.
        room: Where it is drawn.
        view: How it is looked at.
    """
    width, height = _sides(picture_px)
    scale = _scale(picture_px, room, view)
    percent = 100 * scale / room.dot_px
    if view.mode is Mode.FIT:
        box = fit(picture_px, room.columns, room.lines, room.cell_px)
        return Placed(box, (0.0, 0.0, float(width), float(height)), scale, percent)
    whole = view.mode is Mode.ACTUAL
    across, left, right = _axis(width, room.columns, room.cell_px[0] / scale, view.centre[0], whole)
    down, top, bottom = _axis(height, room.lines, room.cell_px[1] / scale, view.centre[1], whole)
    box = Box((room.columns - across) // 2, (room.lines - down) // 2, across, down)
    return Placed(box, (left, top, right, bottom), scale, percent)


def zoomed(
    view: View, steps: int, picture_px: tuple[int, int], room: Room, at: tuple[float, float] = (0.5, 0.5)
) -> View:
    """The view some steps nearer, or farther when `steps` is negative; the fit and 100 % are steps as well.

    Args:
        view: The view before.
        steps: How many.
        picture_px: Size of the picture.
        room: Where it is drawn.
        at: What keeps its place, as parts of the room's width and height: the middle, or a mouse pointer.
    """
    before = _scale(picture_px, room, view)
    scale = before
    for _ in range(abs(steps)):
        scale = _next_step(scale, steps > 0, picture_px, room)
    if scale == before:
        return view
    centre = _seen_centre(view, picture_px, room)
    offset = [(part - 0.5) * side for part, side in zip(at, room.size_px, strict=True)]
    x, y = (
        middle + away * (1 / before - 1 / scale) / side
        for middle, away, side in zip(centre, offset, _sides(picture_px), strict=True)
    )
    return _settled(_with_scale(scale, (x, y), picture_px, room), picture_px, room)


def panned(view: View, by_px: tuple[float, float], picture_px: tuple[int, int], room: Room) -> View:
    """The view moved over the picture as far as it goes; the same where there is nothing more to see.

    Args:
        view: The view before.
        by_px: To the right and down, in pixels of the screen.
        picture_px: Size of the picture.
        room: Where it is drawn.
    """
    scale = _scale(picture_px, room, view)
    centre = _seen_centre(view, picture_px, room)
    x, y = (
        middle + move / scale / side
        for middle, move, side in zip(centre, by_px, _sides(picture_px), strict=True)
    )
    return _settled(replace(view, centre=(x, y)), picture_px, room)


def pinned(view: View, picture_px: tuple[int, int], room: Room) -> View:
    """The view of this picture in terms that show the same part of another one, whatever its size."""
    if view.mode is Mode.FIT:
        return view
    scale = _scale(picture_px, room, view)
    return View(Mode.FREE, scale / _fit_scale(picture_px, room), _seen_centre(view, picture_px, room))


def overhangs(view: View, picture_px: tuple[int, int], room: Room) -> tuple[bool, bool]:
    """Whether there is more of the picture to the sides, and above or below."""
    left, top, right, bottom = place(picture_px, room, view).source
    width, height = _sides(picture_px)
    return right - left < width - _HAIR, bottom - top < height - _HAIR


def _sides(picture_px: tuple[int, int]) -> tuple[int, int]:
    return max(1, picture_px[0]), max(1, picture_px[1])


def _scale(picture_px: tuple[int, int], room: Room, view: View) -> float:
    match view.mode:
        case Mode.FIT:
            return _fit_scale(picture_px, room)
        case Mode.FILL:
            return max(room.size_px[0] / _sides(picture_px)[0], room.size_px[1] / _sides(picture_px)[1])
        case Mode.ACTUAL:
            return float(room.dot_px)
        case Mode.FREE:
            return _fit_scale(picture_px, room) * view.magnification


def _fit_scale(picture_px: tuple[int, int], room: Room) -> float:
    return min(room.size_px[0] / _sides(picture_px)[0], room.size_px[1] / _sides(picture_px)[1])


def _axis(side: int, cells: int, cell: float, centre: float, whole: bool) -> tuple[int, float, float]:
    """How many cells are filled along one side of the picture, and from where to where of it.

    Args:
        side: Length of the picture in its pixels.
        cells: Length of the room.
        cell: Pixels of the picture that a cell shows.
        centre: What is in the middle, as a part of the side.
        whole: Begin at a whole pixel.
    """
    filled = min(cells, max(1, math.ceil(side / cell - _HAIR)))
    span = filled * cell
    slack = side - span
    start = slack / 2 if slack <= 0 else min(max(centre * side - span / 2, 0.0), slack)
    if whole:
        start = float(math.floor(start + 0.5))
    return filled, start, start + span


def _seen_centre(view: View, picture_px: tuple[int, int], room: Room) -> tuple[float, float]:
    """What is in the middle indeed: at an edge of the picture it is not what was asked for."""
    left, top, right, bottom = place(picture_px, room, view).source
    width, height = _sides(picture_px)
    return (left + right) / 2 / width, (top + bottom) / 2 / height


def _settled(view: View, picture_px: tuple[int, int], room: Room) -> View:
    return replace(view, centre=_seen_centre(view, picture_px, room))


def _next_step(scale: float, nearer: bool, picture_px: tuple[int, int], room: Room) -> float:
    """The next scale of the ladder: powers of `STEP` around 100 %, and the fit; the same at its end."""
    fitted, actual = _fit_scale(picture_px, room), float(room.dot_px)
    least, most = min(fitted, actual), max(fitted, actual * MOST)
    place_on_ladder = math.log(scale / actual, STEP)
    if nearer:
        found = actual * STEP ** math.floor(place_on_ladder + 1 + _HAIR)
        if scale * (1 + _HAIR) < fitted < found:
            found = fitted
        return max(scale, min(found, most))
    found = actual * STEP ** math.ceil(place_on_ladder - 1 - _HAIR)
    if found < fitted < scale * (1 - _HAIR):
        found = fitted
    return min(scale, max(found, least))


def _with_scale(scale: float, centre: tuple[float, float], picture_px: tuple[int, int], room: Room) -> View:
    fitted = _fit_scale(picture_px, room)
    if math.isclose(scale, fitted):
        return FIT
    if math.isclose(scale, room.dot_px):
        return View(Mode.ACTUAL, centre=centre)
    return View(Mode.FREE, scale / fitted, centre)
