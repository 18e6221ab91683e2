"""Frames wait for a pause in typing, but not for ever."""

from __future__ import annotations

import pytest

from darkroom.app.pacing import LONGEST_S, NEWS_EVERY_S, REST_S, TYPING_NEWS_EVERY_S, Pacing


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_nobody_types_nothing_waits() -> None:
    assert Pacing(Clock()).wait_s() == 0


def test_eight_frames_a_second_are_enough() -> None:
    clock = Clock()
    pacing = Pacing(clock)
    drawn = 0
    for _ in range(1000):
        clock.now += 0.01
        if pacing.wait_s() == 0:
            pacing.drawn()
            drawn += 1
    assert 75 <= drawn <= 85


def test_a_frame_waits_until_typing_rests() -> None:
    clock = Clock()
    pacing = Pacing(clock)
    pacing.drawn()
    pacing.typed()
    assert pacing.wait_s() == pytest.approx(REST_S)
    clock.now += REST_S
    assert pacing.wait_s() == 0


def test_who_types_without_a_pause_still_sees_a_frame_now_and_then() -> None:
    clock = Clock()
    pacing = Pacing(clock)
    pacing.drawn()
    drawn = 0
    for _ in range(100):
        clock.now += 0.1
        pacing.typed()
        if pacing.wait_s() == 0:
            pacing.drawn()
            drawn += 1
    assert drawn == int(100 * 0.1 / LONGEST_S)


def test_numbers_move_slowly_while_somebody_types() -> None:
    clock = Clock()
    pacing = Pacing(clock)
    assert not pacing.typing
    assert pacing.news_every_s() == NEWS_EVERY_S
    pacing.typed()
    assert pacing.typing
    assert pacing.news_every_s() == TYPING_NEWS_EVERY_S
    clock.now += REST_S
    assert pacing.news_every_s() == NEWS_EVERY_S
