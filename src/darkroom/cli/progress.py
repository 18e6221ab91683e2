"""Progress on stderr: a bar on a terminal, a line now and then in a pipe, nothing when asked for quiet."""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING, Protocol, TextIO

from darkroom.domain.events import Progress, Queued
from darkroom.domain.text import excerpt, plural

if TYPE_CHECKING:
    from collections.abc import Callable

BAR_COLUMNS = 24
"""Width of the bar where there is room; a quarter of a narrower terminal."""

_REDRAW_S = 0.1


class Meter(Protocol):
    """Shows where a generation stands."""

    def show(self, event: Queued | Progress) -> None:
        """Shows what is known now."""
        ...

    def close(self) -> None:
        """Leaves the terminal as it was found."""
        ...


class Silent:
    """Shows nothing."""

    def show(self, event: Queued | Progress) -> None:
        """Nothing."""

    def close(self) -> None:
        """Nothing."""


class Lines:
    """A line when the stage changes and at each quarter: enough for a log, and not too much."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._last: tuple[str, int] | None = None

    def show(self, event: Queued | Progress) -> None:
        """Writes a line, when there is news."""
        if isinstance(event, Queued):
            news = (f"queued {event.ahead}", 0)
        else:
            news = (str(event.stage), int((event.fraction or 0) * 4))
        if news != self._last:
            self._last = news
            self._stream.write(describe(event) + "\n")
            self._stream.flush()

    def close(self) -> None:
        """Nothing: lines stay."""


class Bar:
    """One line that is painted over, gone at the end."""

    def __init__(self, stream: TextIO, columns: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream
        self._columns = columns
        self._clock = clock
        self._painted_at = -_REDRAW_S
        self._pace = Pace()

    def show(self, event: Queued | Progress) -> None:
        """Paints the line, at most ten times a second; a stage's last step is always painted."""
        now = self._clock()
        pace = self._pace.note(event, now)
        is_last = isinstance(event, Progress) and event.step is not None and event.step == event.steps
        if now - self._painted_at < _REDRAW_S and not is_last:
            return
        self._painted_at = now
        text = f"{bar(event, min(BAR_COLUMNS, self._columns // 4))} {describe(event)}{pace}"
        self._stream.write("\r\x1b[K" + text[: self._columns - 1])
        self._stream.flush()

    def close(self) -> None:
        """Wipes the line."""
        self._stream.write("\r\x1b[K")
        self._stream.flush()


class Pace:
    """Steps a second, and seconds left, measured over the steps of one stage."""

    def __init__(self) -> None:
        self._start: tuple[str, int, float] | None = None

    def note(self, event: Queued | Progress, now: float) -> str:
        """The pace as text with a leading space, or "" while it is not known."""
        if not isinstance(event, Progress) or event.step is None or not event.steps:
            return ""
        key = f"{event.stage} {event.label} {event.steps}"
        if self._start is None or self._start[0] != key or event.step < self._start[1]:
            self._start = (key, event.step, now)
        steps, seconds = event.step - self._start[1], now - self._start[2]
        if steps < 1 or seconds <= 0:
            return ""
        rate = steps / seconds
        speed = f"{rate:.1f} it/s" if rate >= 1 else f"{1 / rate:.1f} s/it"
        return f"  {speed}  {(event.steps - event.step) / rate:.0f} s left"


def describe(event: Queued | Progress) -> str:
    """An event in a few words: "sampling 9/20", "queued, 2 before it"."""
    if isinstance(event, Queued):
        if not event.ahead:
            return "queued" if event.ahead is None else "queued, next"
        return f"queued, {plural(event.ahead, 'job')} before it"
    steps = f" {event.step}/{event.steps}" if event.step is not None and event.steps else ""
    label = f" ({excerpt(event.label, 30)})" if event.label and event.stage == "working" else ""
    return f"{event.stage}{steps}{label}"


def in_words(seconds: float) -> str:
    """A time that lies ahead, about as exact as it can be known: "8 s", "12 min", "3 h 20 min"."""
    if seconds < 90:
        return f"{max(seconds, 0):.0f} s"
    minutes = round(seconds / 60)
    if minutes < 100:
        return f"{minutes} min"
    hours, minutes = divmod(round(minutes / 5) * 5, 60)
    if hours < 48:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    return f"{round(hours / 24)} days"


def bar(event: Queued | Progress, width: int = BAR_COLUMNS) -> str:
    """The bar, `width` columns within its brackets; in ASCII, so that every font and locale has it."""
    fraction = event.fraction if isinstance(event, Progress) else None
    if fraction is None:
        return f"[{'':{width}}]     "
    full = int(fraction * width)
    return f"[{'=' * full + '>':<{width}.{width}}] {int(fraction * 100):3}%"


def meter(*, quiet: bool) -> Meter:
    """The meter that fits stderr."""
    if quiet:
        return Silent()
    if not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        return Lines(sys.stderr)
    try:
        columns = os.get_terminal_size(sys.stderr.fileno()).columns
    except OSError:
        columns = 0
    return Bar(sys.stderr, columns or 80)
