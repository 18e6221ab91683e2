"""Small decisions of the commands: codes of several jobs, times in words, what keeps a worker."""

from __future__ import annotations

import pytest

from darkroom.cli.exitcodes import MEANINGS, OF_SEVERAL, ExitCode, worst
from darkroom.cli.progress import in_words
from darkroom.cli.working import is_alive
from darkroom.domain.queue import EVERYTHING, Count, Hold


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-1, "0 s"),
        (8.4, "8 s"),
        (89, "89 s"),
        (90, "2 min"),
        (5940, "99 min"),
        (6000, "1 h 40 min"),
        (7200, "2 h"),
        (3 * 86400, "3 days"),
    ],
)
def test_times_that_lie_ahead(seconds: float, words: str) -> None:
    assert in_words(seconds) == words


def test_no_jobs_are_no_failure() -> None:
    assert worst(()) is ExitCode.OK


def test_the_order_of_the_codes_is_told_as_it_is() -> None:
    told = [int(part) for part in OF_SEVERAL.replace(",", " ").split() if part.isdecimal()]
    assert told == [6, 3, 4, 1, 5, 0]
    assert {ExitCode(code) for code in told} <= MEANINGS.keys()


@pytest.mark.parametrize(
    ("count", "paused", "alive"),
    [
        (Count("box", "", Hold.NONE, 1), set(), True),
        (Count("box", "", Hold.PAUSED, 1), set(), False),
        (Count("box", "", Hold.BATCH, 1), set(), True),
        (Count("box", "", Hold.NONE, 1), {"box"}, False),
        (Count("box", "", Hold.NONE, 1), {EVERYTHING}, False),
        (Count("box", "box", Hold.NONE, 1), {EVERYTHING, "box"}, True),
        (Count("farm", "", Hold.NONE, 1), {"box"}, True),
        (Count("farm", "", Hold.NONE, 1), {"box", "tower"}, False),
        (Count("farm", "", Hold.NONE, 1), {"farm"}, False),
    ],
)
def test_what_keeps_a_worker(count: Count, paused: set[str], *, alive: bool) -> None:
    servers = ("box", "tower") if count.target == "farm" else (count.target,)
    assert is_alive(count, servers, paused) is alive
