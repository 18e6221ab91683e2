"""What is seen in a terminal after all that can happen to a picture: the picture, and no ghost of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.terminal import decoders
from tests.terminal.showing import (
    CLOSE,
    SETTINGS,
    SIDE,
    Place,
    flipped,
    is_plain,
    place,
    program,
    until_shown,
)

if TYPE_CHECKING:
    from tests.terminal.scripted import ScriptedTerminal

each_way = pytest.mark.parametrize("drawn", SETTINGS)


def assert_no_other_passes(terminal: ScriptedTerminal) -> None:
    """The bound tells the picture that is seen from a blank, another one, and one shifted by a cell."""
    where = place(terminal)
    small = (where.columns, where.lines * 2)
    source = decoders.harbour(small)
    for shift in ((terminal.screen.cell_px[0], 0), (0, terminal.screen.cell_px[1])):
        for name, impostor in decoders.impostors(terminal.image(*where), shift).items():
            off = decoders.mean_error(source, impostor.resize(small))
            assert off > CLOSE * 1.2, f"{name} would have passed"


@each_way
def test_previews_follow_each_other_without_a_gap_and_the_last_picture_stays(drawn: str) -> None:
    with program(SETTINGS[drawn]) as terminal:
        until_shown(terminal, decoders.harbour(), drawn)
        where = place(terminal)
        terminal.press("f6")
        for _ in range(12):
            _until_next_frame(terminal)
            beside = np.asarray(terminal.image(SIDE, 0, 1, 1))[0, 0]
            lines = np.asarray(terminal.image(*where)).reshape(where.lines, -1, 3)
            assert (lines != beside).any(axis=(1, 2)).all(), "a line of the picture is blank"
        before = len(terminal.screen.pictures.sent)
        terminal.press("f4")
        until_shown(terminal, flipped(), drawn)
        kept = terminal.screen.pictures
        assert drawn != "kitty" or len(kept.kept) <= 4 < before, "frames are deleted as they are replaced"


def _until_next_frame(terminal: ScriptedTerminal) -> None:
    """Lets time pass until something else is seen, as a whole."""
    version = terminal.screen.version
    terminal.until(lambda: terminal.screen.version > version and terminal.screen.is_whole)
    terminal.rest(0.03)


@each_way
def test_dialogs_pages_and_scrolling_leave_no_ghost(drawn: str) -> None:
    harbour = decoders.harbour()
    with program(SETTINGS[drawn]) as terminal:
        until_shown(terminal, harbour, drawn)
        assert_no_other_passes(terminal)
        where = place(terminal)

        terminal.press("f2")
        terminal.until(lambda: "really?" in terminal.text())
        terminal.rest()
        assert is_plain(terminal, Place(30, 10, 20, 1)), "the dialog covers the picture"
        terminal.press("escape")
        until_shown(terminal, harbour, drawn)

        terminal.press("f3")
        terminal.until(lambda: "another page" in terminal.text())
        terminal.rest()
        assert is_plain(terminal, where)
        terminal.press("f3")
        until_shown(terminal, harbour, drawn)

        terminal.press("f7", "f7", "f7")
        cut = round(harbour.height * 3 / where.lines)
        below = harbour.crop((0, cut, harbour.width, harbour.height))
        until_shown(terminal, below, "", lambda _: where.moved(3))
        terminal.until(lambda: "line 2" in terminal.text())
        assert is_plain(terminal, Place(0, where.lines - 3, 80, 3))
        terminal.press("f5", "f5", "f5")
        until_shown(terminal, harbour, drawn)
        assert "line" not in terminal.text()


@each_way
def test_a_new_size_a_program_in_between_and_a_stop_are_survived(drawn: str) -> None:
    harbour = decoders.harbour()
    said = ("the screen is another's", "stopped", "$")
    with program(SETTINGS[drawn], "auto", *said) as terminal:
        until_shown(terminal, harbour, drawn)
        terminal.resize((64, 18))
        until_shown(terminal, harbour, drawn)
        terminal.resize((80, 24), (9, 18))
        until_shown(terminal, harbour, drawn)

        terminal.rest()
        terminal.press("f8")
        terminal.until(lambda: "another's" in terminal.new)
        until_shown(terminal, harbour, drawn)

        terminal.press("ctrl+z")
        terminal.until(lambda: "stopped" in terminal.text())
        terminal.rest(0.1)
        assert terminal.screen.leftovers() == []
        assert set(terminal.screen.pictures.sent) <= set(terminal.screen.pictures.deleted)
        terminal.press("enter")
        until_shown(terminal, harbour, drawn)
