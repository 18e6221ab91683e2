"""Speed, remaining time and the bar that never goes back."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from darkroom.app.widgets.lines import Piece, bar, clip, fit, width
from darkroom.app.widgets.meter import (
    LEFT_COLUMNS,
    RATE_COLUMNS,
    STEP_COLUMNS,
    Meter,
    duration_text,
    left_text,
    rate_text,
    stage_text,
    step_text,
)
from darkroom.domain.events import Progress, Queued, Stage


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def sampled(steps: int, every_s: float, of: int = 20) -> tuple[Meter, Clock]:
    clock = Clock()
    meter = Meter(clock)
    for step in range(steps + 1):
        meter.see(Progress(Stage.SAMPLING, step / (of + 1), step, of))
        clock.now += every_s
    clock.now -= every_s
    return meter, clock


def test_speed_and_remaining_time_come_from_the_steps() -> None:
    meter, clock = sampled(14, 0.5)
    assert rate_text(meter).strip() == "2.0 it/s"
    assert meter.remaining_s() == pytest.approx(3.0)
    clock.now += 0.25
    assert meter.remaining_s() == pytest.approx(2.75)


def test_slow_steps_are_told_in_seconds_each() -> None:
    meter, _ = sampled(3, 2.5)
    assert rate_text(meter).strip() == "2.5 s/it"


def test_a_new_stage_begins_a_new_speed() -> None:
    meter, clock = sampled(20, 0.1)
    clock.now += 3
    meter.see(Progress(Stage.DECODING, 0.96))
    assert meter.rate is None
    assert stage_text(meter) == "decoding"


@given(st.lists(st.floats(0, 1, exclude_max=True) | st.none(), min_size=1, max_size=40))
def test_the_bar_never_goes_back(fractions: list[float | None]) -> None:
    clock = Clock()
    meter = Meter(clock)
    seen = []
    for fraction in fractions:
        clock.now += 0.2
        meter.see(Progress(Stage.SAMPLING, fraction))
        seen.append(meter.fraction or 0.0)
    assert all(before <= after for before, after in pairwise(seen))


@given(
    st.integers(0, 10_000),
    st.integers(1, 10_000),
    st.floats(0.001, 5_000),
)
def test_moving_numbers_keep_their_place(step: int, steps: int, every_s: float) -> None:
    meter, _ = sampled(3, every_s)
    meter.step, meter.steps = min(step, steps), steps
    for text, columns in (
        (step_text(meter), max(STEP_COLUMNS, len(f"{meter.step}/{steps}"))),
        (rate_text(meter), RATE_COLUMNS),
    ):
        assert len(text) == columns
    assert len(left_text(None)) == LEFT_COLUMNS


def test_a_queued_job_says_how_many_are_before_it() -> None:
    meter = Meter(Clock())
    meter.see(Queued(2))
    assert stage_text(meter) == "2 before it"


@pytest.mark.parametrize(
    ("seconds", "text"), [(6.24, "6.2 s"), (89.0, "89.0 s"), (125, "2:05"), (3725, "1:02:05")]
)
def test_durations_as_people_say_them(seconds: float, text: str) -> None:
    assert duration_text(seconds, exact=True) == text


@given(st.text(), st.text(), st.integers(0, 60))
def test_a_fitted_line_has_exactly_its_width(left: str, right: str, columns: int) -> None:
    printable = "".join(c for c in left if c.isprintable())
    other = "".join(c for c in right if c.isprintable())
    assert width(fit((Piece(printable),), (Piece(other),), columns)) == columns


@given(st.text(alphabet="ab港霧é"), st.integers(0, 30))
def test_clipped_text_is_never_wider(text: str, columns: int) -> None:
    assert width((Piece(clip(text, columns)),)) <= columns


@given(st.floats(0, 1) | st.none(), st.integers(0, 50))
def test_a_bar_has_its_width(fraction: float | None, columns: int) -> None:
    assert width(bar(fraction, columns)) == columns
