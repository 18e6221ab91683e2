"""The scripted terminal itself: it shows what a terminal would, and tells a picture from all that is none."""

from __future__ import annotations

import base64
import io
import sys
import time

import numpy as np
import pytest
from PIL import Image
from textual_image._sixel import SixelOptions, image_to_sixels

from darkroom.terminal.diacritics import DIACRITICS
from tests.terminal import decoders
from tests.terminal.scripted import PROFILES, Screen, ScriptedTerminal
from tests.terminal.scripted.compose import screen_image
from tests.terminal.scripted.placeholders import PLACEHOLDER

CELL = (10, 20)
BOX = (24, 12)
"""Cells of a picture; it begins in column 4 of line 3 (0-based)."""
AREA = (4 * CELL[0], 3 * CELL[1], 28 * CELL[0], 15 * CELL[1])
CLOSE = 4.0


def screen(profile: str = "kitty") -> Screen:
    return Screen(PROFILES[profile], 40, 20, CELL)


def picture() -> Image.Image:
    return decoders.harbour((BOX[0] * CELL[0], BOX[1] * CELL[1]))


def sent(number: int, image: Image.Image, *, pieces: int = 4096, keys: str = "") -> str:
    data = io.BytesIO()
    image.save(data, "PNG")
    text = base64.b64encode(data.getvalue()).decode()
    parts = [text[at : at + pieces] for at in range(0, len(text), pieces)]
    first = f"a=T,U=1,f=100,i={number},c={BOX[0]},r={BOX[1]}{keys},"
    return "".join(
        f"\x1b_G{first if n == 0 else ''}m={int(n + 1 < len(parts))};{part}\x1b\\"
        for n, part in enumerate(parts)
    )


def placed(number: int, *, short: bool) -> str:
    rows = []
    for line in range(BOX[1]):
        cells = [f"{PLACEHOLDER}{DIACRITICS[line]}{DIACRITICS[column]}" for column in range(BOX[0])]
        if short:
            cells[1:] = [PLACEHOLDER] * (BOX[0] - 1)
        rows.append(f"\x1b[{line + 4};5H\x1b[38;5;{number}m{''.join(cells)}\x1b[0m")
    return "".join(rows)


def painted(image: Image.Image) -> str:
    return f"\x1b[4;5H{image_to_sixels(image, SixelOptions(colors=256))}"


def halved(image: Image.Image) -> str:
    small = np.asarray(image.resize((BOX[0], BOX[1] * 2), Image.Resampling.BOX))
    lines = []
    for line in range(BOX[1]):
        cells = [
            f"\x1b[38;2;{';'.join(map(str, above))};48;2;{';'.join(map(str, below))}m▀"
            for above, below in zip(small[line * 2].tolist(), small[line * 2 + 1].tolist(), strict=True)
        ]
        lines.append(f"\x1b[{line + 4};5H{''.join(cells)}\x1b[0m")
    return "".join(lines)


def shown(found: Screen) -> Image.Image:
    return screen_image(found).crop(AREA)


def as_profile(way: str) -> str:
    """textual-image's sixels count on a definition that selects."""
    return "xterm" if way == "sixel" else way.partition(",")[0]


def is_picture(found: Screen, close: float = CLOSE) -> bool:
    return decoders.mean_error(picture(), shown(found)) < close


