"""Stopping one job and no other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from darkroom.domain.events import CancelResult

if TYPE_CHECKING:
    from darkroom.connectors.comfyui.client import Client

REMEMBERED = 1000


class Cancels:
    """Cancels jobs and remembers which: a job deleted from the queue leaves no event and no history."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._deleted: dict[str, None] = {}
        self._stopping: dict[str, None] = {}

    def deleted(self, job: str) -> bool:
        """Whether we took `job` out of the queue."""
        return job in self._deleted

    def stopping(self, job: str) -> bool:
        """Whether we asked for `job` to be interrupted."""
        return job in self._stopping

    async def cancel(self, job: str) -> CancelResult:
        """Stops `job`, waiting or running; asks again where it may have moved on meanwhile."""
        found = await self._client.find(job, fresh=True)
        if found.ahead is not None:
            _remember(self._deleted, job)
            await self._client.delete_queued(job)
            found = await self._client.find(job, fresh=True)
            if found.absent:
                return CancelResult.STOPPED
            # It had begun before the delete arrived, which then did nothing.
            del self._deleted[job]
        if found.running:
            _remember(self._stopping, job)
            await self._client.interrupt(job)
            return CancelResult.STOPPED
        return CancelResult.NOT_RUNNING


def _remember(jobs: dict[str, None], job: str) -> None:
    jobs[job] = None
    while len(jobs) > REMEMBERED:
        del jobs[next(iter(jobs))]
