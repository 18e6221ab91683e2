"""How progress is written, on a terminal and in a pipe."""

from __future__ import annotations

import io

from darkroom.cli.progress import BAR_COLUMNS, Bar, Lines, bar, describe
from darkroom.domain.events import Progress, Queued, Stage


def sampling(step: int, fraction: float | None = None) -> Progress:
    return Progress(Stage.SAMPLING, fraction if fraction is not None else step / 21, step, 20)


def test_lines_tell_stages_and_quarters_only() -> None:
    stream = io.StringIO()
    meter = Lines(stream)
    events: list[Queued | Progress] = [Queued(2), Queued(2), Queued(1), Progress(Stage.LOADING)]
    for event in [*events, *map(sampling, range(1, 21))]:
        meter.show(event)
    assert stream.getvalue().splitlines() == [
        "queued, 2 jobs before it",
        "queued, 1 job before it",
        "loading",
        "sampling 1/20",
        "sampling 6/20",
        "sampling 11/20",
        "sampling 16/20",
    ]


def test_the_bar_is_painted_over_fits_and_goes() -> None:
    stream = io.StringIO()
    times = iter([0.0, 0.01, 0.2, 0.4])
    meter = Bar(stream, 50, clock=lambda: next(times))
    for step in (1, 2, 3, 20):
        meter.show(sampling(step))
    meter.close()
    painted = stream.getvalue().split("\r\x1b[K")[1:]
    assert len(painted) == 4, "one of them came too soon after another"
    assert all(len(line) < 50 for line in painted)
    assert "sampling 3/20" in painted[1]
    assert "10.0 it/s" in painted[1]
    assert painted[-1] == ""
    assert "\n" not in stream.getvalue()


def test_the_bar_shows_the_fraction_and_admits_not_to_know_it() -> None:
    assert bar(sampling(10, 0.5)).count("=") == BAR_COLUMNS // 2
    assert " 50%" in bar(sampling(10, 0.5))
    assert "%" not in bar(Progress(Stage.WORKING))
    assert len(bar(sampling(20, 0.999))) == len(bar(Queued(1)))


def test_labels_from_servers_stay_data() -> None:
    assert describe(Progress(Stage.WORKING, label="\x1b[31mevil")) == "working (\ufffd[31mevil)"
