"""Jobs that nobody follows any more are taken over: after a crash, a hang-up, a power cut."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
from datetime import timedelta
from typing import TYPE_CHECKING

from darkroom.domain.errors import StoreError
from darkroom.services.clock import now
from darkroom.services.generations import STALE_AFTER_S

if TYPE_CHECKING:
    from darkroom.services.generations import Generations
    from darkroom.store.leases import Unfinished
    from darkroom.store.store import Store

log = logging.getLogger(__name__)

LOOK_EVERY_S = 15.0
"""How often the store is asked for jobs whose owner is gone."""


class Recovery:
    """Finds unfinished generations without a living owner, and follows them."""

    def __init__(self, owner: str, store: Store, generations: Generations) -> None:
        self._owner = owner
        self._store = store
        self._generations = generations

    async def once(self) -> int:
        """Takes over what can be taken over now; how many those were.

        A job is free when its owner released it, has not been heard of for `STALE_AFTER_S`, or was
        a process of this machine that is gone.

        Raises:
            StoreError: The store cannot be read or written.
        """
        moment = now()
        stale_before = moment - timedelta(seconds=STALE_AFTER_S)
        taken = 0
        always = moment + timedelta(days=1)
        for job in await self._store.generations.unfinished(stale_before=always):
            if job.owner == self._owner:
                continue
            before = always if _is_dead(job) else stale_before
            if await self._store.generations.claim(job.id, self._owner, before, moment):
                log.info("generation %s of profile %s is taken over", job.id, job.profile)
                self._generations.follow(job.id)
                taken += 1
        return taken

    async def watch(self) -> None:
        """`once`, again and again, until cancelled."""
        while True:
            try:
                await self.once()
            except StoreError as error:
                log.warning("recovery: %s", error)
            await asyncio.sleep(LOOK_EVERY_S)


def _is_dead(job: Unfinished) -> bool:
    """Whether the owner certainly lives no more: a process of this host whose id is free."""
    if job.host != socket.gethostname() or job.pid is None:
        return False
    try:
        os.kill(job.pid, 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False
