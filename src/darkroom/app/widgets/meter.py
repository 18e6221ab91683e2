"""How far a run is: step, smoothed speed, remaining time, and a fraction that never falls."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from darkroom.app.widgets.lines import Line
    from darkroom.domain.events import Progress, Queued, Stage

from darkroom.app.widgets.lines import Piece

SMOOTHING = 0.3
"""Weight of the newest step in the speed; the rest is the past."""


class Meter:
    """Follows one run.

    Attributes:
        ahead: Jobs before it in the queue, `None` when unknown or when it runs.
        stage: What the server does; `None` while it waits.
        fraction: Of the whole run, never falling; `None` when unknown.
        step: Steps done in this stage, `None` when it does not count.
        steps: Steps of this stage.
        rate: Steps a second, smoothed; `None` before the second step.
        cancelling: It was asked to stop.
        waits: Why it waits with us; "" when it does not, or that is not known.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        """`clock` gives seconds that never go back, as `time.monotonic` does."""
        self._clock = clock
        self.ahead: int | None = None
        self.stage: Stage | None = None
        self.fraction: float | None = None
        self.step: int | None = None
        self.steps: int | None = None
        self.rate: float | None = None
        self.cancelling = False
        self.waits = ""
        self._started = self._stepped = clock()

    def see(self, event: Queued | Progress) -> None:
        """Takes in what the server told."""
        # Nothing is told before the first frame.
        from darkroom.domain.events import Queued

        self.waits = ""
        if isinstance(event, Queued):
            self.ahead = event.ahead
            return
        if self.stage is None:
            self._started = self._stepped = self._clock()
        self.ahead = None
        if event.fraction is not None:
            self.fraction = max(self.fraction or 0.0, event.fraction)
        self._count(event)
        self.stage = event.stage

    def _count(self, event: Progress) -> None:
        now = self._clock()
        same = event.stage is self.stage and event.steps == self.steps
        if not same or event.step is None or self.step is None or event.step < self.step:
            self.rate, self._stepped = None, now
        elif event.step > self.step and now > self._stepped:
            speed = (event.step - self.step) / (now - self._stepped)
            self.rate = speed if self.rate is None else self.rate + SMOOTHING * (speed - self.rate)
            self._stepped = now
        self.step, self.steps = event.step, event.steps

    def remaining_s(self) -> float | None:
        """Seconds until the end as far as one can tell; of this stage while it counts steps."""
        now = self._clock()
        if self.rate and self.step is not None and self.steps:
            return max((self.steps - self.step) / self.rate - (now - self._stepped), 0.0)
        if self.fraction and now > self._started:
            return (now - self._started) * (1 - self.fraction) / self.fraction
        return None


STEP_COLUMNS, RATE_COLUMNS, LEFT_COLUMNS = 9, 10, 7


def step_text(meter: Meter | None) -> str:
    """“14/20”, right-aligned in a fixed width; blank where nothing counts."""
    if meter is None or meter.step is None or not meter.steps:
        return " " * STEP_COLUMNS
    return f"{meter.step}/{meter.steps}".rjust(STEP_COLUMNS)


def rate_text(meter: Meter | None) -> str:
    """“3.1 it/s”, or "2.4 s/it" for slow ones, in a fixed width."""
    if meter is None or not meter.rate:
        return " " * RATE_COLUMNS
    fast = meter.rate >= 1
    number = min(meter.rate if fast else 1 / meter.rate, 999.0)
    return f"{number:.{1 if number < 100 else 0}f} {'it/s' if fast else 's/it'}".rjust(RATE_COLUMNS)


def left_text(meter: Meter | None) -> str:
    """“12 s” or "2:05", the time left, in a fixed width."""
    seconds = meter.remaining_s() if meter is not None else None
    if seconds is None:
        return " " * LEFT_COLUMNS
    return duration_text(seconds).rjust(LEFT_COLUMNS)


def duration_text(seconds: float, *, exact: bool = False) -> str:
    """“6 s” ("6.2 s" when `exact`), "2:05" above a minute and a half, "1:02:05" above an hour."""
    if seconds < 90:
        return f"{seconds:.1f} s" if exact else f"{seconds:.0f} s"
    minutes, left = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"


def stage_text(meter: Meter | None) -> str:
    """What goes on, in a word or two: "sampling", "2 before it", "sent"."""
    if meter is None:
        return "sending"
    if meter.cancelling:
        return "cancelling"
    if meter.stage is None and meter.waits:
        return "waiting"
    if meter.stage is None:
        return f"{meter.ahead} before it" if meter.ahead else "queued"
    return str(meter.stage)


def waiting_text(meter: Meter | None) -> str:
    """The same where there is room: why it waits, as long as it waits with us."""
    if meter is not None and meter.waits and meter.stage is None and not meter.cancelling:
        return meter.waits
    return stage_text(meter)


def numbers(meter: Meter | None) -> Line:
    """Step, speed and time left, each in its fixed place."""
    return (
        Piece(step_text(meter), "strong"),
        Piece(rate_text(meter), "quiet"),
        Piece(left_text(meter), "text"),
    )
