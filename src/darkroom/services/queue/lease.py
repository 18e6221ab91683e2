"""The lease of this process on its jobs: a heartbeat in the database.

Its jobs are its own while the heartbeat is fresh. Whoever finds it stale may take them over, so a process
that was suspended must look before it sends: `check`.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from darkroom.connectors.submitting import SEND_S
from darkroom.domain.errors import LeaseExpired, StoreError
from darkroom.services.clock import now

if TYPE_CHECKING:
    from collections.abc import Iterator

    from darkroom.services.tasks import Tasks
    from darkroom.store.store import Store

log = logging.getLogger(__name__)

HEARTBEAT_S = 5.0
"""How often this process says that it still has its jobs."""

STALE_AFTER_S = 30.0
"""After so long without a heartbeat another process may take a job over."""

RETRY_S = 1.0

FRESH_S = STALE_AFTER_S - SEND_S - HEARTBEAT_S
"""How old a heartbeat may be for a request to leave: what leaves now arrives before anybody takes over."""

_NEVER = datetime.min.replace(tzinfo=UTC)


class Lease:
    """Keeps the heart beating while anything needs it."""

    def __init__(self, owner: str, store: Store, tasks: Tasks) -> None:
        """Nothing is written before `held` is entered."""
        self.owner = owner
        self._store = store
        self._tasks = tasks
        self._holders = 0
        self._heart: asyncio.Task[None] | None = None
        self._renewed = _NEVER
        self.term = 0
        """Grows when the heart had stopped for so long that the jobs of before may be another's by now."""

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """While the block lasts, the heart beats. Needs a running loop."""
        if not self._holders and self._is_old(now()):
            self._renewed = _NEVER  # it had nothing to lose
        self._holders += 1
        if self._heart is None or self._heart.done():
            self._heart = self._tasks.start(self._beat(), "heartbeat")
        try:
            yield
        finally:
            self._holders -= 1

    def renewed(self, moment: datetime) -> None:
        """Notes a heartbeat that was written with something else; `moment` is what was written."""
        if self._renewed is not _NEVER and self._is_old(moment):
            self.term += 1
        self._renewed = max(self._renewed, moment)

    def check(self, term: int) -> None:
        """Whether a request may leave now.

        Compared by the wall clock, as a successor does: what the clock does, it does to both.

        Args:
            term: As it was when the job's owner was last looked at. A heart that stood still and beats
                again says nothing about who has the jobs.

        Raises:
            LeaseExpired: Another process may have this one's jobs by now.
        """
        moment = now()
        if term != self.term or self._is_old(moment):
            age = (moment - self._renewed).total_seconds()
            raise LeaseExpired(
                "This Darkroom was not heard of for too long",
                f"Its last heartbeat is {age:.0f} s old; another one may have its jobs"
                if term == self.term
                else "It stood still for a while; another one may have its jobs",
                "Nothing was sent; who has them is looked up",
            )

    def _is_old(self, moment: datetime) -> bool:
        return moment - self._renewed > timedelta(seconds=FRESH_S)

    async def renew(self, *, durable: bool = False) -> None:
        """Writes a heartbeat now; `durable` brings all that was written before to the disk with it.

        Raises:
            StoreError: It could not be written.
        """
        moment = now()
        await self._store.generations.heartbeat(self.owner, moment, durable=durable)
        self.renewed(moment)

    async def _beat(self) -> None:
        while self._holders:
            # A claim is a heartbeat too: the first one need not follow on its heels.
            wait_s = HEARTBEAT_S - (now() - self._renewed).total_seconds()
            if 0 < wait_s <= HEARTBEAT_S:
                await asyncio.sleep(wait_s)
                continue
            try:
                await self.renew()
            except StoreError as error:
                log.warning("heartbeat: %s", error)
                await asyncio.sleep(RETRY_S)