WAYS = {
    "kitty": sent(7, picture()) + placed(7, short=False),
    "kitty, short rows": sent(7, picture()) + placed(7, short=True),
    "sixel": painted(picture()),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("size", [1, 7, 4099, 1 << 20])
def test_a_picture_is_seen_however_the_stream_is_cut(way: str, size: int) -> None:
    found = screen(as_profile(way))
    stream = WAYS[way].encode()
    if size == 1:
        stream = stream[:3000] if way == "sixel" else stream[-3000:]
    for at in range(0, len(stream), size):
        found.feed(stream[at : at + size])
    if size > 1:
        assert is_picture(found)
        for name, impostor in decoders.impostors(shown(found), CELL).items():
            assert decoders.mean_error(picture(), impostor) > CLOSE, f"{name} would have passed"
        assert found.is_whole
    assert not found.faults + found.pictures.faults


def test_half_blocks_are_two_pixels_each() -> None:
    found = screen("plain")
    found.feed(halved(picture()).encode())
    small = picture().resize((BOX[0], BOX[1] * 2), Image.Resampling.BOX)
    seen = shown(found)
    assert decoders.mean_error(small, seen) < 0.5
    assert decoders.mean_error(small, seen.transpose(Image.Transpose.FLIP_LEFT_RIGHT)) > 5


def test_a_part_of_a_row_of_placeholders_takes_the_rest_from_the_left() -> None:
    found = screen()
    found.feed((sent(7, picture()) + placed(7, short=True)).encode())
    found.feed(b"\x1b[6;9Hx")
    before = decoders.mean_error(picture(), shown(found))
    assert before < CLOSE + 1
    # A short row that lost its beginning starts at the first line and column again: not the picture.
    row = np.asarray(shown(found))[2 * CELL[1] : 3 * CELL[1], 5 * CELL[0] :]
    first = np.asarray(picture())[: CELL[1], : row.shape[1]]
    assert np.abs(row.astype(int) - first).mean() < CLOSE


def test_what_is_deleted_is_gone_and_placeholders_without_a_picture_are_blank() -> None:
    found = screen()
    found.feed((sent(7, picture()) + placed(7, short=True) + "\x1b_Ga=d,d=I,q=2,i=7\x1b\\").encode())
    assert found.pictures.deleted == [7]
    assert not np.asarray(shown(found)).any()


def test_another_number_shows_nothing_and_an_old_kitty_shows_garbage() -> None:
    stream = (sent(7, picture()) + placed(8, short=True)).encode()
    found, old = screen(), screen("kitty-old")
    for each in (found, old):
        each.feed(stream)
    assert not np.asarray(shown(found)).any()
    assert np.asarray(shown(old)).any()
    assert decoders.mean_error(picture(), shown(old)) > 30


def test_text_over_a_sixel_erases_its_cells_alone() -> None:
    found = screen("xterm")
    found.feed((painted(picture()) + "\x1b[6;9Hxyz").encode())
    pixels = np.asarray(shown(found))
    hole = pixels[2 * CELL[1] : 3 * CELL[1], 4 * CELL[0] : 7 * CELL[0]]
    assert not hole.any()
    assert pixels[3 * CELL[1] + 5, 4 * CELL[0] + 5].any()
    found.feed(b"\x1b[2J")
    assert not np.asarray(shown(found)).any()


def test_a_sixel_over_the_edge_is_a_fault() -> None:
    found = screen("xterm")
    found.feed(f"\x1b[12;5H{image_to_sixels(picture(), SixelOptions(colors=16))}".encode())
    assert found.faults


def test_what_kitty_would_stumble_over_is_a_fault() -> None:
    begun = sent(1, picture()).split("\x1b\\")[0] + "\x1b\\"
    for stream in (begun + sent(2, picture()), sent(1, picture(), pieces=5000)):
        found = screen()
        found.feed(stream.encode())
        assert found.pictures.faults
    found = screen()
    found.feed((begun + "\x1b_Ga=d,d=I,i=1,q=2\x1b\\" + sent(2, picture())).encode())
    assert not found.pictures.faults, "a deletion gives up what is half sent"
    assert found.pictures.sent == [2]


def test_leftovers_are_told() -> None:
    found = screen()
    found.feed(b"\x1b[?1049h\x1b[?1004h\x1b[?25l\x1b[>1u" + sent(7, picture()).encode())
    assert len(found.leftovers()) == 5
    found.feed(b"\x1b[?1049l\x1b[?1004l\x1b[?25h\x1b[<u\x1b_Ga=d,d=I,i=7\x1b\\")
    assert found.leftovers() == []


def test_the_screens_of_a_program_and_of_the_shell_are_two() -> None:
    found = screen()
    found.feed(b"$ darkroom\r\n\x1b[?1049h\x1b[Hprogram\x1b[?1049l$ ")
    assert found.lines()[:2] == ["$ darkroom", "$"]


ECHO = r"""
import os, sys, termios, tty
tty.setraw(0)
os.write(1, sys.argv[1].encode())
while (data := os.read(0, 4096)) != b"q":
    os.write(1, repr(data).encode() + b"\r\n")
"""


def echo(questions: str) -> list[str]:
    return [sys.executable, "-c", ECHO, questions]


def test_answers_come_late_split_and_in_their_order() -> None:
    questions = "\x1b[>0q\x1b_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\\x1b[16t\x1b[3;4H\x1b[6n\x1b[c"
    answers = "\x1bP>|kitty(0.41.1)\x1b\\\x1b_Gi=31;OK\x1b\\\x1b[6;20;10t\x1b[3;4R\x1b[?62;22c"
    with ScriptedTerminal(echo(questions), profile="kitty", latency_s=0.2, split=(3,)) as terminal:
        terminal.until(lambda: "62;22c" in terminal.all)
        asked = next(at for at, data in terminal.stream if b"[c" in data)
        assert terminal.stream[-1][0] - asked >= 0.2
        lines = terminal.all.rpartition("\x1b[c")[2].split()
        pieces = [eval(line) for line in lines]  # noqa: S307 - what repr wrote
        assert b"".join(pieces).decode() == answers
        assert len(pieces) > 5
        terminal.press("q")
        terminal.ends()


def test_a_mute_terminal_says_nothing() -> None:
    with ScriptedTerminal(echo("\x1b[>0q\x1b[c\x1b[6n."), profile="mute") as terminal:
        terminal.until(lambda: "." in terminal.all)
        terminal.press("a")
        terminal.until(lambda: "b'a'" in terminal.all)
        assert len(terminal.screen.queries) == 3
        assert "\\x1b" not in terminal.all


WRITER = r"""
import os, time
os.write(1, b"a" * 100_000 + b"\r\n")
os.write(1, b"written after %.2f s" % time.clock_gettime(time.CLOCK_PROCESS_CPUTIME_ID))
"""


@pytest.mark.parametrize("ssh", [False, True])
def test_a_line_carries_no_more_than_its_rate(ssh: bool) -> None:
    with ScriptedTerminal([sys.executable, "-c", WRITER], rate=200_000, ssh=ssh) as terminal:
        while terminal.process.poll() is None:
            terminal.step()
        ended = time.perf_counter()
        last = terminal.ends()
        first = terminal.stream[0][0]
        assert sum(len(data) for _, data in terminal.stream) > 100_000
        assert last - first > 0.45
        if ssh:
            assert ended - first < 0.8 * (last - first), "nothing that is written waits"
        else:
            assert ended - first > 0.1, "the program waits for the line"
