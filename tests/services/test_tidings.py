"""What is told of many ends, and in which words. The clock is driven by hand."""

from __future__ import annotations

import pytest

from darkroom.domain.generation import Reason, Status
from darkroom.services.tidings import Digest, Event, Left, Notice
from tests.services.notice_material import OUT_OF_MEMORY, HandClock, summary

WRONG = (Status.FAILED, Status.LOST)


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


def batch(clock: HandClock) -> Digest:
    return Digest(each=False, clock=clock)


def test_a_single_picture_is_told_with_its_prompt(clock: HandClock) -> None:
    digest = batch(clock)
    digest.began()
    clock.now = 12.0
    digest.ended(summary("a", Status.COMPLETE, prompt="a quiet harbour"))
    notice = digest.take(Left(0))
    assert notice is not None
    assert (notice.event, notice.title, notice.body) == (Event.DONE, "Picture ready", "a quiet harbour")
    assert (notice.waiting, notice.seconds) == (0, 12.0)
    assert digest.take(Left(0)) is None


@pytest.mark.parametrize("status", WRONG)
def test_what_went_wrong_is_told_at_once_with_its_reason(clock: HandClock, status: Status) -> None:
    digest = batch(clock)
    digest.ended(summary("a", Status.COMPLETE))
    assert digest.take(Left(5)) is None
    digest.ended(summary("b", status, prompt="a harbour", reason=OUT_OF_MEMORY))
    notice = digest.take(Left(4))
    assert notice is not None
    assert notice.event == str(status)
    assert notice.title == f"Generation {status}"
    assert notice.body == "The server ran out of memory (a harbour)"
    assert notice.seconds is None
    assert digest.take(Left(4)) is None


def test_several_failures_are_one_notice(clock: HandClock) -> None:
    digest = batch(clock)
    for name in "abc":
        digest.ended(summary(name, Status.FAILED, reason=OUT_OF_MEMORY))
    digest.ended(summary("d", Status.LOST, reason=Reason("The server forgot it")))
    notice = digest.take(Left(9))
    assert notice is not None
    assert notice.title == "3 failed, 1 lost"
    assert notice.body == "The server forgot it"


def test_an_empty_queue_is_told_with_all_that_ended_since_it_was_empty_last(clock: HandClock) -> None:
    digest = batch(clock)
    digest.began()
    for number in range(12):
        digest.ended(summary(str(number), Status.COMPLETE))
    digest.ended(summary("x", Status.FAILED, reason=OUT_OF_MEMORY))
    assert isinstance(digest.take(Left(3)), Notice)
    for name in "abc":
        digest.ended(summary(name, Status.COMPLETE))
    clock.now = 250.0
    notice = digest.take(Left(0))
    assert notice is not None
    assert (notice.event, notice.title) == (Event.EMPTY, "Queue empty")
    assert notice.body == "15 done, 1 failed in 4 min. The server ran out of memory"
    assert (notice.tally.done, notice.tally.failed, notice.seconds) == (15, 1, 250.0)


def test_the_next_round_begins_anew(clock: HandClock) -> None:
    digest = batch(clock)
    for name in "ab":
        digest.ended(summary(name, Status.COMPLETE))
    assert digest.take(Left(0)) is not None
    clock.now = 1000.0
    digest.began()
    clock.now = 1040.0
    for name in "cde":
        digest.ended(summary(name, Status.COMPLETE))
    notice = digest.take(Left(0))
    assert notice is not None
    assert notice.body == "3 done in 40 s"


def test_per_job_each_end_is_told(clock: HandClock) -> None:
    digest = Digest(each=True, clock=clock)
    digest.ended(summary("a", Status.COMPLETE, prompt="one"))
    first = digest.take(Left(3))
    digest.ended(summary("b", Status.COMPLETE, prompt="two"))
    digest.ended(summary("c", Status.COMPLETE, prompt="three"))
    second = digest.take(Left(1))
    digest.ended(summary("d", Status.COMPLETE, prompt="four"))
    third = digest.take(Left(0))
    assert first is not None
    assert second is not None
    assert third is not None
    assert (first.title, first.body) == ("Picture ready", "one")
    assert (second.title, second.body) == ("2 done", "three")
    assert (third.title, third.body) == ("Queue empty", "4 done in 0 s")


def test_cancelling_is_no_news_to_who_cancels(clock: HandClock) -> None:
    digest = batch(clock)
    for name in "ab":
        digest.ended(summary(name, Status.CANCELLED))
    assert digest.take(Left(0)) is None
    digest.ended(summary("c", Status.COMPLETE))
    digest.ended(summary("d", Status.CANCELLED))
    notice = digest.take(Left(0))
    assert notice is not None
    assert notice.title == "Picture ready"


def test_a_failure_that_was_told_is_not_told_again_as_the_last(clock: HandClock) -> None:
    digest = batch(clock)
    digest.ended(summary("a", Status.FAILED, reason=OUT_OF_MEMORY))
    assert digest.take(Left(1)) is not None
    digest.ended(summary("b", Status.CANCELLED))
    notice = digest.take(Left(0))
    assert notice is not None
    assert notice.event is Event.EMPTY


def test_work_of_others_alone_makes_an_empty_queue_and_no_more(clock: HandClock) -> None:
    digest = batch(clock)
    assert digest.take(Left(0)) is None
    assert digest.take(Left(3)) is None
    notice = digest.take(Left(0))
    assert notice is not None
    assert (notice.event, notice.body, notice.tally.total) == (Event.EMPTY, "", 0)


def test_who_leaves_tells_what_was_not_told(clock: HandClock) -> None:
    digest = batch(clock)
    digest.ended(summary("a", Status.COMPLETE))
    digest.ended(summary("b", Status.COMPLETE))
    assert digest.take(Left(7)) is None
    notice = digest.take(Left(7), parting=True)
    assert notice is not None
    assert (notice.title, notice.waiting) == ("2 done", 7)
    assert digest.take(Left(7), parting=True) is None


def test_a_queue_that_was_paused_is_not_called_empty(clock: HandClock) -> None:
    digest = batch(clock)
    digest.ended(summary("a", Status.COMPLETE))
    digest.ended(summary("b", Status.FAILED, reason=OUT_OF_MEMORY))
    assert digest.take(Left(27)) is not None, "the failure, before the queue is stopped for it"
    clock.now = 30.0
    notice = digest.take(Left(0, held=27))
    assert notice is not None
    assert (notice.event, notice.title, notice.waiting) == (Event.PAUSED, "Queue paused", 27)
    assert notice.body == "1 done, 1 failed in 30 s, 27 wait. The server ran out of memory"
    assert digest.take(Left(0, held=27)) is None
    assert digest.take(Left(27)) is None
    assert digest.take(Left(0, held=20)) is None, "who paused it knows"


def test_jobs_on_hold_keep_no_picture_from_being_told(clock: HandClock) -> None:
    digest = batch(clock)
    digest.ended(summary("a", Status.COMPLETE))
    notice = digest.take(Left(0, held=5))
    assert notice is not None
    assert (notice.title, notice.waiting) == ("Picture ready", 5)


@pytest.mark.parametrize(("seconds", "said"), [(99.4, "99 s"), (150, "2 min"), (7500, "2 h 5 min")])
def test_times_are_told_as_people_tell_them(clock: HandClock, seconds: float, said: str) -> None:
    digest = batch(clock)
    digest.began()
    clock.now = seconds
    for name in "ab":
        digest.ended(summary(name, Status.COMPLETE))
    notice = digest.take(Left(0))
    assert notice is not None
    assert notice.body == f"2 done in {said}"
