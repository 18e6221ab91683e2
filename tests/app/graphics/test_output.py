"""What is written when: text before pictures, pictures in pieces, and no more than the line can take."""

from __future__ import annotations

import threading
import time
from queue import Empty, Queue
from typing import TYPE_CHECKING

import pytest

from darkroom.app.graphics.output import ASK_POSITION, STRING_END, Answers, Job, Output
from darkroom.terminal.flow import FIRST_RATE, PIECE, SMALLEST_WINDOW

if TYPE_CHECKING:
    from collections.abc import Iterator

WAIT_S = 5.0


class Tape:
    """A terminal that keeps what it gets, and takes nothing while it is held."""

    def __init__(self) -> None:
        self.got: Queue[str] = Queue()
        self.open = threading.Event()
        self.open.set()

    def write(self, text: str) -> int:
        assert self.open.wait(WAIT_S)
        self.got.put(text)
        return len(text)

    def flush(self) -> None:
        """Nothing is kept back."""

    def next(self) -> str:
        return self.got.get(timeout=WAIT_S)

    def until(self, end: str) -> str:
        """All that comes, until it ends so."""
        seen = ""
        while not seen.endswith(end):
            seen += self.next()
        return seen

    def is_quiet(self) -> bool:
        try:
            self.got.get(timeout=0.1)
        except Empty:
            return True
        return False


class Told:
    """What became of a job."""

    def __init__(self) -> None:
        self._heard: Queue[bool] = Queue()

    def __call__(self, written: bool) -> None:
        self._heard.put(written)

    def written(self) -> bool:
        return self._heard.get(timeout=WAIT_S)


def job(name: str, count: int = 1, *, told: Told | None = None, whole: bool = False, size: int = 0) -> Job:
    pieces = [f"<{name}{n}>".ljust(size, ".") for n in range(count)]
    return Job(pieces, Told() if told is None else told, whole=whole, broken=STRING_END, answered=True)


@pytest.fixture
def tape() -> Tape:
    return Tape()


def running(tape: Tape, answers: Answers) -> Iterator[Output]:
    output = Output(tape, answers)  # type: ignore[arg-type]
    output.start()
    yield output
    tape.open.set()
    output.stop()


@pytest.fixture
def mute(tape: Tape) -> Iterator[Output]:
    yield from running(tape, Answers.NONE)


@pytest.fixture
def answering(tape: Tape) -> Iterator[Output]:
    yield from running(tape, Answers.POSITION)


@pytest.fixture
def wrapped(tape: Tape) -> Iterator[Output]:
    yield from running(tape, Answers.PICTURE)


def test_text_overtakes_a_picture_between_two_pieces(tape: Tape, mute: Output) -> None:
    tape.open.clear()
    told = Told()
    mute.submit(job("p", 3, told=told))
    mute.write("text")
    tape.open.set()
    seen = tape.until("<p2>")
    assert seen.index("text") < seen.index("<p2>")
    assert seen.replace("text", "") == "<p0><p1><p2>"
    assert told.written()


def test_nothing_comes_between_the_pieces_of_a_whole_picture(tape: Tape, mute: Output) -> None:
    tape.open.clear()
    mute.submit(job("s", 40, whole=True))
    mute.write("text")
    tape.open.set()
    seen = tape.until("<s39>")
    mute.write("end")
    seen += tape.until("end")
    assert "<s0>" + "".join(f"<s{n}>" for n in range(1, 40)) in seen
    assert seen.count("text") == 1


def test_no_more_is_sent_than_the_window_until_it_is_answered(tape: Tape, answering: Output) -> None:
    answering.submit(job("p", 8, size=PIECE))
    sent = 0
    while sent < SMALLEST_WINDOW:
        sent += len(tape.next().replace(ASK_POSITION, ""))
    assert sent == SMALLEST_WINDOW
    assert tape.is_quiet()
    assert answering.expects
    answering.write("a key")
    assert tape.next() == "a key"
    answering.answered()
    assert "<p2>" in tape.next()


def test_an_answer_after_each_picture_where_only_pictures_are_answered(tape: Tape, wrapped: Output) -> None:
    wrapped.submit(job("p", 3, size=PIECE))
    wrapped.submit(job("q"))
    assert tape.until(".").count("<p") == 1
    assert "<p2>" in tape.next() + tape.next()
    assert tape.is_quiet()
    wrapped.answered()
    assert tape.next() == "<q0>"


def test_a_picture_that_asks_for_no_answer_takes_its_time_at_the_known_rate(
    tape: Tape, wrapped: Output
) -> None:
    unasked = job("p", 3, size=PIECE)
    unasked.answered = False
    began = time.monotonic()
    wrapped.submit(unasked)
    wrapped.submit(job("q"))
    tape.until("<q0>")
    assert time.monotonic() - began >= 3 * PIECE / FIRST_RATE


def test_what_was_not_begun_can_be_taken_back(tape: Tape, wrapped: Output) -> None:
    first, second, told = job("p"), job("q"), Told()
    second.told = told
    wrapped.submit(first)
    assert tape.next() == "<p0>"
    wrapped.submit(second)
    assert wrapped.withdraw(second)
    assert not told.written()
    assert not wrapped.withdraw(first)


def test_a_picture_that_is_broken_off_is_ended_properly(tape: Tape, answering: Output) -> None:
    told, waiting = Told(), Told()
    answering.submit(job("p", 8, told=told, size=PIECE))
    answering.submit(job("q", told=waiting))
    tape.until(ASK_POSITION)
    tape.until(ASK_POSITION)
    answering.break_off()
    answering.write("bye")
    assert tape.until("bye") == STRING_END + "bye"
    assert not told.written()
    assert not waiting.written()


def test_stopping_writes_the_text_and_drops_the_pictures(tape: Tape, answering: Output) -> None:
    told = Told()
    answering.submit(job("p", 50, told=told, size=PIECE))
    answering.write("last words")
    answering.stop()
    assert not told.written()
    assert not answering.is_alive()
    seen = ""
    while not tape.got.empty():
        seen += tape.next()
    assert seen.replace(ASK_POSITION, "").endswith(("last words", STRING_END))
    assert "last words" in seen


def test_it_is_told_when_the_terminal_has_read_the_text(tape: Tape, answering: Output) -> None:
    read = threading.Event()
    answering.write("frame")
    answering.when_read(read.set)
    assert tape.until(ASK_POSITION) == "frame" + ASK_POSITION
    assert not read.is_set()
    answering.answered()
    assert read.wait(WAIT_S)


def test_where_nothing_is_answered_it_is_told_when_it_was_written(tape: Tape, mute: Output) -> None:
    read = threading.Event()
    mute.write("frame")
    mute.when_read(read.set)
    assert read.wait(WAIT_S)
    assert tape.next() == "frame"
    assert not mute.expects


def test_the_end_waits_for_answers_but_not_for_ever(tape: Tape, answering: Output) -> None:
    answering.when_read(lambda: None)
    assert tape.next() == ASK_POSITION
    threading.Timer(0.05, answering.answered).start()
    answering.wait_for_answers(WAIT_S)
    assert not answering.expects
    answering.when_read(lambda: None)
    tape.until(ASK_POSITION)
    answering.wait_for_answers(0.05)
    assert answering.expects


def test_another_terminal_owes_no_answers(tape: Tape, answering: Output) -> None:
    read = threading.Event()
    answering.when_read(read.set)
    tape.until(ASK_POSITION)
    answering.expect(Answers.NONE)
    assert read.is_set()
    assert not answering.expects
