"""Whether the person is there."""

from __future__ import annotations

from darkroom.services.attention import IDLE_S, Attention
from tests.services.notice_material import HandClock


def test_who_has_not_touched_a_key_for_long_is_away() -> None:
    clock = HandClock()
    attention = Attention(clock)
    assert not attention.away()
    clock.forward(IDLE_S - 1)
    assert not attention.away()
    clock.forward(1)
    assert attention.away()
    attention.seen()
    assert not attention.away()


def test_a_terminal_that_lost_the_focus_is_looked_away_from() -> None:
    attention = Attention(HandClock())
    attention.focus(False)
    assert attention.away()
    attention.focus(True)
    assert not attention.away()
    attention.focus(False)
    attention.seen()
    assert not attention.away()
