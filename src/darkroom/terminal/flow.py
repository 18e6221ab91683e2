"""How much may be on its way to the terminal, and how fast the line is.

A write returns long before the terminal has the data: over SSH at once, however slow the line. Only an
answer shows what has arrived. So marks are written between the data (a cursor position is asked for), and
each answer says that all before its mark was read. From this comes the rate of the line, and how much more
may be written before the next answer: enough to keep the line busy, so little that a key's text waits for a
moment only.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

PIECE = 4096
"""Bytes of a picture that are written at a time; text goes between pieces."""

WINDOW_S = 0.06
"""So much of the line's time may be filled with what was not answered, beyond the way there and back."""

SMALLEST_WINDOW = 2 * PIECE
LARGEST_WINDOW = 1 << 20

FIRST_RATE = 30_000.0
"""Bytes a second until something was measured: a slow line, so that the first picture delays nothing."""

SAMPLES = 12
"""Rates that are remembered; the upper quartile counts: what waits for the program looks like a slow line."""

LEAST_SAMPLE = 1500
"""Fewer bytes say nothing of the rate, but of the way there and back."""

IDLE_S = 0.05
"""Few bytes that were written longer ago are not counted with what comes now."""

LOST_S = 5.0
"""A mark that was not answered for so long, while nothing else was, is given up: the window opens again."""


@dataclass(slots=True)
class _Segment:
    """What is written between two marks: since when, after how many bytes, of which so many had arrived."""

    began_at: float
    before: int
    arrived: int


@dataclass(slots=True)
class _Mark:
    total: int
    sent_at: float
    segment: _Segment
    then: Callable[[], None] | None


class Flow:
    """Counts what was written and what has arrived. Not for several threads without a lock."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """`clock` gives seconds that never go back."""
        self._clock = clock
        self._marks: deque[_Mark] = deque()
        self._rates: deque[float] = deque(maxlen=SAMPLES)
        self._trip_s: float | None = None
        self._heard_at = clock()
        self._segment: _Segment | None = None
        self.written = 0
        """Bytes written so far."""
        self.arrived = 0
        """Of these, how many the terminal has surely read."""

    def wrote(self, count: int) -> None:
        """So many bytes are written now."""
        now, segment = self._clock(), self._segment
        if segment is None or self._is_over(segment, now):
            # Of some letters long ago nobody asked whether they arrived: by now they have.
            arrived = self.arrived if segment is None else self.written
            self._segment = _Segment(now, self.written, arrived)
        self.written += count

    def _is_over(self, segment: _Segment, now: float) -> bool:
        is_small = self.written - segment.before < LEAST_SAMPLE
        return is_small and not self._marks and now - segment.began_at > IDLE_S

    def marked(self, then: Callable[[], None] | None = None) -> None:
        """An answer was asked for, after all that was written; calls `then` when it came or is given up."""
        now = self._clock()
        segment = self._segment or _Segment(now, self.written, self.arrived)
        self._segment = None
        self._marks.append(_Mark(self.written, now, segment, then))

    def answered(self) -> None:
        """The oldest mark was answered."""
        if not self._marks:
            return
        mark, now = self._marks.popleft(), self._clock()
        segment = mark.segment
        # A write may keep the writer waiting: what counts is since when the line had these bytes to carry.
        count, took = mark.total - segment.arrived, now - segment.began_at
        if count < LEAST_SAMPLE:
            self._trip_s = took if self._trip_s is None else min(self._trip_s, took)
        elif mark.total - segment.before >= LEAST_SAMPLE:
            self._rates.append(count / max(took - 0.8 * self.trip_s, 0.2 * took, 0.0005))
        self.arrived, self._heard_at = max(self.arrived, mark.total), now
        if mark.then is not None:
            mark.then()

    @property
    def marks(self) -> int:
        """Answers that are waited for."""
        return len(self._marks)

    @property
    def trip_s(self) -> float:
        """Seconds to the terminal and back, without the data; 0 before that was measured."""
        return self._trip_s or 0.0

    @property
    def rate(self) -> float:
        """Bytes a second that the line carries; a low guess before it was measured."""
        if not self._rates:
            return FIRST_RATE
        return sorted(self._rates)[len(self._rates) * 3 // 4]

    @property
    def on_the_way(self) -> int:
        """Bytes that were written and of which nobody knows whether they arrived."""
        return self.written - self.arrived

    @property
    def window(self) -> int:
        """Bytes that may be on their way."""
        wanted = self.rate * (WINDOW_S + self.trip_s)
        return int(min(max(wanted, SMALLEST_WINDOW), LARGEST_WINDOW))

    def has_room(self) -> bool:
        """Whether another piece may be written now."""
        self.look()
        return self.on_the_way < self.window

    def look(self) -> None:
        """Gives up marks that were not answered for too long."""
        if self._marks and self._clock() - max(self._marks[0].sent_at, self._heard_at) > LOST_S:
            self.give_up()

    def give_up(self) -> None:
        """Waits for no answer any more: the terminal was changed, or lost them."""
        marks, self._marks = self._marks, deque()
        self.arrived, self._heard_at = self.written, self._clock()
        for mark in marks:
            if mark.then is not None:
                mark.then()
