"""Claims the next job for every server that has room, and starts to follow it.

Any number of processes dispatch side by side: a claim is one transaction. Each server has a lane of its own
here, so that one that is slow to open, or away, keeps no other waiting.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from darkroom.domain.errors import ConnectorError, DarkroomError, StoreError
from darkroom.domain.profile import DEFAULT_DEPTH
from darkroom.domain.queue import Lane
from darkroom.services.clock import now
from darkroom.services.connections import RETRY_S
from darkroom.services.updates import QueueChanged

if TYPE_CHECKING:
    from collections.abc import Collection

    from darkroom.domain.generation import Summary
    from darkroom.services.catalogs import Catalogs
    from darkroom.services.connections import Connections
    from darkroom.services.profiles import Profiles
    from darkroom.services.queue.aftermath import Aftermath
    from darkroom.services.queue.following import Following
    from darkroom.services.queue.lease import Lease
    from darkroom.services.tasks import Tasks
    from darkroom.services.updates import Hub
    from darkroom.store.store import Store

log = logging.getLogger(__name__)


class Dispatcher:
    """Takes jobs while there is room for them."""

    def __init__(
        self,
        *,
        store: Store,
        profiles: Profiles,
        connections: Connections,
        catalogs: Catalogs,
        hub: Hub,
        lease: Lease,
        following: Following,
        aftermath: Aftermath,
        tasks: Tasks,
    ) -> None:
        self._store = store
        self._profiles = profiles
        self._connections = connections
        self._catalogs = catalogs
        self._hub = hub
        self._lease = lease
        self._following = following
        self._aftermath = aftermath
        self._tasks = tasks
        self._wanted: set[str] | None = set()
        """What may be taken; `None` for every job."""
        self._begun = False
        self._look = asyncio.Event()
        self._running: asyncio.Task[None] | None = None
        self._wakes: dict[str, asyncio.Event] = {}
        self._lanes: dict[str, Lane] = {}
        self._away: dict[str, int] = {}
        """Servers that could not be reached, and how often in a row."""
        following.turns = self

    def want(self, generation_ids: Collection[str]) -> None:
        """Takes these too, where not every job is taken."""
        if self._wanted is not None:
            self._wanted.update(generation_ids)

    def begin(self, *, takes_all: bool) -> None:
        """Takes jobs from now on: every one whose turn it is, or only what was wanted here.

        Without it this process changes the queue and leaves its jobs to others.
        """
        self._begun = True
        if takes_all:
            self._wanted = None
        self.look()

    def look(self) -> None:
        """There may be a job to take; returns at once."""
        self._look.set()
        if self._begun and (self._running is None or self._running.done()):
            self._running = self._tasks.start(self._dispatch(), "dispatcher")

    def stop(self) -> None:
        """Takes no more jobs; those that it has go on."""
        self._wanted = set()

    def ready_lane(self, target: str) -> Lane | None:
        """The lane of a plain profile whose server can be given a job right now; else `None`."""
        lane = self._lanes.get(target)
        full = lane is None or target in self._away or self._following.count(target) >= lane.depth
        return None if full else lane

    def unreached(self, profile: str) -> None:
        """The server is away: it is asked until it is back before it gets another job."""
        self._away.setdefault(profile, 0)

    async def ended(self, summary: Summary) -> None:
        """A job of this process has ended: what follows from that."""
        if self._wanted is not None:
            self._wanted.discard(summary.id)
        await self._aftermath.mind(summary)
        if self._begun and summary.profile in self._wakes:
            self._wakes[summary.profile].set()  # its place is free: no need to look who waits for what

    async def _dispatch(self) -> None:
        while True:
            await self._look.wait()
            self._look.clear()
            if self._wanted == set():
                continue  # a server is not opened, nor the demo started, for jobs of others
            try:
                targets = await self._store.queue.ready_targets()
            except StoreError as error:
                log.warning("the queue cannot be read: %s", error)
                await asyncio.sleep(RETRY_S[-1])
                self._look.set()
                continue
            for target in targets:
                for profile in self._members(target):
                    self._wake(profile)

    def _members(self, target: str) -> tuple[str, ...]:
        try:
            return self._profiles.members(target)
        except DarkroomError as error:
            # Another process may know it: a profile that was added since this one read the configuration.
            log.info("jobs for %s are left to others: %s", target, error.title)
            return ()

    def _wake(self, profile: str) -> None:
        if profile not in self._wakes:
            self._wakes[profile] = asyncio.Event()
            self._tasks.start(self._serve(profile), f"lane {profile}")
        self._wakes[profile].set()

    async def _serve(self, profile: str) -> None:
        wake = self._wakes[profile]
        while True:
            await wake.wait()
            wake.clear()
            try:
                if profile in self._away:
                    await self._until_back(profile)
                await self._fill(await self._open(profile))
            except StoreError as error:
                log.warning("the queue of %s: %s", profile, error)
                await asyncio.sleep(RETRY_S[-1])
                wake.set()
            except ConnectorError as error:  # the demo server could not be started
                log.warning("the queue of %s: %s", profile, error)
                self.unreached(profile)
                wake.set()
            except DarkroomError as error:  # the profile is gone, or its secret cannot be read
                await self._pause(profile, error)

    async def _until_back(self, profile: str) -> None:
        """Waits until the server answers; longer each time."""
        while True:
            tries = self._away[profile]
            await asyncio.sleep(RETRY_S[min(tries, len(RETRY_S) - 1)])
            self._away[profile] = tries + 1
            try:
                await self._connections.probe(profile)
            except ConnectorError:
                continue
            del self._away[profile]
            return

    async def _open(self, profile: str) -> Lane:
        """The lane as the configuration has it now."""
        wanted = self._profiles.get(profile)
        connector = await self._connections.get(profile)
        # What waits where it cannot be taken back is lost to a change of mind: one at a time goes there.
        depth = (wanted.queue_depth or DEFAULT_DEPTH) if connector.capabilities.cancel_queued else 1
        targets = (profile, *self._profiles.groups_of(profile))
        lane = self._lanes[profile] = Lane(profile, targets, depth, wanted.group_checkpoints)
        return lane

    async def _fill(self, lane: Lane) -> None:
        fit: set[str] = set()
        while self._following.count(lane.profile) < lane.depth and self._wanted != set():
            if len(lane.targets) > 1:
                await self._vet(lane, fit)
            moment = now()
            taken = await self._store.queue.claim(
                self._lease.owner, lane, moment, lacks=lambda name: name not in fit, only=self._wanted
            )
            if taken is None:
                return
            self._lease.renewed(moment)
            self._following.follow(taken, lane.profile)
            self._hub.publish(QueueChanged())

    async def _vet(self, lane: Lane, fit: set[str]) -> None:
        """Adds the checkpoint of the group's next job that the server has, or may have."""
        unfit: set[str] = set()
        while (name := await self._store.queue.next_checkpoint(lane, unfit)) and name not in fit:
            lacks = await self._catalogs.has_checkpoint(lane.profile, name) is False
            (unfit if lacks else fit).add(name)

    async def _pause(self, target: str, error: DarkroomError) -> None:
        """What cannot work for any job stops the queue instead of failing them all."""
        log.warning("the queue of %s is paused: %s", target, error)
        try:
            await self._store.queue.pause(target, reason=error.title, hint=error.hint)
        except StoreError as trouble:
            log.warning("the queue of %s cannot be paused: %s", target, trouble)
        self._hub.publish(QueueChanged())
