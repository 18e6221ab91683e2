"""What the program writes: no more than is needed, in the right order, and in a form that passes tmux."""

from __future__ import annotations

import re

from tests.terminal import decoders
from tests.terminal.scripted.placeholders import PLACEHOLDER
from tests.terminal.showing import flipped, place, program, until_shown, way


def test_sixels_are_drawn_again_only_when_they_were_painted_over() -> None:
    with program("sixel") as terminal:
        until_shown(terminal, decoders.harbour(), "sixel")
        terminal.rest(0.8)  # it is sharpened until then
        assert decoders.sixels(terminal.all)[-1].size == (42 * 10, 21 * 20), "whole cells"
        assert re.search(r"\x1b7\x1b\[1;30H\x1bP", terminal.all), "it is where its cells are"

        terminal.press("a", "b", "c")
        terminal.until(lambda: "c" in terminal.new)
        terminal.rest()
        assert not decoders.sixels(terminal.new), "typing elsewhere does not send it again"

        terminal.press("f4")
        until_shown(terminal, flipped(), "sixel")
        assert len(terminal.new.split("\x1bP")[0]) < 600, "nothing is blanked before it is replaced"
        terminal.rest(0.8)

        terminal.press("f2")
        terminal.until(lambda: "really?" in terminal.text())
        terminal.rest()
        assert way(terminal, place(terminal)) == "half", "below a dialog it is half blocks"
        assert not decoders.sixels(terminal.new)

        terminal.press("escape")
        until_shown(terminal, flipped(), "sixel")
        assert len(decoders.sixels(terminal.new)) <= 2, "once, and once more when it is sharpened"


def test_kitty_pictures_are_sent_once_and_shown_by_number() -> None:
    with program("kitty") as terminal:
        until_shown(terminal, decoders.harbour(), "kitty")
        terminal.rest(0.8)
        pictures = terminal.screen.pictures
        first = pictures.sent[-1]
        assert pictures.kept.keys() == {first}
        assert pictures.kept[first].cells == (42, 21)
        assert re.search(rf"\x1b\[38;5;{first}(;[0-9;]*)?m{PLACEHOLDER}", terminal.all), (
            "its colour is its number"
        )
        assert terminal.all.index("\x1b_Ga=T") < terminal.all.index(PLACEHOLDER), "sent before it is shown"

        terminal.press("a")
        terminal.until(lambda: "a" in terminal.new)
        terminal.rest()
        assert "\x1b_G" not in terminal.new

        terminal.press("f4")
        until_shown(terminal, flipped(), "kitty")
        terminal.until(lambda: first in pictures.deleted)
        deletion = terminal.new.index("a=d")
        assert PLACEHOLDER in terminal.new[:deletion], "the old one stays until the new one is shown"
        terminal.rest(0.8)

        terminal.press("f2")
        terminal.until(lambda: "really?" in terminal.text())
        terminal.rest()
        assert PLACEHOLDER not in terminal.new, "a tinted placeholder would name another picture"
        assert "\x1b_G" not in terminal.new, "the picture is kept for later"
        assert way(terminal, place(terminal)) == "half"
        terminal.press("escape")
        until_shown(terminal, flipped(), "kitty")


def test_kitty_pictures_are_wrapped_for_tmux() -> None:
    with program("plain", "kitty", environ={"TMUX": "socket,1,0"}) as terminal:
        terminal.until(lambda: PLACEHOLDER in terminal.all)
        outer = re.sub(r"\x1bPtmux;(?:[^\x1b]|\x1b\x1b)*\x1b\\", "", terminal.all)
        assert "_G" not in outer
        inner = decoders.kitty(decoders.unwrapped(terminal.all))
        assert inner.sent
        assert decoders.mean_error(inner.pictures[inner.sent[0]], decoders.harbour()) < 6


def test_without_true_colour_half_blocks_are_of_256_colours() -> None:
    with program("plain", "half", environ={"COLORTERM": None}) as terminal:
        terminal.until(lambda: "▀" in terminal.all)
        assert re.search(r"38;5;\d+;48;5;\d+m▀", terminal.all)
        assert "38;2;" not in terminal.all


def test_with_sixteen_colours_placeholders_would_lie_and_are_not_used() -> None:
    environ = {"COLORTERM": None, "TERM": "vt340"}
    with program("kitty", "kitty", environ=environ) as terminal:
        terminal.rest()
        assert way(terminal, place(terminal)) == "half"
        assert not terminal.screen.pictures.sent
