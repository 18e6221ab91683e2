"""The core: what a face (the TUI, the command line, a test) opens and drives."""

from __future__ import annotations

import os
import socket
import uuid
from functools import cached_property
from typing import TYPE_CHECKING

from darkroom.services.catalogs import Catalogs
from darkroom.services.clock import now
from darkroom.services.connections import Connections
from darkroom.services.demo import Demo
from darkroom.services.forms import Forms
from darkroom.services.history import History
from darkroom.services.profiles import HERE, Profiles
from darkroom.services.sessions import Sessions
from darkroom.services.tasks import Tasks
from darkroom.services.updates import Hub, Subscription
from darkroom.services.workflows import WorkflowLibrary
from darkroom.store.store import Store

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Sequence

    from darkroom.config.paths import Paths
    from darkroom.config.settings import Loaded, Settings
    from darkroom.services.background import Background
    from darkroom.services.batches import Batches
    from darkroom.services.exports import Exports
    from darkroom.services.generations import Generations
    from darkroom.services.queue.owning import Owning
    from darkroom.services.queue.queue import Queue
    from darkroom.services.recovery import Recovery


class Core:
    """All services over one store.

    Attributes:
        paths: Where everything lies.
        settings: As loaded.
        store: For reading; services write.
        profiles, connections, sessions, history, workflows, forms, generations, exports: The services.
        demo: The embedded server.
        queue: What waits, and in which order.
        recovery: Takes over jobs that nobody follows.
        batches: Many jobs from one form.
        background: The worker, which goes on when this process ends.

    What the first paint does not need is imported and made when it is first used.
    """

    def __init__(self, paths: Paths, loaded: Loaded, store: Store, *, hosts: Sequence[str] = HERE) -> None:
        self.paths = paths
        self.settings: Settings = loaded.settings
        self.store = store
        self._owner = uuid.uuid4().hex
        self._hub = Hub()
        self._tasks = Tasks()
        self.demo = Demo(paths.demo)
        self.profiles = Profiles(paths, loaded, here=hosts)
        self.connections = Connections(self.profiles, self.demo, self._hub)
        self.catalogs = Catalogs(store, self.profiles, self.connections)
        self.sessions = Sessions(store, self._hub)
        self.history = History(store, self._hub)
        self.workflows = WorkflowLibrary(store)
        self.forms = Forms(store, self.profiles, self.catalogs)
        self._watched: tuple[str, asyncio.Task[None]] | None = None

    @cached_property
    def owning(self) -> Owning:
        """What makes this process one that may own jobs."""
        from darkroom.services.queue.owning import Owning

        return Owning(
            owner=self._owner,
            store=self.store,
            profiles=self.profiles,
            connections=self.connections,
            catalogs=self.catalogs,
            hub=self._hub,
            resends=self.settings.resend_lost,
        )

    @property
    def queue(self) -> Queue:
        """What waits, in which order, and what may be done about it."""
        return self.owning.queue

    @property
    def recovery(self) -> Recovery:
        """Takes over jobs that nobody follows."""
        return self.owning.recovery

    @cached_property
    def generations(self) -> Generations:
        """Makes generations and stops them."""
        from darkroom.services.generations import Generations
        from darkroom.services.inputs import Inputs

        return Generations(
            store=self.store,
            connections=self.connections,
            forms=self.forms,
            inputs=Inputs(self.store),
            hub=self._hub,
            queue=self.queue,
            following=self.owning.following,
        )

    @cached_property
    def background(self) -> Background:
        """The worker of this home, a process that goes on when this one ends."""
        from darkroom.services.background import Background

        return Background(self.paths)

    @cached_property
    def exports(self) -> Exports:
        """Takes things out."""
        from darkroom.services.exports import Exports

        return Exports(self.store)

    @cached_property
    def batches(self) -> Batches:
        """Makes many jobs of one form."""
        from darkroom.services.batches import Batches

        return Batches(
            store=self.store,
            profiles=self.profiles,
            forms=self.forms,
            generations=self.generations,
            queue=self.queue,
            wildcards=self.paths.wildcards,
        )

    @classmethod
    async def open(cls, paths: Paths, loaded: Loaded, *, hosts: Sequence[str] = HERE) -> Core:
        """Opens the store; quick, and asks no server.

        Args:
            paths: Where everything lies.
            loaded: The configuration.
            hosts: Where servers are looked for when none is named: this machine, save in tests.

        Raises:
            StoreError: The database or the data folder cannot be used.
        """
        return cls(paths, loaded, await Store.open(paths.database, paths.blobs), hosts=hosts)

    async def start(self, *, background: bool = True, takes_all: bool = True) -> None:
        """Registers this process as one that may own jobs.

        Args:
            background: Go on taking over jobs that nobody follows, and tidy up.
            takes_all: Work on every job of the queue whose turn it is, and wait for servers that are away.
                Otherwise only what is submitted, or recovered, here; it fails when its server is away.
        """
        await self.store.generations.register(self._owner, os.getpid(), socket.gethostname(), now())
        self.owning.start(takes_all=takes_all)
        if background:
            from darkroom.services.housekeeping import tidy_later

            self._tasks.start(self.recovery.watch(), "recovery")
            trash_days = self.settings.trash_days
            self._tasks.start(tidy_later(self.store, self.paths, trash_days=trash_days), "housekeeping")

    def watch(self, profile_name: str) -> None:
        """Keeps the state of this profile's server current, instead of the one watched before."""
        if self._watched is not None:
            name, task = self._watched
            if name == profile_name and not task.done():
                return
            task.cancel()
        task = self._tasks.start(self.connections.watch(profile_name), f"watch {profile_name}")
        self._watched = profile_name, task

    def updates(self, hints_every_s: Callable[[], float] | None = None) -> Subscription:
        """Everything that happens from now on. Close it when done.

        Args:
            hints_every_s: Seconds between news of how far jobs are; left out, they come at once.
        """
        return self._hub.subscribe(hints_every_s)

    async def aclose(self) -> None:
        """Ends quickly. Running jobs go on at their servers and are found again at the next start."""
        try:
            await self._tasks.aclose()
            if "owning" in vars(self):  # else none could be made here
                await self.owning.aclose()
            await self.connections.aclose()
        finally:
            # Whatever went wrong before: the threads of an open database would keep the process alive.
            await self.store.aclose()
