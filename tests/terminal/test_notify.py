from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from darkroom.terminal.notify import Way, notification, way
from tests.terminal.decoders import unwrapped

BRANDS = {
    "kitty": {"TERM": "xterm-kitty"},
    "foot": {"TERM": "foot-extra"},
    "ghostty": {"TERM_PROGRAM": "ghostty"},
    "iterm": {"TERM_PROGRAM": "iTerm.app"},
}


@pytest.mark.parametrize(
    ("brand", "start"),
    [("kitty", "\x1b]99;"), ("foot", "\x1b]777;notify;"), ("ghostty", "\x1b]777;"), ("iterm", "\x1b]9;")],
)
def test_each_terminal_is_told_its_own_way(brand: str, start: str) -> None:
    sequence = notification("Complete", "a quiet harbour", BRANDS[brand])
    assert sequence.startswith(start)
    assert "Complete" in sequence
    assert "a quiet harbour" in sequence


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"TERM": "xterm-256color", "KITTY_WINDOW_ID": "1"}, Way.KITTY),
        ({"TERM": "xterm-ghostty"}, Way.NOTIFY),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "WezTerm"}, Way.NOTIFY),
        ({"TERM": "rxvt-unicode-256color"}, Way.NOTIFY),
        ({"TERM": "xterm-256color", "WT_SESSION": "guid"}, Way.NOTIFY),
        ({"TERM": "xterm-256color", "LC_TERMINAL": "iTerm2"}, Way.MESSAGE),
        ({"TERM": "xterm-256color", "SSH_TTY": "/dev/pts/1"}, Way.MESSAGE),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "Apple_Terminal"}, Way.NONE),
        ({"TERM": "xterm-kitty", "STY": "1.pts"}, Way.NONE),
        ({"TERM": "linux"}, Way.NONE),
        ({"TERM": "dumb"}, Way.NONE),
        ({}, Way.NONE),
    ],
)
def test_terminals_are_known_by_what_they_and_ssh_leave_in_the_environment(
    environ: dict[str, str], expected: Way
) -> None:
    assert way(environ) is expected
    assert (notification("Complete", "", environ) == "") is (expected is Way.NONE)


def test_who_prints_what_it_does_not_understand_is_sent_nothing() -> None:
    assert notification("Complete", "a harbour", {"TERM": "linux"}) == ""


@pytest.mark.parametrize(
    ("client", "expected"),
    [
        ("xterm-kitty kitty(0.41.1)", Way.KITTY),
        ("foot foot(1.21.0)", Way.NOTIFY),
        ("xterm-256color Konsole 250401", Way.MESSAGE),
        ("xterm XTerm(398)", Way.MESSAGE),
        ("xterm-256color iTerm2 3.5.0", Way.MESSAGE),
        ("linux", Way.NONE),
        ("", Way.KITTY),
    ],
)
def test_inside_tmux_the_terminal_before_it_counts_not_who_started_it(client: str, expected: Way) -> None:
    environ = {"TERM": "tmux-256color", "TERM_PROGRAM": "tmux", "TMUX": "socket,1,0", "KITTY_WINDOW_ID": "1"}
    assert way(environ, client) is expected


def test_a_message_is_no_command_of_conemu() -> None:
    """There, `9;4;1;50` moves a progress bar."""
    sequence = notification("4;1;50", "x", BRANDS["iterm"])
    assert sequence == "\x1b]9;Darkroom: 4,1,50: x\x1b\\"


@pytest.mark.parametrize("brand", sorted(BRANDS))
def test_a_prompt_is_no_markup(brand: str) -> None:
    sequence = notification("Complete", "<a href='x'>1</a> & <lora:x:1>", BRANDS[brand])
    assert not set("<>&") & set(sequence)


def test_inside_tmux_it_is_wrapped() -> None:
    plain = notification("Complete", "x", BRANDS["foot"])
    wrapped = notification("Complete", "x", BRANDS["foot"] | {"TMUX": "socket,1,0"})
    assert wrapped != plain
    assert unwrapped(wrapped) == plain


def test_each_sequence_is_wrapped_by_itself() -> None:
    wrapped = notification("Complete", "x", BRANDS["kitty"] | {"TMUX": "socket,1,0"})
    assert wrapped.count("\x1bPtmux;") == 2
    assert unwrapped(wrapped) == notification("Complete", "x", BRANDS["kitty"])


@given(st.text(), st.text(), st.sampled_from(sorted(BRANDS)))
def test_foreign_text_cannot_end_the_sequence(title: str, body: str, brand: str) -> None:
    sequence = notification("T" + title, body, BRANDS[brand])
    empty = notification("T", "", BRANDS[brand])
    for control in "\x1b\x07\n\x9c;":
        assert sequence.count(control) == empty.count(control)


def test_a_title_cannot_add_a_field() -> None:
    assert notification("a;b", "c", BRANDS["foot"]) == "\x1b]777;notify;a,b;c\x1b\\"
