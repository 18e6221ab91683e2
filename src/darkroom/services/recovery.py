"""Jobs that nobody follows any more are taken over: after a crash, a hang-up, a power cut."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from darkroom.domain.errors import StoreError
from darkroom.domain.generation import Status
from darkroom.services.clock import now
from darkroom.services.queue.lease import STALE_AFTER_S
from darkroom.services.queue.presence import is_dead

if TYPE_CHECKING:
    from datetime import datetime

    from darkroom.services.queue.dispatcher import Dispatcher
    from darkroom.services.queue.following import Following
    from darkroom.store.leases import Unfinished
    from darkroom.store.store import Store

log = logging.getLogger(__name__)

LOOK_EVERY_S = 15.0
"""How often the store is asked for jobs whose owner is gone; one that says goodbye is heard at once."""


class Recovery:
    """Finds unfinished generations without a living owner, and sees that they go on."""

    def __init__(self, owner: str, store: Store, following: Following, dispatcher: Dispatcher) -> None:
        self._owner = owner
        self._store = store
        self._following = following
        self._dispatcher = dispatcher
        self._look = asyncio.Event()

    def look(self) -> None:
        """Somebody may have let go of jobs: `watch` looks now. Returns at once."""
        self._look.set()

    async def once(self) -> int:
        """Takes over what can be taken over now; how many those were.

        A job is free when its owner released it, has not been heard of for `STALE_AFTER_S`, or was
        a process of this machine that is gone. One that was certainly not sent waits in its place again.
        One of our own that nobody follows here goes on: whoever took it was cancelled before it knew.

        Raises:
            StoreError: The store cannot be read or written.
        """
        moment = now()
        stale_before = moment - timedelta(seconds=STALE_AFTER_S)
        always = moment + timedelta(days=1)
        taken = 0
        for job in await self._store.generations.unfinished(stale_before=always):
            if job.owner == self._owner:
                taken += self._mind(job)
            else:
                before = always if is_dead(job.pid, job.host) else stale_before
                taken += await self._take(job, before, moment)
        if taken:
            await self._following.heed()
        if await self._store.batches.drop_unfinished(stale_before):
            log.info("batches that were never whole are removed")
        self._dispatcher.look()
        return taken

    def _mind(self, job: Unfinished) -> bool:
        if job.id in self._following.active():
            return False
        log.info("generation %s of profile %s is followed again", job.id, job.profile)
        self._following.follow(job.id, job.profile)
        return True

    async def _take(self, job: Unfinished, before: datetime, moment: datetime) -> bool:
        if job.status is Status.NEW:
            if not await self._store.queue.put_back_orphan(job.id, job.owner, before, moment):
                return False
            log.info("generation %s of profile %s waits again", job.id, job.profile)
            self._dispatcher.want((job.id,))
            return True
        taken = await self._store.generations.claim(job.id, self._owner, before, moment, silent=job.owner)
        if not taken:
            return False
        log.info("generation %s of profile %s is taken over", job.id, job.profile)
        self._following.follow(job.id, job.profile)
        return True

    async def watch(self) -> None:
        """`once`, again and again, until cancelled."""
        while True:
            self._look.clear()
            try:
                await self.once()
            except StoreError as error:
                log.warning("recovery: %s", error)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_EVERY_S):
                    await self._look.wait()
