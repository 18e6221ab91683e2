"""Which generations are on their way, and how far each is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from darkroom.app.widgets.meter import Meter
from darkroom.domain.generation import Status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from darkroom.domain.events import Progress, Queued
    from darkroom.domain.generation import Summary


_RANKS = {Status.RUNNING: 0, Status.NEW: 2}


class Board:
    """The unfinished generations of all sessions, as the updates tell them.

    Attributes:
        meters: How far each is, by generation id; there is one from its first progress on.
        clock: Seconds that never go back.
        wrong: Those that failed or were lost before our eyes and were not sent again, oldest first.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        """`clock` gives seconds that never go back, as `time.monotonic` does."""
        self.clock = clock
        self.meters: dict[str, Meter] = {}
        self.wrong: dict[str, Summary] = {}
        self._runs: dict[str, Summary] = {}
        self._total = 0

    def changed(self, summary: Summary) -> None:
        """Takes in a row; a final one leaves the board."""
        if not summary.status.final:
            self._runs[summary.id] = summary
            return
        self.meters.pop(summary.id, None)
        if self._runs.pop(summary.id, None) is not None:
            self._total = max(self._total - 1, 0)
            if summary.status in (Status.FAILED, Status.LOST):
                self.wrong[summary.id] = summary

    def sync(self, jobs: Iterable[Summary], total: int) -> None:
        """Takes in what the queue says.

        Args:
            jobs: All that are at servers, and the first that wait.
            total: How many are unfinished altogether.
        """
        self._runs = {summary.id: summary for summary in jobs}
        self._total = total
        for gone in [i for i, meter in self.meters.items() if i not in self._runs and not meter.waits]:
            del self.meters[gone]

    def seed(self, summaries: Iterable[Summary]) -> None:
        """Takes in rows that were read from the store."""
        for summary in summaries:
            self.changed(summary)

    def came(self, generation_id: str, event: Queued | Progress) -> None:
        """Takes in progress. Hints may arrive after the end: those are dropped."""
        if generation_id in self._runs:
            self.meters.setdefault(generation_id, Meter(self.clock)).see(event)

    def cancelling(self, generation_id: str) -> None:
        """Notes that a cancel is on its way, so that it is seen at once."""
        self.meters.setdefault(generation_id, Meter(self.clock)).cancelling = True

    def waits(self, generation_id: str, why: str) -> None:
        """Notes why one waits with us; "" when it does not any more."""
        if why or generation_id in self.meters:
            self.meters.setdefault(generation_id, Meter(self.clock)).waits = why

    def forget_reasons(self, known: Iterable[str]) -> None:
        """Forgets why others waited than these."""
        for generation_id in self.meters.keys() - set(known):
            self.meters[generation_id].waits = ""

    def get(self, generation_id: str) -> Summary | None:
        """The unfinished generation, or `None`."""
        return self._runs.get(generation_id)

    def leading(self, session_id: str = "") -> Summary | None:
        """The one to speak of, of a session or of all: the oldest that runs, else the oldest that waits."""
        runs = (run for run in self._runs.values() if session_id in ("", run.session_id))
        return min(runs, key=lambda run: (_RANKS.get(run.status, 1), run.number), default=None)

    def of_session(self, session_id: str) -> tuple[Summary, ...]:
        """Those of one session, oldest first."""
        return tuple(run for run in self._in_order() if run.session_id == session_id)

    def _in_order(self) -> tuple[Summary, ...]:
        return tuple(sorted(self._runs.values(), key=lambda run: run.number))

    @property
    def waiting(self) -> int:
        """How many there are beside the leading one, also those that are not known one by one."""
        return max(self._total, len(self._runs), 1) - 1

    @property
    def busy(self) -> bool:
        """Whether anything is on its way."""
        return bool(self._runs)
