"""The generations that this process has: each is followed from its claim to its end."""

from __future__ import annotations

import asyncio
import logging
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, Protocol

from darkroom.config.logs import about
from darkroom.domain.errors import (
    ConnectorError,
    DarkroomError,
    InputError,
    LeaseExpired,
    StoreError,
    Superseded,
)
from darkroom.domain.events import CancelResult
from darkroom.domain.generation import Status
from darkroom.services.clock import now
from darkroom.services.connections import RETRY_S
from darkroom.services.runs import Run
from darkroom.services.updates import Changed, SessionsChanged, Trouble

if TYPE_CHECKING:
    from collections.abc import Callable

    from darkroom.domain.generation import Generation, Summary
    from darkroom.services.connections import Connections
    from darkroom.services.queue.lease import Lease
    from darkroom.services.tasks import Tasks
    from darkroom.services.updates import Hub, Live
    from darkroom.store.store import Store

log = logging.getLogger(__name__)

LOOK_EVERY_S = 0.5
"""How often the store is asked for the end of a generation that another process has."""


class Turns(Protocol):
    """Who is told when a place at a server becomes free."""

    async def ended(self, summary: Summary) -> None:
        """A job of this process has ended."""
        ...

    def unreached(self, profile: str) -> None:
        """A job went back to the queue, for its server cannot be reached."""
        ...

    def look(self) -> None:
        """Something changed: there may be a job to take."""
        ...


class _Followed(NamedTuple):
    """One generation here.

    Attributes:
        over: Done when nothing more is done for it here.
        profile: The server that has it.
    """

    over: asyncio.Future[None]
    profile: str


