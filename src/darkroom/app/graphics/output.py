"""The thread that writes to the terminal: text first, and pictures in pieces when the line has room.

Textual's own thread writes in the order of asking and keeps the event loop waiting when thirty writes are
behind. Here nothing ever waits to hand something over, and a key's text overtakes the picture that is being
sent.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from dataclasses import dataclass
from enum import Enum, auto
from typing import IO, TYPE_CHECKING

from darkroom.terminal.flow import PIECE, Flow

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ASK_POSITION = "\x1b[6n"
"""Source: ECMA-48 DSR 6; answered when all before it was read."""

STRING_END = "\x1b\\"
"""Ends a sixel that is broken off. Source: ECMA-48 ST."""

LOOK_S = 0.5
"""How often a picture that waits for an answer looks whether it was given up."""


class Answers(Enum):
    """What the terminal answers, so that it is known what has arrived."""

    NONE = auto()
    """Nothing: the line is not measured."""
    POSITION = auto()
    """Where the cursor is, asked for between any two pieces."""
    PICTURE = auto()
    """That a picture came, when it asks for that. In tmux, which answers everything else itself."""


@dataclass(eq=False, slots=True)
class Job:
    """A picture, or a command about one, on its way.

    Attributes:
        pieces: What is written, in this order.
        whole: Nothing may come between the pieces.
        broken: What ends it in the terminal after it was broken off between two pieces.
        answered: The last piece asks the terminal to say that it came.
        told: Is told once, from another thread, whether all of it was written.
    """

    pieces: Sequence[str]
    told: Callable[[bool], None]
    whole: bool = False
    broken: str = ""
    answered: bool = False
    at: int = 0


class Output(threading.Thread):
    """Writes until it is stopped. All methods may be called from any thread; none of them waits."""

    def __init__(
        self, file: IO[str], answers: Answers = Answers.NONE, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """A thread that is not started yet.

        Args:
            file: The terminal.
            answers: What the terminal is known to answer.
            clock: Seconds that never go back.
        """
        super().__init__(daemon=True, name="terminal-output")
        self._file = file
        self._answers = answers
        self._changed = threading.Condition()
        self._text: list[str | Callable[[], None]] = []
        self._jobs: deque[Job] = deque()
        self._unmarked = 0
        self._is_stopped = False
        self._clock = clock
        self._free_at = 0.0
        self._flow = Flow(clock)

    # What is asked for

    def write(self, text: str) -> None:
        """Text goes before all pictures, and between the pieces of one."""
        with self._changed:
            self._text.append(text)
            self._changed.notify()

    def submit(self, job: Job) -> None:
        """A picture goes when all before it were sent and the line has room."""
        with self._changed:
            if self._is_stopped:
                job.told(False)
                return
            self._jobs.append(job)
            self._changed.notify()

    def withdraw(self, job: Job) -> bool:
        """Takes back what was not begun; whether that was so."""
        with self._changed:
            if job.at or job not in self._jobs:
                return False
            self._jobs.remove(job)
        job.told(False)
        return True

    def when_read(self, then: Callable[[], None]) -> None:
        """Calls `then`, in some thread, when the terminal has read all text until now.

        Where it does not answer, that is when it was written.
        """
        with self._changed:
            self._text.append(then)
            self._changed.notify()

    def answered(self) -> None:
        """The oldest question was answered."""
        with self._changed:
            self._flow.answered()
            self._changed.notify()

    def expect(self, answers: Answers) -> None:
        """Says what the terminal answers; if that is new, what was asked before is not waited for."""
        with self._changed:
            if answers is self._answers:
                return
            self._answers = answers
            self._flow.give_up()
            self._changed.notify()

    @property
    def expects(self) -> bool:
        """Whether an answer is on its way."""
        return self._flow.marks > 0

    @property
    def answers(self) -> Answers:
        """What the terminal is known to answer."""
        return self._answers

    @property
    def rate(self) -> float:
        """Bytes a second that the line carries."""
        return self._flow.rate

    def break_off(self) -> None:
        """Drops all pictures; one that was begun is ended properly. What is written next comes after that."""
        with self._changed:
            jobs, self._jobs = self._jobs, deque()
            if jobs and jobs[0].at:
                self._text.insert(0, jobs[0].broken)
            self._changed.notify()
        for job in jobs:
            job.told(False)

    def wait_for_answers(self, timeout_s: float) -> None:
        """Blocks until nothing is expected, so that no answer is left for who reads the terminal next."""
        end = time.monotonic() + timeout_s
        with self._changed:
            while (self._text or self._flow.marks) and (left := end - time.monotonic()) > 0:
                self._changed.wait(left)

    def stop(self) -> None:
        """Writes the text that waits, drops the pictures, and blocks until that is done."""
        self.break_off()
        with self._changed:
            self._is_stopped = True
            self._changed.notify()
        self.join()

    # The thread

    def run(self) -> None:
        """Writes until `stop`."""
        while (data := self._next()) is not None:
            self._file.write(data)
            self._file.flush()

    def _next(self) -> str | None:
        """Waits for what is to be written now; `None` at the end."""
        with self._changed:
            while True:
                self._flow.look()
                begun = self._jobs[0] if self._jobs and self._jobs[0].at else None
                if begun is not None and begun.whole:
                    return self._piece()
                if self._text:
                    return self._all_text()
                if self._is_stopped:
                    return None
                if self._jobs and self._has_room():
                    return self._piece()
                self._changed.notify_all()
                self._changed.wait(self._wait_s())

    def _wait_s(self) -> float | None:
        """How long nothing can change by itself; `None` for ever."""
        if self._jobs and (left := self._free_at - self._clock()) > 0:
            return min(left, LOOK_S)
        return LOOK_S if self._jobs or self._flow.marks else None

    def _has_room(self) -> bool:
        if self._answers is Answers.NONE:
            return True
        if self._answers is Answers.PICTURE:
            return self._flow.marks == 0 and self._clock() >= self._free_at
        return self._flow.has_room()

    def _all_text(self) -> str:
        items, self._text = self._text, []
        parts: list[str] = []
        for item in items:
            if isinstance(item, str):
                parts.append(item)
                self._count(item)
            elif self._answers is Answers.POSITION:
                parts.append(self._mark(item))
            else:
                item()
        if self._answers is Answers.POSITION and self._unmarked >= PIECE:
            parts.append(self._mark())
        return "".join(parts)

    def _piece(self) -> str:
        job = self._jobs[0]
        piece = job.pieces[job.at]
        job.at += 1
        self._count(piece)
        is_last = job.at == len(job.pieces)
        if is_last:
            self._jobs.popleft()
            job.told(True)
        if self._answers is Answers.POSITION and (is_last or (not job.whole and self._unmarked >= PIECE)):
            return piece + self._mark()
        if self._answers is Answers.PICTURE and is_last:
            if job.answered:
                self._flow.marked()
            else:
                # Nobody will say when it is there: as long as it takes at the rate that was measured.
                size = sum(map(len, job.pieces))
                self._free_at = self._clock() + size / self._flow.rate
        return piece

    def _count(self, text: str) -> None:
        size = len(text) if text.isascii() else len(text.encode("utf-8", "replace"))
        self._flow.wrote(size)
        self._unmarked += size
        if self._answers is Answers.NONE:
            self._flow.give_up()

    def _mark(self, then: Callable[[], None] | None = None) -> str:
        self._unmarked = 0
        self._flow.marked(then)
        return ASK_POSITION
