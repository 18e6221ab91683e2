"""Every encoder's output, decoded again, is the picture: and no other, no blank and no shifted one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from darkroom.terminal import halfcells, kitty, sixel
from tests.terminal import decoders

CELL = (10, 20)
CLOSE = 3.0
"""Mean error that palettes and rounding may cost; a shift by one cell costs more."""


def same_and_no_other(
    source: Image.Image, decoded: Image.Image, limit: float, shift: tuple[int, int]
) -> None:
    assert decoders.mean_error(source, decoded) < limit
    for name, impostor in decoders.impostors(decoded, shift).items():
        assert decoders.mean_error(source, impostor) > limit, f"{name} would have passed"


def test_half_blocks_are_the_picture() -> None:
    text = halfcells.ansi(halfcells.rows(decoders.harbour(), 40, 20))
    decoded = decoders.half_blocks(text, 40)
    assert decoded.size == (40, 40)
    same_and_no_other(decoders.harbour((40, 40)), decoded, 1.0, (1, 2))


def test_fewer_colours_make_fewer_runs() -> None:
    exact, coarse = (halfcells.rows(decoders.harbour(), 80, 40, step=step) for step in (1, 8))
    assert sum(map(len, coarse)) < sum(map(len, exact)) * 0.95
    decoded = decoders.half_blocks(halfcells.ansi(coarse), 80)
    same_and_no_other(decoders.harbour((80, 80)), decoded, 2.5, (2, 4))


def test_few_colours_are_those_of_the_terminal() -> None:
    rows = halfcells.rows(decoders.harbour(), 40, 20, few=True)
    channels = {
        colour >> shift & 255 for line in rows for run in line for colour in run[1:] for shift in (16, 8, 0)
    }
    assert channels <= {0, 95, 135, 175, 215, 255} | set(range(8, 239, 10))
    decoded = decoders.half_blocks(halfcells.ansi(rows), 40)
    assert decoders.mean_error(decoders.harbour((40, 40)), decoded) < 20


def test_a_plain_area_is_one_run_of_blanks() -> None:
    assert (
        halfcells.rows(Image.new("RGB", (64, 64), (1, 2, 3)), 8, 2)
        == [[halfcells.Run(" " * 8, 0x010203, 0x010203)]] * 2
    )


def test_rounded_colours_stay_in_range() -> None:
    rows = halfcells.rows(Image.new("RGB", (2, 2), (255, 254, 253)), 1, 1, step=8)
    assert rows == [[halfcells.Run(" ", 0xFFFFFF, 0xFFFFFF)]]


@given(st.integers(1, 40), st.integers(1, 20), st.integers(1, 60), st.integers(1, 60))
def test_rows_have_exactly_the_cells_asked_for(columns: int, lines: int, width: int, height: int) -> None:
    rows = halfcells.rows(Image.effect_noise((width, height), 90).convert("RGB"), columns, lines)
    assert [sum(len(run.text) for run in line) for line in rows] == [columns] * lines


@pytest.mark.parametrize("tmux", [False, True])
@pytest.mark.parametrize("quick", [False, True])
def test_kitty_transmits_the_picture(tmux: bool, quick: bool) -> None:
    source = decoders.harbour((400, 400))
    stream = kitty.transmit(source, 42, 40, 20, quick=quick, tmux=tmux)
    if tmux:
        assert not decoders.kitty(stream.replace("\x1b\x1b", "")).sent, "nothing goes to tmux itself"
        stream = decoders.unwrapped(stream)
    seen = decoders.kitty(stream)
    assert seen.sent == [42]
    assert seen.cells[42] == (40, 20)
    same_and_no_other(source, seen.pictures[42], CLOSE, CELL)


def test_kitty_deletes_picture_and_data() -> None:
    stream = kitty.transmit(decoders.harbour((20, 20)), 7, 2, 1) + kitty.delete(7)
    assert decoders.kitty(stream).deleted == [7]
    assert decoders.kitty(decoders.unwrapped(kitty.delete(7, tmux=True))).deleted == [7]


def test_placeholders_name_every_line_and_column() -> None:
    lines = kitty.placeholders(3, 5, 4)
    assert lines[0].startswith("\U0010eeee\u0305\u0305\U0010eeee\u0305\u030d")
    assert lines[2].endswith("\u030e\u0312")
    assert len({cell for line in lines for cell in line.split(kitty.PLACEHOLDER)[1:]}) == 20
    high = kitty.placeholders(3 | 2 << 24, 5, 4)[1]
    assert high.startswith("\U0010eeee\u030d\u0305\u030e"), "the third character is the number's high byte"


def test_ids_stay_within_palette_colours_and_come_back_late() -> None:
    ids = kitty.Ids()
    first = [ids.take() for _ in range(255)]
    assert sorted(first) == list(range(1, 256))
    ids.give_back(9)
    ids.give_back(4)
    assert ids.take() == 9
    assert ids.take() == 4
    beyond = ids.take()
    assert beyond >> 24 == 1
    assert 1 <= kitty.colour(beyond) <= 255


@pytest.mark.parametrize("quick", [False, True])
@pytest.mark.parametrize("colours", sixel.PALETTES)
def test_sixels_are_the_picture(colours: int, quick: bool) -> None:
    source = decoders.harbour((400, 396))
    (decoded,) = decoders.sixels(sixel.encode(source, (400, 400), colours=colours, quick=quick))
    assert decoded.size == source.size, "whole lines of six rows, no more than was asked for"
    limit = {256: CLOSE, 64: 5.0, 16: 12.0}[colours]
    assert decoders.mean_error(source, decoded) < limit
    for name, impostor in decoders.impostors(decoded, CELL).items():
        if not (colours == 16 and name == "shifted"):
            assert decoders.mean_error(source, impostor) > limit, f"{name} would have passed"


def test_sixels_fill_whole_cells_and_do_not_scroll() -> None:
    sequence = sixel.encode(decoders.harbour((97, 50)), (100, 60), background=(255, 0, 0))
    (decoded,) = decoders.sixels(sequence)
    assert decoded.size == (100, 60)
    assert decoded.getpixel((50, 1)) == (255, 0, 0), "the rest is painted over with the background"
    assert not sequence.removesuffix("\x1b\\").endswith("-")
    assert "#0;" in sequence, "tmux wants colour numbers from 0"


def test_sixels_shrink_their_palette_to_stay_below_a_limit() -> None:
    source = decoders.harbour((400, 400))
    full = sixel.encode(source, (400, 400))
    limited = sixel.encode(source, (400, 400), limit_bytes=len(full) - 1)
    assert 0 < len(limited) < len(full)
    assert sixel.encode(source, (400, 400), limit_bytes=1_000) == ""


def test_a_sixel_is_painted_at_a_cell_and_the_cursor_returns() -> None:
    assert sixel.at("PICTURE", 3, 0) == "\x1b7\x1b[1;4HPICTURE\x1b8"
