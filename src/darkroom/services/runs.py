"""One generation, followed from its row to its end.

A `Run` owns a row for as long as it lives: it sends the request, writes down what happens, brings
the outputs home and says how it ended. It knows no face: it publishes to the hub.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import aclosing
from dataclasses import replace
from time import monotonic
from typing import TYPE_CHECKING

from darkroom.connectors.base import Prepared
from darkroom.domain.errors import (
    DarkroomError,
    ProtocolError,
    Rejected,
    StoreError,
    Unreachable,
)
from darkroom.domain.events import Accepted, Ended, NotFound, Outcome, OutputReady, Preview, Progress, Queued
from darkroom.domain.generation import Generation, Reason, Status
from darkroom.domain.text import plural
from darkroom.services.clock import now
from darkroom.services.outputs import Gathering
from darkroom.services.steps import Steps
from darkroom.services.updates import Changed, Live, PreviewArrived, Refused

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from darkroom.connectors.base import Connector
    from darkroom.domain.events import JobEvent
    from darkroom.domain.generation import Handle, Summary
    from darkroom.services.connections import Connections
    from darkroom.services.updates import Hub
    from darkroom.store.store import Store

log = logging.getLogger(__name__)

ARRIVAL_S = 10.0
"""How long a request may be on its way after whoever sent it is gone: what lies in buffers arrives in
milliseconds, what is lost in the network is tried again by TCP within seconds."""

ASK_EVERY_S = 0.5

CANCELLED_UNSENT = Ended(Outcome.CANCELLED, Reason("Cancelled before it was sent", kind="Cancelled"))


class Run:
    """Follows one generation. Made for one `drive`, then done."""

    def __init__(
        self,
        generation: Generation,
        *,
        owner: str,
        store: Store,
        connections: Connections,
        hub: Hub,
        still_ours: Callable[[], None],
        is_cancelled: Callable[[], bool],
        patient: bool,
    ) -> None:
        """A run of `generation`, which is the owner's.

        Args:
            generation: As it is kept.
            owner: This process.
            store: Where it is kept.
            connections: The way to its server.
            hub: Who is told.
            still_ours: See `Prepared.still_ours`.
            is_cancelled: Asked before the request is sent, and when the server has it.
            patient: A server that cannot be reached is no end: the job goes back to wait for it.
        """
        self._generation = generation
        self._id = generation.id
        self._session_id = generation.summary.session_id
        self._profile = generation.summary.profile
        self._owner = owner
        self._store = store
        self._connections = connections
        self._outputs = Gathering(generation, owner=owner, store=store, connections=connections, hub=hub)
        self._hub = hub
        self._still_ours = still_ours
        self._patient = patient
        self._steps = Steps(generation, owner=owner, store=store, hub=hub)
        self._prepared = Prepared(
            generation.request or {},
            generation.handle or {},
            generation.summary.expected,
            generation.server_version,
        )
        self._is_cancelled = is_cancelled
        self.live: Live | None = None
        """The last thing known of it, for whoever starts to look now."""
        self.ended: Summary | None = None
        """It as its end left it."""

    @property
    def accepted(self) -> Handle | None:
        """What finds the job at its server, from the moment that the server is known to have it."""
        return (self._steps.handle or {}) if self._steps.is_at_server else None

    async def drive(self) -> bool:
        """Sends it where that was not done, follows it, and records its end.

        Returns:
            False when the server could not be reached and nothing was sent: it may wait again.

        Raises:
            StoreError: The row cannot be written; it stays unfinished and is recovered later.
        """
        try:
            ended = await self._to_its_end()
        except Unreachable as error:
            self._connections.lost(self._profile, error)
            if self._is_cancelled():
                await self._settle(CANCELLED_UNSENT)
            elif self._patient:
                return False
            else:
                await self._finish(Status.FAILED, _reason(error, "Nothing was sent to the server"))
        except StoreError:
            raise
        except DarkroomError as error:
            if isinstance(error, Rejected):
                self._hub.publish(Refused(self._id, self._session_id, error.problems))
            await self._finish(Status.FAILED, _reason(error))
        else:
            await self._settle(ended)
        finally:
            await self._outputs.aclose()
            await self._steps.aclose()
        return True

    async def _to_its_end(self) -> Ended:
        status = self._steps.status
        if status is not Status.NEW and (status is not Status.SENDING or await self._arrived()):
            return await self._follow()
        while not self._is_cancelled() and await self._prepare():
            try:
                return await self._send()
            except Unreachable as error:
                if not error.sent:
                    raise
                self._connections.lost(self._profile, error)
            if await self._arrived():
                return await self._follow()
        return CANCELLED_UNSENT

    async def _prepare(self) -> bool:
        """Makes the request, anew where one was sent in vain: the pictures that went with it are gone.

        False when somebody, perhaps in another process, has asked to stop it: it must not be sent.
        """
        connector = await self._connections.get(self._profile)
        prepared = await connector.prepare(self._id, self._generation.snapshot, self._store.blobs)
        self._prepared = replace(prepared, still_ours=self._still_ours)
        self._steps.status, self._steps.handle = Status.SENDING, self._prepared.handle
        return await self._store.generations.prepared(
            self._id,
            self._owner,
            request=self._prepared.request,
            handle=self._prepared.handle,
            expected=self._prepared.expected,
            server_version=self._prepared.server_version,
        )

    async def _send(self) -> Ended:
        connector = await self._connections.get(self._profile)
        return await self._listen(connector, connector.run(self._prepared))

    async def _arrived(self) -> bool:
        """Whether a request that nothing confirmed has reached the server after all.

        It is false only when the server was asked and the request can no longer be on its way: the
        process, or the connection, that carried it is gone for `ARRIVAL_S`. Then it may be sent again.
        """
        silent_since = monotonic()
        while monotonic() - silent_since < ARRIVAL_S:
            try:
                connector = await self._connections.get(self._profile)
                if not isinstance(await connector.inspect(self._steps.handle or {}), NotFound):
                    return True
            except Unreachable as error:
                self._connections.lost(self._profile, error)
                silent_since = monotonic()
            await asyncio.sleep(ASK_EVERY_S)
        return False

    async def _follow(self) -> Ended:
        """Follows a job that may be at the server, through as many lost lines as there are."""
        self._steps.reach(Status.QUEUED)
        tries = 0
        while True:
            try:
                connector = await self._connections.get(self._profile)
                if self._is_cancelled():
                    # Perhaps while it was not known whether the server has it: so nobody asked the server.
                    await connector.cancel(self._steps.handle or {})
                return await self._listen(connector, connector.resume(self._steps.handle or {}))
            except Unreachable as error:
                await self._connections.wait_out(self._profile, error, tries)
                tries += 1

    async def _listen(self, connector: Connector, events: AsyncIterator[JobEvent]) -> Ended:
        async with aclosing(events) as stream:  # type: ignore[type-var]
            async for event in stream:
                if isinstance(event, Ended):
                    return event
                await self._note(connector, event)
        raise ProtocolError("The connector stopped without an end", profile=self._profile)

    async def _note(self, connector: Connector, event: JobEvent) -> None:
        match event:
            case Preview():
                self._hub.publish(PreviewArrived(self._id, self._session_id, event.data, event.media_type))
            case Progress() | Queued():
                self.live = Live(self._id, self._session_id, event)
                self._hub.publish(self.live)
                self._steps.reach(Status.RUNNING if isinstance(event, Progress) else Status.QUEUED)
            case Accepted():
                await self._steps.accept(event.handle)
                if self._is_cancelled():
                    # It was cancelled while the request was on its way, when there was nothing to stop.
                    await connector.cancel(event.handle)
            case OutputReady():
                self._outputs.fetch(connector, event.output)
            case _:
                raise AssertionError(event)

    async def _settle(self, ended: Ended) -> None:
        """Brings home what is still at the server and records the end."""
        troubles = await self._outputs.all_home(ended.outputs)
        status, reason = Status(ended.outcome), ended.reason
        if troubles and ended.outcome is Outcome.COMPLETE:
            status = Status.FAILED
            reason = Reason(
                f"{len(troubles)} of {plural(self._outputs.total, 'output')} could not be kept",
                "\n".join(troubles),
                "Send it again with r, or look on the server",
                "OutputsMissing",
            )
        expected, came = self._prepared.expected, self._outputs.pictures
        short = expected is not None and came < expected and ended.outcome is Outcome.COMPLETE
        few = (f"{came} of {plural(expected or 0, 'picture')} came",) if short else ()
        await self._finish(status, reason, ended, notes=(*ended.notes, *few, *troubles))

    async def _finish(
        self,
        status: Status,
        reason: Reason | None,
        ended: Ended | None = None,
        notes: tuple[str, ...] = (),
    ) -> None:
        await self._steps.written()
        finished_at = now()
        duration_s = ended.duration_s if ended is not None else None
        if duration_s is None and self._steps.started_at is not None:
            duration_s = (finished_at - self._steps.started_at).total_seconds()
        summary = await self._store.generations.finish(
            self._id,
            self._owner,
            status,
            reason=reason,
            duration_s=duration_s,
            unchanged=ended is not None and ended.unchanged,
            notes=notes,
            finished_at=finished_at,
        )
        self.live, self.ended = None, summary
        self._hub.publish(Changed(summary))


def _reason(error: DarkroomError, remark: str = "") -> Reason:
    detail = "\n".join(filter(None, [remark, error.detail]))
    if isinstance(error, Rejected) and error.problems:
        detail = "\n".join([detail, *(f"{a or 'workflow'}: {why}" for a, why in error.problems.items())])
    return Reason(error.title, detail.strip(), error.hint, type(error).__name__)
