"""Placeholders are written short, and whatever is done to a strip each cell shows the part it should."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from rich.style import Style
from textual.strip import Strip

from darkroom.app.widgets.picture.strips import PlaceholderStrip, placeholder_strips
from darkroom.terminal import kitty
from tests.terminal import decoders

if TYPE_CHECKING:
    from collections.abc import Callable

Cells = list[tuple[int, int, int] | None]

NUMBERS = st.sampled_from([1, 7, 255, 7 | 1 << 24, 255 | 3 << 24])
CONSOLE = Console(color_system="truecolor", width=500)


def cells(strip: Strip) -> Cells:
    """What a terminal shows where the strip is written by itself, as Textual writes each part of a line."""
    return decoders.placeholders(strip.render(CONSOLE))


def row(number: int, line: int, columns: int, start: int = 0) -> Cells:
    return [(number, line, column) for column in range(start, columns)]


@given(NUMBERS, st.integers(1, 60), st.integers(1, 5))
def test_a_strip_shows_its_row(number: int, columns: int, lines: int) -> None:
    strips = placeholder_strips(number, columns, lines)
    assert [cells(strip) for strip in strips] == [row(number, line, columns) for line in range(lines)]
    assert {strip.cell_length for strip in strips} == {columns}


@pytest.mark.parametrize("number", [7, 7 | 1 << 24])
def test_a_row_takes_four_bytes_a_cell(number: int) -> None:
    (strip,) = placeholder_strips(number, 80, 1)
    assert len(strip.render(CONSOLE).encode()) < 80 * 4 + 30
    (part,) = strip.crop(13, 80).divide([67])
    assert len(part.render(CONSOLE).encode()) < 67 * 4 + 30


@given(NUMBERS, st.integers(1, 40), st.integers(-3, 45), st.integers(-3, 45))
def test_a_crop_shows_that_part(number: int, columns: int, start: int, end: int) -> None:
    strip = placeholder_strips(number, columns, 3)[2]
    wanted = row(number, 2, columns)[max(0, start) : max(0, end)]
    assert cells(strip.crop(start, end)) == wanted
    assert cells(strip.crop(start)) == row(number, 2, columns)[max(0, start) :]


@pytest.mark.parametrize("number", [7, 7 | 1 << 24])
def test_a_cut_at_any_width_is_between_cells(number: int) -> None:
    for columns in range(2, 120):
        (strip,) = placeholder_strips(number, columns, 1)
        for cut in range(1, columns):
            left, right = strip.divide([cut, columns])
            assert (left.text + right.text, right.text[0]) == (strip.text, kitty.PLACEHOLDER)
            assert len(left.text) * columns == len(strip.text) * cut


@given(NUMBERS, st.integers(2, 40), st.sets(st.integers(1, 39)))
def test_divided_parts_show_what_is_theirs(number: int, columns: int, inner: set[int]) -> None:
    cuts = [*sorted(cut for cut in inner if cut < columns), columns]
    parts = placeholder_strips(number, columns, 2)[1].divide(cuts)
    assert [cells(part) for part in parts] == [
        row(number, 1, end, start) for start, end in zip([0, *cuts], cuts, strict=False)
    ]


CHANGES: dict[str, Callable[[Strip], Strip]] = {
    "crop": lambda strip: strip.crop(2, strip.cell_length - 1),
    "widened": lambda strip: strip.adjust_cell_length(strip.cell_length + 3).crop(0, strip.cell_length),
    "narrowed": lambda strip: strip.adjust_cell_length(max(1, strip.cell_length - 2)),
    "extended": lambda strip: strip.extend_cell_length(strip.cell_length + 2).crop(0, strip.cell_length),
    "cropped and extended": lambda strip: strip.crop_extend(1, strip.cell_length, None),
    "padded": lambda strip: strip.crop_pad(strip.cell_length, 1, 1, Style()).crop(1, strip.cell_length + 1),
    "joined": lambda strip: Strip.join([Strip.blank(3), *strip.divide([2, strip.cell_length])]).crop(3),
    "joined short": lambda strip: PlaceholderStrip.join(strip.divide([1, strip.cell_length])),
    "made short again": lambda strip: PlaceholderStrip(strip, strip.cell_length),
    "simplified": Strip.simplify,
    "with meta": lambda strip: strip.apply_meta({"@click": "x"}),
    "on a ground": lambda strip: strip.apply_style(Style(bgcolor="#102030")),
}
KEPT = {
    "crop": slice(2, -1),
    "narrowed": slice(0, -2),
    "cropped and extended": slice(1, None),
}


@given(NUMBERS, st.lists(st.sampled_from(sorted(CHANGES)), max_size=5))
def test_changes_one_after_another_keep_each_cell_right(number: int, names: list[str]) -> None:
    strip: Strip = placeholder_strips(number, 30, 4)[3]
    wanted = row(number, 3, 30)
    for name in names:
        strip, wanted = CHANGES[name](strip), wanted[KEPT.get(name, slice(None))]
        assert strip.cell_length == len(wanted)
        assert cells(strip) == wanted


def test_neighbours_of_the_same_colour_are_not_taken_for_one() -> None:
    first, second = placeholder_strips(7, 5, 3)[1], placeholder_strips(7 | 1 << 24, 5, 3)[1]
    line = PlaceholderStrip.join([first, second, first])
    assert cells(line) == row(7, 1, 5) + row(7 | 1 << 24, 1, 5) + row(7, 1, 5)
