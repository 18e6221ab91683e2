"""What is seen of a picture: laws of the geometry, and the cases people meet."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from darkroom.app.widgets.picture.view import (
    FIT,
    MOST,
    Mode,
    Room,
    View,
    overhangs,
    panned,
    pinned,
    place,
    zoomed,
)
from darkroom.terminal.cells import fit

SIDES = st.integers(1, 20_000)
PICTURES = st.tuples(SIDES, SIDES)
CELLS = st.tuples(st.integers(1, 30), st.integers(1, 40))
ROOMS = st.builds(
    lambda columns, lines, cell, half: Room(columns, lines, cell, cell[0] if half else 1),
    st.integers(1, 300),
    st.integers(1, 100),
    CELLS,
    st.booleans(),
)
PARTS = st.floats(-0.5, 1.5)
VIEWS = st.builds(View, st.sampled_from(Mode), st.floats(0.05, 64.0), st.tuples(PARTS, PARTS))
SQUARE = (1024, 1024)
ROOM = Room(80, 23, (9, 18))
HALF = Room(80, 23, (9, 18), dot_px=9)


@given(PICTURES, ROOMS, VIEWS)
def test_what_is_seen_lies_in_the_room_and_in_the_picture(
    picture: tuple[int, int], room: Room, view: View
) -> None:
    placed = place(picture, room, view)
    left, top, right, bottom = placed.source
    assert 1 <= placed.box.columns <= room.columns
    assert 1 <= placed.box.lines <= room.lines
    assert 0 <= placed.box.left <= room.columns - placed.box.columns
    assert 0 <= placed.box.top <= room.lines - placed.box.lines
    cell = room.cell_px[0] / placed.scale, room.cell_px[1] / placed.scale
    for start, end, side, one in zip((left, top), (right, bottom), picture, cell, strict=True):
        assert start < end
        # At most a cell hangs over an edge, half of it on each side, and one pixel by rounding.
        assert start >= -one / 2 - 1 - 1e-6 * side
        assert end <= side + one / 2 + 1 + 1e-6 * side


@given(PICTURES, ROOMS, VIEWS.filter(lambda view: view.mode is not Mode.FIT))
def test_a_part_keeps_its_proportions(picture: tuple[int, int], room: Room, view: View) -> None:
    placed = place(picture, room, view)
    left, top, right, bottom = placed.source
    assert math.isclose((right - left) * placed.scale, placed.box.columns * room.cell_px[0], rel_tol=1e-6)
    assert math.isclose((bottom - top) * placed.scale, placed.box.lines * room.cell_px[1], rel_tol=1e-6)


@given(PICTURES, ROOMS)
def test_the_fit_is_the_whole_picture_in_the_usual_box(picture: tuple[int, int], room: Room) -> None:
    placed = place(picture, room)
    assert placed.source == (0, 0, *picture)
    assert placed.box == fit(picture, room.columns, room.lines, room.cell_px)


@given(PICTURES, ROOMS)
def test_filling_leaves_no_cell_empty(picture: tuple[int, int], room: Room) -> None:
    box = place(picture, room, View(Mode.FILL)).box
    assert (box.columns, box.lines) == (room.columns, room.lines)


@given(PICTURES, ROOMS, st.tuples(PARTS, PARTS))
def test_100_percent_is_whole_pixels(
    picture: tuple[int, int], room: Room, centre: tuple[float, float]
) -> None:
    placed = place(picture, room, View(Mode.ACTUAL, centre=centre))
    assert placed.percent == pytest.approx(100)
    assert placed.source[0] == int(placed.source[0])
    assert placed.source[1] == int(placed.source[1])
    assert placed.scale == room.dot_px


def test_100_percent_in_half_blocks_is_one_pixel_a_column_and_two_a_line() -> None:
    left, top, right, bottom = place(SQUARE, HALF, View(Mode.ACTUAL)).source
    assert (right - left, bottom - top) == (80, 46)
    assert (left + right, top + bottom) == (1024, 1024), "the middle"


def test_a_small_picture_at_100_percent_lies_in_the_middle() -> None:
    placed = place((90, 90), ROOM, View(Mode.ACTUAL, centre=(0.0, 0.0)))
    assert (placed.box.columns, placed.box.lines) == (10, 5)
    assert placed.source == (0, 0, 90, 90)
    placed = place((91, 90), ROOM, View(Mode.ACTUAL))
    assert placed.box.columns == 11
    assert placed.source[0] == -4
    assert placed.source[2] == 95


@given(PICTURES, ROOMS, VIEWS, st.integers(-12, 12))
def test_zooming_keeps_the_middle(picture: tuple[int, int], room: Room, view: View, steps: int) -> None:
    after = zoomed(view, steps, picture, room)
    before, now = place(picture, room, view), place(picture, room, after)
    for axis in (0, 1):
        inside = now.source[axis] > 1 and now.source[axis + 2] < picture[axis] - 1
        if inside and steps > 0:
            middles = [(p.source[axis] + p.source[axis + 2]) / 2 for p in (before, now)]
            assert abs(middles[0] - middles[1]) <= 0.51 + 1e-6 * picture[axis]


@given(PICTURES, ROOMS, st.tuples(st.floats(0.0, 1.0), st.floats(0.0, 1.0)))
def test_zooming_keeps_what_is_under_the_mouse(
    picture: tuple[int, int], room: Room, at: tuple[float, float]
) -> None:
    view = View(Mode.FREE, 3.0)
    after = zoomed(view, 1, picture, room, at)
    before, now = place(picture, room, view), place(picture, room, after)
    full = [(p.box.columns, p.box.lines) == (room.columns, room.lines) for p in (before, now)]
    if not all(full):
        return
    for axis in (0, 1):
        if now.source[axis] > 1 and now.source[axis + 2] < picture[axis] - 1:
            points = [
                p.source[axis] + at[axis] * (p.source[axis + 2] - p.source[axis]) for p in (before, now)
            ]
            assert abs(points[0] - points[1]) <= 0.51 + 1e-6 * picture[axis]


@given(PICTURES, ROOMS, VIEWS)
def test_zooming_goes_on_until_it_ends(picture: tuple[int, int], room: Room, view: View) -> None:
    view = zoomed(view, 100, picture, room)
    fitted = place(picture, room).scale
    assert place(picture, room, view).scale >= min(room.dot_px * MOST, fitted) * 0.999
    assert zoomed(view, 1, picture, room) == view
    scales = [place(picture, room, view).scale]
    while (farther := zoomed(view, -1, picture, room)) != view:
        view = farther
        scales.append(place(picture, room, view).scale)
    assert scales == sorted(scales, reverse=True)
    assert len(scales) == len(set(scales))
    assert scales[-1] <= min(fitted, room.dot_px) * 1.001
    assert any(math.isclose(scale, fitted) for scale in scales), "the fit is a step"
    assert any(math.isclose(scale, room.dot_px) for scale in scales), "so is 100 %"


def test_the_steps_around_100_percent_are_halves_and_doubles() -> None:
    view, seen = View(Mode.ACTUAL), []
    for _ in range(4):
        view = zoomed(view, 1, SQUARE, ROOM)
        seen.append(round(place(SQUARE, ROOM, view).percent))
    assert seen == [141, 200, 283, 400]
    assert zoomed(view, -4, SQUARE, ROOM).mode is Mode.ACTUAL
    assert zoomed(view, -40, SQUARE, ROOM) == FIT


@given(PICTURES, ROOMS, VIEWS, st.tuples(st.floats(-5000, 5000), st.floats(-5000, 5000)))
def test_panning_stops_at_the_edges_and_comes_back(
    picture: tuple[int, int], room: Room, view: View, by: tuple[float, float]
) -> None:
    far = panned(view, (1e9, 1e9), picture, room)
    assert panned(far, (100, 100), picture, room) == far
    across, down = overhangs(view, picture, room)
    left, top, right, bottom = place(picture, room, far).source
    if across:
        assert right == pytest.approx(picture[0], abs=0.51)
    if down:
        assert bottom == pytest.approx(picture[1], abs=0.51)
    moved = panned(view, by, picture, room)
    assert place(picture, room, moved).box == place(picture, room, view).box
    if not across:
        assert place(picture, room, moved).source[0] == place(picture, room, view).source[0]
    assert (right - left, bottom - top) == pytest.approx(
        (
            place(picture, room, moved).source[2] - place(picture, room, moved).source[0],
            place(picture, room, moved).source[3] - place(picture, room, moved).source[1],
        ),
        rel=1e-6,
    )


def test_panning_moves_by_pixels_of_the_screen() -> None:
    view = View(Mode.ACTUAL)
    before = place(SQUARE, ROOM, view).source
    after = place(SQUARE, ROOM, panned(view, (90, -36), SQUARE, ROOM)).source
    assert (after[0] - before[0], after[1] - before[1]) == (90, -36)


@given(ROOMS, st.integers(1, 4000), st.integers(1, 4000), VIEWS)
def test_two_sizes_of_one_motif_show_the_same_part(room: Room, width: int, height: int, view: View) -> None:
    small, large = (width, height), (width * 2, height * 2)
    same = pinned(view, small, room)
    first, second = place(small, room, same), place(large, room, same)
    assert first.box == second.box
    assert [2 * edge for edge in first.source] == pytest.approx(second.source, rel=1e-5, abs=1e-3)
    # Half a pixel of rounding where 100 % begins at a whole one.
    assert first.source == pytest.approx(place(small, room, view).source, rel=1e-5, abs=0.51)


def test_a_larger_window_shows_the_same_part_larger() -> None:
    view = zoomed(FIT, 2, SQUARE, ROOM)
    view = panned(view, (-60, 45), SQUARE, ROOM)
    small, large = place(SQUARE, ROOM, view), place(SQUARE, Room(160, 46, (9, 18)), view)
    assert large.source == pytest.approx(small.source)
    assert large.scale == pytest.approx(2 * small.scale)
