from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from darkroom.terminal.notify import notification
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


def test_an_unknown_terminal_is_told_nothing() -> None:
    assert notification("Complete", "", {"TERM": "xterm-256color"}) == ""


def test_inside_tmux_it_is_wrapped() -> None:
    plain = notification("Complete", "x", BRANDS["foot"])
    wrapped = notification("Complete", "x", BRANDS["foot"] | {"TMUX": "socket,1,0"})
    assert wrapped != plain
    assert unwrapped(wrapped) == plain


@given(st.text(), st.text(), st.sampled_from(sorted(BRANDS)))
def test_foreign_text_cannot_end_the_sequence(title: str, body: str, brand: str) -> None:
    sequence = notification("T" + title, body, BRANDS[brand])
    empty = notification("T", "", BRANDS[brand])
    for control in "\x1b\x07\n\x9c":
        assert sequence.count(control) == empty.count(control)


def test_a_title_cannot_add_a_field() -> None:
    assert notification("a;b", "c", BRANDS["foot"]) == "\x1b]777;notify;a,b;c\x1b\\"
