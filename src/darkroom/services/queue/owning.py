"""All that makes a process one that may own jobs, put together."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from darkroom.domain.errors import StoreError
from darkroom.services.clock import now
from darkroom.services.queue.aftermath import Aftermath
from darkroom.services.queue.dispatcher import Dispatcher
from darkroom.services.queue.following import Following
from darkroom.services.queue.lease import Lease
from darkroom.services.queue.others import Others
from darkroom.services.queue.queue import Queue
from darkroom.services.recovery import Recovery
from darkroom.services.tasks import Tasks

if TYPE_CHECKING:
    from darkroom.services.catalogs import Catalogs
    from darkroom.services.connections import Connections
    from darkroom.services.profiles import Profiles
    from darkroom.services.updates import Hub
    from darkroom.store.store import Store

log = logging.getLogger(__name__)


class Owning:
    """The queue and whoever works on it in this process.

    Attributes:
        following: The jobs that this process has.
        dispatcher: Takes the next ones.
        queue: What waits.
        recovery: Takes over what nobody follows.
    """

    def __init__(
        self,
        *,
        owner: str,
        store: Store,
        profiles: Profiles,
        connections: Connections,
        catalogs: Catalogs,
        hub: Hub,
        resends: bool,
    ) -> None:
        """`resends`: a job that its server lost is sent once more."""
        self._owner = owner
        self._store = store
        self._tasks = Tasks()
        lease = Lease(owner, store, self._tasks)
        self.following = Following(
            store=store,
            connections=connections,
            hub=hub,
            lease=lease,
            tasks=self._tasks,
        )
        self.dispatcher = Dispatcher(
            store=store,
            profiles=profiles,
            connections=connections,
            catalogs=catalogs,
            hub=hub,
            lease=lease,
            following=self.following,
            aftermath=Aftermath(store, hub, self._again if resends else None),
            tasks=self._tasks,
        )
        self.queue = Queue(
            store=store, hub=hub, lease=lease, following=self.following, dispatcher=self.dispatcher
        )
        self.recovery = Recovery(owner, store, self.following, self.dispatcher)
        self._others = Others(
            owner=owner, store=store, hub=hub, following=self.following, changed=self._changed
        )

    def _changed(self) -> None:
        """Another process wrote something: it may have added jobs, or let go of its own."""
        self.dispatcher.look()
        self.recovery.look()

    async def _again(self, generation_id: str) -> None:
        await self.queue.again(generation_id)

    def start(self, *, takes_all: bool) -> None:
        """Begins to look at what other processes do, and at what waits.

        Args:
            takes_all: Work on every job whose turn it is, and wait for servers that are away; else on
                what is added or recovered here alone, which fails without its server.
        """
        self.following.patient = takes_all
        self._tasks.start(self._others.watch(), "other processes")
        self.dispatcher.begin(takes_all=takes_all)

    async def aclose(self) -> None:
        """Stops following; the jobs go on at their servers and may be taken over at once."""
        await self._tasks.aclose()
        try:
            await self._store.queue.release(self._owner, now())
        except StoreError as error:  # a full disk: they are free once the lease has run out
            log.warning("release: %s", error)
