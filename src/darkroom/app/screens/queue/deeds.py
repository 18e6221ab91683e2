"""What may be done with jobs of the queue; each deed returns a line that says what was done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from darkroom.domain.errors import InputError
from darkroom.domain.events import CancelResult
from darkroom.domain.profile import shown_name
from darkroom.domain.queue import EVERYTHING, Hold, Order
from darkroom.domain.text import excerpt, plural

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from darkroom.domain.queue import Job, Pause, Priority
    from darkroom.services.core import Core

READ_AT_ONCE = 1000


class QueueDeeds:
    """Deeds of the queue screen. Cancelled jobs that waited can be brought back, the last ones first."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._undo: list[list[tuple[str, Order]]] = []

    @property
    def can_undo(self) -> bool:
        """Whether anything was cancelled here that can be brought back."""
        return bool(self._undo)

    async def everything(self, target: str | None) -> tuple[str, ...]:
        """Ids of all jobs that are listed."""
        ids: list[str] = []
        while True:
            jobs = await self._core.queue.page(offset=len(ids), limit=READ_AT_ONCE, target=target)
            ids += [job.summary.id for job in jobs]
            if len(jobs) < READ_AT_ONCE:
                return tuple(dict.fromkeys(ids))

    async def prioritise(self, ids: Sequence[str], priority: Priority) -> str:
        """Gives jobs a priority."""
        await self._core.queue.prioritise(ids, priority)
        return f"{_jobs(ids)} {priority.word} now"

    async def pause(self, ids: Sequence[str], under: Job) -> str:
        """Pauses jobs, or lets them go on when the one under the cursor is paused."""
        if under.hold is Hold.PAUSED:
            await self._core.queue.resume_jobs(ids)
            return f"{_jobs(ids)} in the queue again"
        await self._core.queue.pause_jobs(ids)
        return f"{_jobs(ids)} paused; p lets go on"

    async def pause_target(self, name: str, pauses: Iterable[Pause]) -> str:
        """Stops a profile or group, `EVERYTHING` for all, or lets it go on."""
        shown = "everything" if name == EVERYTHING else excerpt(shown_name(name), 40)
        if any(pause.profile == name for pause in pauses):
            await self._core.queue.resume(name)
            return f"Goes on: {shown}"
        await self._core.queue.pause(name)
        return f"Paused: {shown}. What is at a server goes on"

    async def cancel(self, ids: Sequence[str], listed: Sequence[Job]) -> str:
        """Cancels jobs.

        Args:
            ids: Which.
            listed: Those in sight and near, in order: they tell where one that is brought back belongs.

        Raises:
            ConnectorError: A server could not be asked.
        """
        places = _places(ids, listed)
        undo: list[tuple[str, Order]] = []
        stuck = 0
        for generation_id in ids:
            job = await self._core.queue.job(generation_id)
            result = await self._core.generations.cancel(generation_id)
            if job is not None and not job.claimed and result is CancelResult.STOPPED:
                undo.append((generation_id, places.get(generation_id, Order(job.priority))))
            stuck += result is CancelResult.CANNOT
        if undo:
            self._undo.append(undo)
        if stuck:
            return f"{plural(stuck, 'job')}: the server cannot cancel"
        return f"Cancelled: {_jobs(ids)}" + (". z brings back" if undo else "")

    async def undo(self) -> str:
        """Puts what was cancelled last back into its place, as new jobs with the same seeds."""
        again = self._undo.pop()
        for generation_id, order in again:
            try:
                await self._core.queue.again(generation_id, order)
            except InputError:  # the one that it stood behind has gone
                await self._core.queue.again(generation_id, Order(order.priority))
        return f"{plural(len(again), 'job')} brought back"

    async def retry(self, ids: Sequence[str]) -> str:
        """Sends failed and lost ones again."""
        for generation_id in ids:
            await self._core.queue.again(generation_id)
        return f"{plural(len(ids), 'job')} sent again with the same values"

    async def duplicate(self, ids: Sequence[str]) -> str:
        """Makes another job like each."""
        for generation_id in ids:
            await self._core.queue.duplicate(generation_id)
        return f"{plural(len(ids), 'job')} more"

    async def clear(self, target: str | None) -> str:
        """Cancels what waits."""
        return f"{plural(await self._core.queue.clear(target=target), 'job')} cancelled"


def _places(ids: Sequence[str], listed: Sequence[Job]) -> dict[str, Order]:
    """How each job is put back where it was: behind the one before it that stays."""
    places: dict[str, Order] = {}
    before: Job | None = None
    for job in listed:
        if job.summary.id in ids:
            behind = before.summary.number if before and before.priority is job.priority else None
            places[job.summary.id] = Order(job.priority, behind=behind)
        elif not job.claimed:
            before = job
    return places


def _jobs(ids: Sequence[str]) -> str:
    return plural(len(ids), "job")