class Following:
    """What this process owns."""

    def __init__(
        self,
        *,
        store: Store,
        connections: Connections,
        hub: Hub,
        lease: Lease,
        tasks: Tasks,
    ) -> None:
        self._store = store
        self._connections = connections
        self._hub = hub
        self._lease = lease
        self._tasks = tasks
        self.patient = False
        """Whether a job whose server is away waits for it; else it fails."""
        self._runs: dict[str, Run] = {}
        self._here: dict[str, _Followed] = {}
        self._cancelled: set[str] = set()
        self.turns: Turns | None = None
        """Set once, by the dispatcher."""

    def follow(self, generation_id: str, profile: str, known: Generation | None = None) -> None:
        """Sees a generation that this process owns to its end, in the background.

        Args:
            generation_id: Which.
            profile: The server that it was claimed for.
            known: Spares reading it when it was kept just now.
        """
        if generation_id in self._here:
            return
        over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._here[generation_id] = _Followed(over, profile)
        self._tasks.start(self._drive(generation_id, known), f"generation {generation_id}")

    async def _drive(self, generation_id: str, known: Generation | None) -> None:
        over, profile = self._here[generation_id]
        try:
            with self._lease.held():
                while not await self._drive_once(generation_id, known, over):
                    await asyncio.sleep(RETRY_S[-1])
                    known = None
        finally:
            run = self._runs.pop(generation_id, None)
            self._here.pop(generation_id, None)
            self._cancelled.discard(generation_id)
            if not over.done():
                over.set_result(None)
        self._hub.publish(SessionsChanged())
        await self._tell(generation_id, profile, run.ended if run is not None else None)

    async def _tell(self, generation_id: str, profile: str, ended: Summary | None) -> None:
        if self.turns is None:
            return
        summary = ended or await self._store.generations.summary(generation_id)
        if summary is not None and summary.status.final:
            await self.turns.ended(summary)
        elif summary is not None and summary.status is Status.NEW:
            self.turns.unreached(profile)
        self.turns.look()

    async def _drive_once(
        self, generation_id: str, known: Generation | None, over: asyncio.Future[None]
    ) -> bool:
        """True when there is nothing more to do for it here."""
        try:
            return await self._follow_once(generation_id, known)
        except LeaseExpired as error:
            log.info("generation %s: %s", generation_id, error.detail)
            return False  # the row says whose it is
        except Superseded:
            log.info("generation %s is followed by another process", generation_id)
            return True
        except StoreError as error:
            trouble: DarkroomError = error
        except Exception as error:  # the event pump: a defect here must not strand a job unseen
            log.exception("following generation %s failed", generation_id)
            trouble = DarkroomError(
                "Darkroom made a mistake while it followed a job",
                f"{type(error).__name__}: {error}",
                "It tries again; the log says more",
            )
        # The row stays unfinished: nothing is lost, and it is tried again.
        self._hub.publish(Trouble(trouble))
        if not over.done():
            over.set_exception(trouble)
            over.exception()  # nobody may be waiting; that is no mistake
        return False

    async def _follow_once(self, generation_id: str, known: Generation | None) -> bool:
        with about(generation=generation_id):
            term = self._lease.term
            generation = known or await self._store.generations.get(generation_id)
            if generation is None or generation.summary.status.final:
                return True
            if generation.owner != self._lease.owner:
                raise Superseded("Another Darkroom has taken this generation over")
            run = self._runs[generation_id] = Run(
                generation,
                owner=self._lease.owner,
                store=self._store,
                connections=self._connections,
                hub=self._hub,
                still_ours=partial(self._lease.check, term),
                is_cancelled=lambda: generation_id in self._cancelled,
                patient=self.patient,
            )
            if not await run.drive():
                summary = await self._store.queue.put_back(generation_id, self._lease.owner, now())
                self._hub.publish(Changed(summary))
        return True

    async def cancel(self, generation_id: str) -> CancelResult | None:
        """Stops a generation that is followed here; `None` when it is not.

        One that was not sent ends by being noted: its run looks before it sends.

        Raises:
            ConnectorError: The server could not be asked.
        """
        here = self._here.get(generation_id)
        if here is None:
            return None
        self._cancelled.add(generation_id)
        generation = await self._store.generations.get(generation_id)
        if generation is None or generation.summary.status.final:
            return CancelResult.NOT_RUNNING
        run = self._runs.get(generation_id)
        handle = run.accepted if run is not None else None  # the row may lag behind
        if handle is None and generation.summary.status in (Status.NEW, Status.SENDING):
            return CancelResult.STOPPED
        connector = await self._connections.get(here.profile)
        return await connector.cancel(handle or generation.handle or {})

    async def heed(self) -> None:
        """Stops those of its jobs that somebody else asked to stop, perhaps before they were taken over.

        Raises:
            StoreError: The database cannot be read.
        """
        for generation_id in await self._store.queue.asked_to_stop(self._lease.owner):
            if generation_id not in self._cancelled:
                try:
                    await self.cancel(generation_id)
                except ConnectorError as error:
                    log.warning("generation %s cannot be stopped: %s", generation_id, error)

    async def wait(self, generation_id: str) -> Summary:
        """Returns when the generation has ended, whichever process has it.

        Raises:
            DarkroomError: What became of it could not be written, or a defect; it goes on in the
                background, and is recovered at the next start.
            InputError: There is no such generation.
        """
        while True:
            here = self._here.get(generation_id)
            if here is not None:
                await asyncio.shield(here.over)
            summary = await self._store.generations.summary(generation_id)
            if summary is None:
                raise InputError("This generation is gone")
            if summary.status.final:
                return summary
            if generation_id not in self._here:
                await self._something(lambda: generation_id in self._here)

    async def _something(self, enough: Callable[[], bool]) -> None:
        """Waits a moment, or until the hub tells of anything that may matter."""
        updates = self._hub.subscribe()
        try:
            async with asyncio.timeout(LOOK_EVERY_S):
                async for update in updates:
                    if isinstance(update, Changed) or enough():
                        return
        except TimeoutError:
            return
        finally:
            updates.close()

    def live(self, generation_id: str) -> Live | None:
        """The last that was heard of a generation followed here."""
        run = self._runs.get(generation_id)
        return run.live if run is not None else None

    def all_live(self) -> tuple[Live, ...]:
        """The same for all of them."""
        return tuple(run.live for run in self._runs.values() if run.live is not None)

    def active(self) -> tuple[str, ...]:
        """Ids of the generations followed here, oldest first."""
        return tuple(self._here)

    def count(self, profile: str) -> int:
        """How many of them are at a server."""
        return sum(followed.profile == profile for followed in self._here.values())
