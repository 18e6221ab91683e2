"""What became of each job of a batch, read from the store; of retries the newest counts."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

from darkroom.app.widgets.batch.cell import Seen
from darkroom.app.widgets.batch.shape import places
from darkroom.domain.queue import Hold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from darkroom.app.widgets.meter import Meter
    from darkroom.domain.generation import Status, Summary
    from darkroom.domain.queue import Batch
    from darkroom.services.core import Core

PAGE = 200
"""Rows of the history that are read at once: some milliseconds."""

QUEUE_S = 0.15
"""What one look at the places of waiting jobs may take, about."""

SLACK = timedelta(minutes=1)
"""Rows of other processes may stand a little out of the order of their times."""


class BatchCells:
    """The jobs of a batch by their place in the grid.

    `begin` finds the jobs, `look` reads those in sight, `walk` all of them, and `see` takes in what the core
    tells.
    """

    def __init__(self, core: Core, batch: Batch, meters: Mapping[str, Meter]) -> None:
        self.batch = batch
        self._core = core
        self._meters = meters
        self._ids: dict[int, str] = {}
        self._positions: dict[str, int] = {}
        self._first: dict[int, Summary] = {}
        self._retries: dict[int, Summary] = {}
        self._numbers: dict[int, int] = {}
        self._counted: dict[int, Status] = {}
        self._ahead: dict[str, int | None] = {}
        self._paused: set[str] = set()
        self.counts: Counter[Status] = Counter()
        """How many jobs stand where, as far as that is known."""
        self.whole = False
        """All of it was read once: what is not known is gone."""

    async def begin(self) -> None:
        """Finds the jobs and their places.

        Raises:
            StoreError: They cannot be read.
        """
        names = tuple(self.batch.axes)
        known = places(self.batch.axes) if names else {}
        for job in await self._core.store.batches.jobs(self.batch.id):
            labels = tuple(str(job.coordinates.get(name)) for name in names)
            position = known.get(labels) if names else job.position
            if position is not None:
                self._ids[position] = job.generation_id
                self._positions[job.generation_id] = position

    def latest(self, position: int) -> Summary | None:
        """The newest attempt at a job; `None` while it is not known, or when it is gone."""
        summary = self._first.get(position)
        while summary is not None:
            self._numbers[summary.number] = position
            again = self._retries.get(summary.number)
            if again is None:
                return summary
            summary = again
        return None

    def position_of(self, generation_id: str) -> int | None:
        """Where a job of the batch stands, or an attempt at it that is known; `None` for all others."""
        found = self._positions.get(generation_id)
        if found is not None:
            return found
        attempts = (self._retries[number] for number in self._numbers if number in self._retries)
        return next((self._numbers[a.retry_of or 0] for a in attempts if a.id == generation_id), None)

    def seen(self, position: int) -> Seen:
        """A cell as it is drawn."""
        summary = self.latest(position)
        if summary is None:
            return Seen(gone=self.whole or (bool(self._ids) and position not in self._ids))
        ident = summary.id
        return Seen(
            summary,
            summary.trashed,
            self._ahead.get(ident),
            ident in self._paused,
            self._meters.get(ident),
        )

    def see(self, summary: Summary) -> int | None:
        """Takes in a row; the position of the cell that it changes, `None` when it is none of ours."""
        position = self._positions.get(summary.id)
        if position is not None:
            self._first[position] = summary
        elif summary.retry_of is not None:
            known = self._retries.get(summary.retry_of)
            if summary.trashed and known is not None and known.id == summary.id:
                del self._retries[summary.retry_of]
            elif not summary.trashed and (known is None or known.number <= summary.number):
                self._retries[summary.retry_of] = summary
            position = self._numbers.get(summary.retry_of)
        if position is not None:
            self._count(position)
        return position

    def _count(self, position: int) -> None:
        latest = self.latest(position)
        before = self._counted.pop(position, None)
        if before is not None:
            self.counts[before] -= 1
        if latest is not None and not latest.trashed:
            self._counted[position] = latest.status
            self.counts[latest.status] += 1

    async def look(self, positions: Iterable[int], *, again: bool) -> list[int]:
        """Reads the cells that are not known; those that have changed.

        Args:
            positions: Which.
            again: Also those that had not ended when they were read.

        Raises:
            StoreError: They cannot be read.
        """
        changed = []
        for position in positions:
            before = self.seen(position)
            if before.summary is not None and (not again or before.summary.status.final):
                continue
            ident = before.summary.id if before.summary is not None else self._ids.get(position)
            if ident is None:
                continue
            summary = await self._core.store.generations.summary(ident)
            if summary is None:
                continue
            self.see(summary)
            if self.seen(position) != before:
                changed.append(position)
        return changed

    async def look_at_queue(self, positions: Iterable[int], clock: Callable[[], float]) -> list[int]:
        """Reads the places of waiting cells, as many as there is time for; those that have changed.

        In a queue of thousands it takes tens of milliseconds to tell one place.

        Args:
            positions: Which, the most important ones first.
            clock: Seconds that never go back.

        Raises:
            StoreError: They cannot be read.
        """
        before = {position: self.seen(position) for position in positions}
        ids = {p: seen.summary.id for p, seen in before.items() if seen.summary is not None and seen.waits}
        self._ahead.clear()
        end = clock() + QUEUE_S
        for ident in ids.values():
            job = await self._core.queue.job(ident)
            self._paused.discard(ident)
            if job is not None and job.hold is Hold.PAUSED:
                self._paused.add(ident)
            elif clock() < end:
                self._ahead[ident] = await self._core.queue.ahead(ident)
        return [position for position, seen in before.items() if self.seen(position) != seen]

    async def walk(self) -> None:
        """Reads all of it, from the history's newest row back to the batch's first.

        Raises:
            StoreError: It cannot be read.
        """
        offset, oldest = 0, self.batch.created_at - SLACK
        while True:
            rows = await self._core.history.page(self.batch.session_id, offset=offset, limit=PAGE)
            for row in rows:
                self.see(row)
            if len(rows) < PAGE or rows[-1].created_at < oldest:
                break
            offset += PAGE
        self.whole = True

    def unfinished(self) -> list[Summary]:
        """The newest attempts that have not ended, as far as they are known."""
        found = (self.latest(position) for position, status in self._counted.items() if not status.final)
        return [summary for summary in found if summary is not None]
