"""The terminal is asked while the program runs: pictures become better, and no answer becomes a key."""

from __future__ import annotations

import pytest

from tests.terminal import decoders
from tests.terminal.showing import field, place, program, until_shown, way

WAYS = {"kitty": "kitty", "sixel": "sixel", "xterm": "sixel", "kitty-old": "half", "plain": "half"}


@pytest.mark.parametrize("profile", ["xterm", "kitty-old", "plain"])
def test_pictures_are_drawn_as_the_terminal_says_it_can(profile: str) -> None:
    with program(profile) as terminal:
        until_shown(terminal, decoders.harbour(), WAYS[profile])
        terminal.rest()
        assert way(terminal, place(terminal)) == WAYS[profile]
        assert field(terminal) == ""
        assert terminal.screen.queries


@pytest.mark.parametrize("latency_s", [0.1, 0.3, 1.0])
def test_late_answers_cost_nothing_and_keys_between_them_are_kept(latency_s: float) -> None:
    with program("kitty", latency_s=latency_s) as terminal:
        shown = until_shown(terminal, decoders.harbour(), "half")
        for key in "harbour":  # no arrows: Textual lets a letter overtake them on a busy machine
            terminal.press(key)
            terminal.pump(latency_s / 7)
        drawn = until_shown(terminal, decoders.harbour(), "kitty")
        assert drawn - shown > latency_s / 2, "half blocks came first"
        terminal.rest()
        assert field(terminal) == "harbour"


# Not right behind the Escape: on a busy machine it may then be late enough to be the key.
@pytest.mark.parametrize(("profile", "split"), [("sixel", (5,)), ("kitty", tuple(range(5, 40)))])
def test_answers_in_pieces_are_answers(profile: str, split: tuple[int, ...]) -> None:
    with program(profile, latency_s=0.05, split=split) as terminal:
        for key in "quay":
            terminal.press(key)
            terminal.pump(0.04)
        terminal.until(lambda: way(terminal, place(terminal)) == WAYS[profile])
        terminal.rest()
        assert field(terminal) == "quay"


def test_a_mute_terminal_is_waited_for_by_nobody() -> None:
    with program("mute") as terminal:
        shown = until_shown(terminal, decoders.harbour(), "half")
        assert shown - terminal.started < 10
        terminal.press("q", "u", "a", "y")
        terminal.until(lambda: field(terminal) == "quay", timeout_s=5)
        terminal.press("f4")
        terminal.rest()
        assert way(terminal, place(terminal)) == "half"


def test_the_setting_has_the_last_word() -> None:
    with program("kitty", "none") as terminal:
        terminal.until(lambda: "not drawn" in terminal.text())
        terminal.rest()
        assert way(terminal, place(terminal)) == ""
        assert not terminal.screen.pictures.sent


def test_without_a_word_of_colours_over_ssh_kitty_still_shows_its_pictures() -> None:
    environ = {"COLORTERM": None, "KITTY_WINDOW_ID": None, "SSH_TTY": "/dev/pts/9"}
    with program("kitty", environ=environ) as terminal:
        until_shown(terminal, decoders.harbour(), "kitty")
