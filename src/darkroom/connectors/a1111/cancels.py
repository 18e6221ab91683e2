"""Stopping our own jobs and no others.

The server interrupts whatever runs, and takes nothing out of its queue. So a job is interrupted only when
the server says that it is the one that runs; one that waits is remembered, and stopped when it begins.
Source: Forge f2.0.1, `POST /sdapi/v1/interrupt`, recording `concurrent_and_interrupt`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from darkroom.domain.events import CancelResult

if TYPE_CHECKING:
    from darkroom.connectors.a1111.client import Client
    from darkroom.connectors.a1111.handle import JobHandle


REMEMBERED = 1000


class Cancels:
    """Which jobs are to be stopped, and which of ours are followed now.

    Who is to be stopped is remembered longer than it is followed: the line may break before the end.
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        self._stopping: dict[str, None] = {}
        self._asked: dict[str, None] = {}
        self._followed: dict[str, bool] = {}

    def begin(self, task: str) -> None:
        """A job is followed from now on; nothing says yet that it runs."""
        self._followed[task] = False

    def end(self, task: str) -> None:
        """It is over, or not followed any more."""
        self._followed.pop(task, None)

    def runs_alone(self, task: str) -> None:
        """It runs, as far as can be told on a server that knows no tasks by name."""
        if task in self._followed:
            self._followed[task] = True

    def stopping(self, task: str) -> bool:
        """Whether it was interrupted by us, or is to be as soon as it begins."""
        return task in self._stopping

    def asked(self, task: str) -> bool:
        """Whether somebody wanted it to stop, be it after it was over: by another process, perhaps."""
        return task in self._asked

    async def cancel(self, job: JobHandle) -> CancelResult:
        """Stops `job` if it runs, remembers it if it waits.

        Raises:
            ConnectorError: The server cannot be asked.
        """
        _remember(self._asked, job.task)
        if not job.tasks:
            return await self._without_tasks(job.task)
        found = await self._client.task(job.task)
        if found is None:
            return CancelResult.CANNOT
        followed = job.task in self._followed
        if found.active:
            progress = await self._client.progress()
            if progress is not None and progress.state.idle:
                return CancelResult.NOT_RUNNING  # it failed: the server goes on calling it active
            _remember(self._stopping, job.task)
            await self._client.interrupt()
            return CancelResult.STOPPED
        if found.completed or not (found.queued or followed):
            return CancelResult.NOT_RUNNING
        if not followed:
            return CancelResult.CANNOT
        _remember(self._stopping, job.task)
        return CancelResult.STOPPED

    async def _without_tasks(self, task: str) -> CancelResult:
        if task not in self._followed:
            return CancelResult.CANNOT
        if not self._followed[task]:
            return CancelResult.CANNOT
        _remember(self._stopping, task)
        await self._client.interrupt()
        return CancelResult.STOPPED


def _remember(tasks: dict[str, None], task: str) -> None:
    tasks[task] = None
    while len(tasks) > REMEMBERED:
        del tasks[next(iter(tasks))]
