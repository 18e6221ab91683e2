"""Which generations are on their way, and how far each is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from darkroom.app.widgets.meter import Meter
from darkroom.domain.generation import Status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from darkroom.domain.events import Progress, Queued
    from darkroom.domain.generation import Summary


class Board:
    """The unfinished generations of all sessions, as the updates tell them.

    Attributes:
        meters: How far each is, by generation id; there is one from its first progress on.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        """`clock` gives seconds that never go back, as `time.monotonic` does."""
        self._clock = clock
        self.meters: dict[str, Meter] = {}
        self._runs: dict[str, Summary] = {}

    def changed(self, summary: Summary) -> bool:
        """Takes in a row; a final one leaves the board. True when it has just ended."""
        if not summary.status.final:
            self._runs[summary.id] = summary
            return False
        self.meters.pop(summary.id, None)
        return self._runs.pop(summary.id, None) is not None

    def seed(self, summaries: Iterable[Summary]) -> None:
        """Takes in rows that were read from the store."""
        for summary in summaries:
            self.changed(summary)

    def came(self, generation_id: str, event: Queued | Progress) -> None:
        """Takes in progress. Hints may arrive after the end: those are dropped."""
        if generation_id in self._runs:
            self.meters.setdefault(generation_id, Meter(self._clock)).see(event)

    def cancelling(self, generation_id: str) -> None:
        """Notes that a cancel is on its way, so that it is seen at once."""
        self.meters.setdefault(generation_id, Meter(self._clock)).cancelling = True

    def get(self, generation_id: str) -> Summary | None:
        """The unfinished generation, or `None`."""
        return self._runs.get(generation_id)

    def leading(self, session_id: str = "") -> Summary | None:
        """The one to speak of, of a session or of all: the oldest that runs, else the oldest that waits."""
        runs = self.of_session(session_id) if session_id else self._in_order()
        return next((run for run in runs if run.status is Status.RUNNING), runs[0] if runs else None)

    def of_session(self, session_id: str) -> tuple[Summary, ...]:
        """Those of one session, oldest first."""
        return tuple(run for run in self._in_order() if run.session_id == session_id)

    def _in_order(self) -> tuple[Summary, ...]:
        return tuple(sorted(self._runs.values(), key=lambda run: run.number))

    @property
    def waiting(self) -> int:
        """How many wait behind the leading one."""
        return max(len(self._runs) - 1, 0)

    @property
    def busy(self) -> bool:
        """Whether anything is on its way."""
        return bool(self._runs)
