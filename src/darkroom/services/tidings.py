"""What is worth telling someone who looks elsewhere, and in which words."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from darkroom.domain.generation import Status
from darkroom.domain.text import excerpt

if TYPE_CHECKING:
    from collections.abc import Callable

    from darkroom.domain.generation import Summary


class Event(StrEnum):
    """What a notice is about."""

    DONE = "done"
    FAILED = "failed"
    LOST = "lost"
    EMPTY = "empty"
    """Several ended, and nothing is left."""
    PAUSED = "paused"
    """What is left waits until somebody resumes it."""


_SINGLE = {
    Status.COMPLETE: (Event.DONE, "Picture ready"),
    Status.FAILED: (Event.FAILED, "Generation failed"),
    Status.LOST: (Event.LOST, "Generation lost"),
}


@dataclass(slots=True)
class Tally:
    """Ends, counted."""

    done: int = 0
    failed: int = 0
    lost: int = 0
    last: Summary | None = None
    """The one to speak of: of those that went wrong the latest, else of all."""

    def add(self, summary: Summary) -> None:
        """Counts one; a cancelled one is no news to who cancelled it."""
        match summary.status:
            case Status.COMPLETE:
                self.done += 1
            case Status.FAILED:
                self.failed += 1
            case Status.LOST:
                self.lost += 1
            case _:
                return
        if summary.status is not Status.COMPLETE or not self.wrong:
            self.last = summary

    @property
    def wrong(self) -> int:
        """How many failed or were lost."""
        return self.failed + self.lost

    @property
    def total(self) -> int:
        """How many ended."""
        return self.done + self.wrong

    def words(self) -> str:
        """“12 done, 1 failed”."""
        counted = ((self.done, "done"), (self.failed, "failed"), (self.lost, "lost"))
        return ", ".join(f"{count:,} {word}" for count, word in counted if count)


class Left(NamedTuple):
    """Generations of a home that have not ended, whoever follows them.

    Attributes:
        active: Those that are worked on, or will be without anybody's doing.
        held: Those that wait to be resumed.
    """

    active: int
    held: int = 0


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing that is told.

    Attributes:
        event: What it is about.
        title: One line.
        body: Likewise; may be empty. It may quote foreign text: data, made printable.
        tally: The ends it speaks of; none when other processes saw to all of them.
        waiting: Generations that have not ended yet, also those that are held.
        seconds: How long the work took that is done now; `None` while it goes on.
    """

    event: Event
    title: str
    body: str
    tally: Tally = field(default_factory=Tally)
    waiting: int = 0
    seconds: float | None = None


class Digest:
    """Gathers ends until they are told.

    Failures and losses are worth a notice by themselves. The rest is told when nothing is left, or,
    with `each`, at the next occasion.
    """

    def __init__(self, *, each: bool, clock: Callable[[], float]) -> None:
        """`clock` gives seconds that never go back."""
        self._each = each
        self._clock = clock
        self._news = Tally()
        self._round = Tally()
        """Since the queue was empty last."""
        self._began_at: float | None = None
        self._cancelled = False

    def began(self) -> None:
        """There is work, here or in another process."""
        if self._began_at is None:
            self._began_at = self._clock()

    def ended(self, summary: Summary) -> None:
        """A generation ended that this process followed."""
        self.began()
        self._news.add(summary)
        self._round.add(summary)
        self._cancelled |= summary.status is Status.CANCELLED

    def take(self, left: Left, *, parting: bool = False) -> Notice | None:
        """What is to be told now, and from then on counts as told.

        Args:
            left: What there is to do yet.
            parting: This process will not be asked again: whatever was not told is told now.
        """
        if left.active:
            self.began()
        elif self._began_at is not None:
            return self._rests(left.held, self._clock() - self._began_at)
        news, waiting = self._news, left.active + left.held
        if self._each or parting:
            self._news = Tally()
            return _ends(news, waiting)
        if not news.wrong:
            return None
        self._news = Tally()
        # The finished ones among them are told when all is done.
        return _ends(Tally(0, news.failed, news.lost, news.last), waiting)

    def _rests(self, held: int, seconds: float) -> Notice | None:
        """What is told when nothing goes on any more."""
        news, whole, was_cancelled = self._news, self._round, self._cancelled
        self._news, self._round, self._began_at, self._cancelled = Tally(), Tally(), None, False
        if whole.total == 1 and news.total == 1:
            return _ends(news, held, seconds)
        if whole.total:
            why = whole.last.reason.title if whole.wrong and whole.last and whole.last.reason else ""
            body = f"{whole.words()} in {_span(seconds)}"
            body += f", {held:,} {'waits' if held == 1 else 'wait'}" if held else ""
            body += f". {excerpt(why, 120)}" if why else ""
            event, title = (Event.PAUSED, "Queue paused") if held else (Event.EMPTY, "Queue empty")
            return Notice(event, title, body, whole, held, seconds)
        if was_cancelled or held:
            return None  # by somebody who knows
        return Notice(Event.EMPTY, "Queue empty", "", seconds=seconds)


def _ends(tally: Tally, waiting: int, seconds: float | None = None) -> Notice | None:
    """A notice of these ends, when there are any."""
    last = tally.last
    if last is None:
        return None
    event, title = _SINGLE[last.status]
    why = excerpt(last.reason.title, 120) if last.reason and tally.wrong else ""
    prompt = excerpt(last.prompt, 80 if why else 120)
    if tally.total > 1:
        title, prompt = tally.words(), "" if why else prompt
    body = f"{why} ({prompt})" if why and prompt else why or prompt
    return Notice(event, title, body, tally, waiting, seconds)


def _span(seconds: float) -> str:
    """“40 s”, “12 min”, “3 h 5 min”."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    hours, left = divmod(minutes, 60)
    return f"{hours} h {left} min" if hours else f"{minutes} min"
