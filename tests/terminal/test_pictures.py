"""Every encoder's output, decoded again, is the picture: and no other, no blank and no shifted one."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

from darkroom.terminal import bands, halfcells, kitty, sixel
from darkroom.terminal.levels import Level
from tests.terminal import decoders

if TYPE_CHECKING:
    from numpy.typing import NDArray

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


@pytest.mark.parametrize("level", Level)
def test_half_blocks_of_a_lower_level_are_the_picture_in_fewer_runs(level: Level) -> None:
    exact, coarse = (
        halfcells.rows(decoders.harbour(), 80, 40, step=step) for step in (0, halfcells.STEPS[level])
    )
    share = {Level.QUARTER: 0.3, Level.HALF: 0.4, Level.PALETTE: 0.6, Level.FULL: 1.0}[level]
    assert sum(map(len, coarse)) <= sum(map(len, exact)) * share
    limit = {Level.QUARTER: 5.0, Level.HALF: 3.5, Level.PALETTE: 2.5, Level.FULL: 0.5}[level]
    decoded = decoders.half_blocks(halfcells.ansi(coarse), 80)
    same_and_no_other(decoders.harbour((80, 80)), decoded, limit, (2, 4))


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


def test_a_cell_is_drawn_like_its_neighbour_only_within_the_step() -> None:
    image = Image.new("RGB", (3, 2), (100, 100, 100))
    image.putpixel((1, 0), (108, 100, 100))
    image.putpixel((2, 0), (120, 120, 120))
    image.putpixel((2, 1), (120, 120, 120))
    grey, light = 0x646464, 0x787878
    assert halfcells.rows(image, 3, 1, step=4) == [
        [halfcells.Run("  ", grey, grey), halfcells.Run(" ", light, light)]
    ]
    assert [run.upper for run in halfcells.rows(image, 3, 1)[0]] == [grey, 0x6C6464, light]


@given(st.integers(1, 40), st.integers(1, 20), st.integers(1, 60), st.integers(1, 60))
def test_rows_have_exactly_the_cells_asked_for(columns: int, lines: int, width: int, height: int) -> None:
    rows = halfcells.rows(Image.effect_noise((width, height), 90).convert("RGB"), columns, lines)
    assert [sum(len(run.text) for run in line) for line in rows] == [columns] * lines


LEVELS = {Level.QUARTER: 6.0, Level.HALF: 4.0, Level.PALETTE: CLOSE, Level.FULL: 0.01}
"""Mean error that a level may cost with kitty."""


@pytest.mark.parametrize("tmux", [False, True])
@pytest.mark.parametrize("quick", [False, True])
@pytest.mark.parametrize("level", Level)
def test_kitty_transmits_the_picture(level: Level, quick: bool, tmux: bool) -> None:
    source = decoders.harbour((400, 400))
    stream = "".join(
        kitty.transmit(kitty.encode(source, (400, 400), level, quick=quick), 42, 40, 20, tmux=tmux)
    )
    if tmux:
        assert not decoders.kitty(stream.replace("\x1b\x1b", "")).sent, "nothing goes to tmux itself"
        stream = decoders.unwrapped(stream)
    seen = decoders.kitty(stream)
    assert seen.sent == [42]
    assert seen.cells[42] == (40, 20)
    same_and_no_other(source, seen.pictures[42].resize(source.size), LEVELS[level], CELL)


def test_a_lower_level_of_kitty_has_fewer_pixels_and_bytes() -> None:
    pictures = [kitty.encode(decoders.harbour((400, 200)), (300, 300), level) for level in Level]
    sizes = [Image.open(io.BytesIO(data)).size for data in pictures]
    assert sizes == [(75, 38), (150, 75), (300, 150), (300, 150)]
    assert sorted(map(len, pictures)) == [len(data) for data in pictures]
    assert len({len(data) for data in pictures}) == len(Level)


def test_a_picture_is_never_enlarged_for_kitty() -> None:
    data = kitty.encode(decoders.harbour((30, 20)), (400, 400), Level.PALETTE)
    assert Image.open(io.BytesIO(data)).size == (30, 20)


def sent(size: int, number: int = 7, *, answer: bool = False) -> list[str]:
    return kitty.transmit(
        kitty.encode(decoders.harbour((size, size)), (size, size), Level.FULL), number, 2, 1, answer=answer
    )


def test_kitty_deletes_picture_and_data() -> None:
    stream = "".join(sent(20)) + kitty.delete(7)
    assert decoders.kitty(stream).deleted == [7]
    assert decoders.kitty(decoders.unwrapped(kitty.delete(7, tmux=True))).deleted == [7]


def test_a_piece_is_one_sequence_and_text_may_go_between() -> None:
    pieces = sent(200)
    assert len(pieces) > 3
    assert all(piece.count("\x1b_G") == 1 and len(piece) < kitty.CHUNK + 60 for piece in pieces)
    assert decoders.kitty("some text".join(pieces)).sent == [7]


def test_an_answer_is_asked_for_by_silencing_nothing() -> None:
    assert not any("q=" in piece for piece in sent(200, answer=True))
    assert decoders.kitty("".join(sent(200, answer=True))).answered == [7]
    assert decoders.kitty("".join(sent(200))).answered == []


def test_a_half_sent_picture_is_ended_before_the_next() -> None:
    begun, following = sent(200, 7)[:2], sent(200, 8)
    seen = decoders.kitty("".join((*begun, kitty.ABORT, *following)))
    assert seen.sent == [8]
    assert seen.cut == [7]
    with pytest.raises(AssertionError, match="begun"):
        decoders.kitty("".join((*begun, *following)))


def test_only_the_first_cell_of_a_row_names_its_place() -> None:
    assert kitty.placeholder_row(3, 2, 1, 4) == "\U0010eeee\u030e\u030d" + "\U0010eeee" * 3
    high = kitty.placeholder_row(3 | 2 << 24, 1, 0, 2)
    assert high == "\U0010eeee\u030d\u0305\u030e\U0010eeee", "the third character is the number's high byte"
    assert decoders.placeholders(f"\x1b[38;5;3mx{high}") == [None, (3 | 2 << 24, 1, 0), (3 | 2 << 24, 1, 1)]


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


SIXELS = {Level.QUARTER: 12.0, Level.HALF: 5.0, Level.PALETTE: CLOSE, Level.FULL: CLOSE}
"""Mean error that a level may cost with sixels."""


@pytest.mark.parametrize("quick", [False, True])
@pytest.mark.parametrize("level", Level)
def test_sixels_are_the_picture(level: Level, quick: bool) -> None:
    whole = decoders.harbour((400, 400))
    (decoded,) = decoders.sixels(sixel.encode(whole, (400, 400), level=level, quick=quick))
    source = whole.crop((0, 0, 400, 396))
    assert decoded.size == source.size, "whole lines of six rows, no more than was asked for"
    limit = SIXELS[level]
    assert decoders.mean_error(source, decoded) < limit
    for name, impostor in decoders.impostors(decoded, CELL).items():
        if not (level is Level.QUARTER and name == "shifted"):
            assert decoders.mean_error(source, impostor) > limit, f"{name} would have passed"


@given(
    arrays(
        np.uint8,
        st.tuples(st.integers(1, 3).map(lambda bands: bands * 6), st.integers(1, 40)),
        elements=st.integers(0, 255),
    )
    | arrays(np.uint8, (12, 30), elements=st.integers(0, 3), fill=st.just(0))
)
def test_the_data_of_a_sixel_is_every_pixel(indices: NDArray[np.uint8]) -> None:
    greys = "".join(f"#{number};2;{number % 101};{number // 101};0" for number in range(256))
    height, width = indices.shape
    (decoded,) = decoders.sixels(f'\x1bPq"1;1;{width};{height}{greys}{bands.encode(indices).decode()}\x1b\\')
    percent = np.stack([indices % 101, indices // 101, indices * 0], axis=-1).astype(float)
    assert (np.asarray(decoded) == np.rint(percent * 255 / 100)).all()


def test_sixels_fill_whole_cells_and_do_not_scroll() -> None:
    sequence = sixel.encode(decoders.harbour((97, 50)), (100, 60), background=(255, 0, 0))
    (decoded,) = decoders.sixels(sequence)
    assert decoded.size == (100, 60)
    assert decoded.getpixel((50, 1)) == (255, 0, 0), "the rest is painted over with the background"
    assert not sequence.removesuffix("\x1b\\").endswith("-")
    assert "#0;" in sequence, "tmux wants colour numbers from 0"


def test_sixels_take_a_lower_level_to_stay_below_a_limit() -> None:
    source = decoders.harbour((400, 400))
    full = sixel.encode(source, (400, 400))
    limited = sixel.encode(source, (400, 400), limit_bytes=len(full) - 1)
    assert 0 < len(limited) < len(full)
    assert sixel.encode(source, (400, 400), limit_bytes=1_000) == ""


def test_a_sixel_is_painted_at_a_cell_and_the_cursor_returns() -> None:
    assert sixel.at("PICTURE", 3, 0) == "\x1b7\x1b[1;4HPICTURE\x1b8"
