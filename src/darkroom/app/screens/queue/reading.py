"""What the queue screen shows, read from the services."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from darkroom.app.widgets.queue.row import Seen
from darkroom.domain.errors import ConfigError, InputError
from darkroom.services.foreign_jobs import ForeignJobs
from darkroom.services.queue.estimate import Estimates
from darkroom.services.queue.outlook import Outlook, look
from darkroom.services.queue.reasons import Reasons

if TYPE_CHECKING:
    from collections.abc import Callable

    from darkroom.domain.queue import Job
    from darkroom.services.core import Core


class QueueReader:
    """Reads outlook and rows.

    Attributes:
        foreign: The jobs of others, as they were heard of last.
    """

    def __init__(self, core: Core, fraction: Callable[[str], float | None]) -> None:
        """`fraction` tells how much of a job is done, by its generation's id."""
        self._core = core
        self._fraction = fraction
        self._estimates = Estimates(core.store, core.profiles)
        self._reasons = Reasons(core.store, core.profiles, core.connections, core.catalogs)
        self._titles: dict[str, str] = {}
        self.foreign = ForeignJobs(core.store, core.connections)

    async def outlook(self) -> Outlook:
        """The queue as a whole."""
        return await look(
            self._core.store, self._estimates, fraction=self._fraction, foreign=self.foreign.counts
        )

    async def rows(self, outlook: Outlook, offset: int, limit: int, target: str | None) -> list[Seen]:
        """A part of the queue, with what is known beside it."""
        jobs = await self._core.queue.page(offset=offset, limit=limit, target=target)
        reasons = await self._reasons.of(jobs, outlook.pauses, self.foreign.counts)
        return [
            Seen(job, reasons.get(job.summary.id), await self._estimates.job(job), await self._title(job))
            for job in jobs
        ]

    async def _title(self, job: Job) -> str:
        if not job.batch:
            return ""
        if job.batch not in self._titles:
            batch = await self._core.store.batches.get(job.batch)
            self._titles[job.batch] = batch.title if batch is not None else ""
        return self._titles[job.batch]

    async def ask_servers(self, outlook: Outlook) -> bool:
        """Asks the servers that we have work for what others have there; whether anything is new."""
        servers: set[str] = set()
        for target in outlook.targets:
            with suppress(ConfigError, InputError):  # it is gone from the configuration
                servers.update(self._core.profiles.members(target))
        return await self.foreign.look(sorted(servers))
