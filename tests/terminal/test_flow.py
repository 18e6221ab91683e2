"""The flow of data on a line that is played: its rate is found, it is kept busy, and text waits little."""

from __future__ import annotations

from collections import deque
from functools import partial

import pytest

from darkroom.terminal.flow import FIRST_RATE, LOST_S, PIECE, SMALLEST_WINDOW, WINDOW_S, Flow


class Line:
    """A line that carries `rate` bytes a second after everything before, and answers on the way back.

    `wait` is where the program would wait; time passes there alone.
    """

    def __init__(self, rate: float, trip_s: float) -> None:
        self.now = 0.0
        self.flow = Flow(lambda: self.now)
        self._rate, self._trip_s = rate, trip_s
        self._free_at = 0.0
        self._answers: deque[float] = deque()
        self.busy_s = 0.0

    def write(self, count: int) -> float:
        """Writes and asks for an answer; when the terminal will have read it."""
        self.flow.wrote(count)
        self.flow.marked()
        begins = max(self._free_at, self.now + self._trip_s / 2)
        self._free_at = begins + count / self._rate
        self.busy_s += count / self._rate
        self._answers.append(self._free_at + self._trip_s / 2)
        return self._free_at

    def wait(self) -> None:
        """Until the next answer."""
        self.now = max(self.now, self._answers.popleft())
        self.flow.answered()

    def stream(self, seconds: float) -> list[float]:
        """Sends pieces as long as there is room; how long text written behind each would have waited."""
        waits = []
        end = self.now + seconds
        while self.now < end:
            while self.flow.has_room():
                read_at = self.write(PIECE)
                waits.append(read_at - self.now)
            self.wait()
        return waits


LINES = pytest.mark.parametrize(
    ("rate", "trip_s"),
    [(12_500, 0.05), (125_000, 0.0), (125_000, 0.02), (125_000, 0.2), (1_250_000, 0.02), (1_250_000, 0.1)],
)


@LINES
def test_the_rate_of_a_line_is_found(rate: float, trip_s: float) -> None:
    line = Line(rate, trip_s)
    line.write(10)
    line.wait()
    line.stream(4)
    assert 0.5 * rate < line.flow.rate < 2 * rate


@LINES
def test_a_line_is_kept_busy_but_text_does_not_wait(rate: float, trip_s: float) -> None:
    line = Line(rate, trip_s)
    line.write(10)
    line.wait()
    line.stream(4)
    before, begun = line.busy_s, line.now
    waits = line.stream(4)
    assert (line.busy_s - before) / (line.now - begun) > 0.6
    unavoidable = trip_s / 2 + (SMALLEST_WINDOW + PIECE) / rate
    assert max(waits) < unavoidable + 2.2 * (WINDOW_S + trip_s)


def test_before_anything_was_answered_little_is_written() -> None:
    line = Line(125_000, 0.1)
    assert line.flow.rate == FIRST_RATE
    while line.flow.has_room():
        line.write(PIECE)
    assert line.flow.on_the_way <= SMALLEST_WINDOW + PIECE


def test_a_short_message_says_nothing_of_the_rate_but_all_of_the_way() -> None:
    line = Line(125_000, 0.3)
    line.write(100)
    line.wait()
    assert line.flow.rate == FIRST_RATE
    assert line.flow.trip_s == pytest.approx(0.3, abs=0.01)


def test_an_answer_that_nobody_asked_for_is_ignored() -> None:
    flow = Flow(lambda: 0.0)
    flow.answered()
    assert (flow.marks, flow.arrived) == (0, 0)


def test_answers_that_never_come_are_given_up_and_who_waits_is_told() -> None:
    line = Line(125_000, 0.0)
    told = []
    while line.flow.has_room():
        line.flow.wrote(PIECE)
        line.flow.marked(lambda: told.append(line.now))
    line.now = LOST_S
    assert not line.flow.has_room()
    assert not told
    line.now = LOST_S + 0.1
    assert line.flow.has_room()
    assert line.flow.on_the_way == 0
    assert len(told) >= 2


def test_each_answer_tells_who_waits_for_it_in_turn() -> None:
    flow = Flow(lambda: 0.0)
    told: list[str] = []
    for name in ("first", "second"):
        flow.wrote(10)
        flow.marked(partial(told.append, name))
    flow.answered()
    assert told == ["first"]
    flow.answered()
    assert told == ["first", "second"]
