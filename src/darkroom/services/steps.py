"""How far one generation is: known at once in the process that follows it, and soon after in its row."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from darkroom.domain.generation import Status
from darkroom.services.clock import now
from darkroom.services.updates import Changed

if TYPE_CHECKING:
    from datetime import datetime

    from darkroom.domain.generation import Generation, Handle
    from darkroom.services.updates import Hub
    from darkroom.store.store import Store


class Steps:
    """The way of one generation, from `NEW` to `RUNNING`; its end is not written here.

    Nothing that a server tells waits for the database: rows are written in the background, and of several
    steps in a row only the last. A row that lags behind costs nothing, for whoever takes it over asks the
    server. What finds the job there is another matter: `accept` returns when that is on the disk.

    Attributes:
        status: As it is known here.
        handle: What finds it at its server.
        started_at: When it was first seen to run.
    """

    def __init__(self, generation: Generation, *, owner: str, store: Store, hub: Hub) -> None:
        """From where its row says that it is."""
        self.status = generation.summary.status
        self.handle: Handle | None = generation.handle
        self.started_at: datetime | None = generation.started_at
        self._id = generation.id
        self._owner = owner
        self._store = store
        self._hub = hub
        self._writing: asyncio.Task[None] | None = None

    @property
    def is_at_server(self) -> bool:
        """Whether the server is known to have it."""
        return self.status in (Status.QUEUED, Status.RUNNING)

    async def accept(self, handle: Handle) -> None:
        """The server has it, and finds it by this.

        Raises:
            StoreError: That could not be written, or the row is another's.
        """
        if handle == self.handle:
            self.reach(Status.QUEUED)
            return
        self.handle = handle
        status = Status.RUNNING if self.status is Status.RUNNING else Status.QUEUED
        summary = await self._store.generations.advance(
            self._id, self._owner, status, handle=handle, started_at=self.started_at
        )
        if status is not self.status:
            self.status = status
            self._hub.publish(Changed(summary))

    def reach(self, status: Status) -> None:
        """It is queued, or runs. Returns at once.

        Raises:
            StoreError: An earlier step could not be written, or the row is another's.
        """
        if self._writing is not None and self._writing.done():
            self._writing.result()
        if status is self.status or self.status is Status.RUNNING:
            return  # a server may call a running job queued for a moment
        self.status = status
        if status is Status.RUNNING and self.started_at is None:
            self.started_at = now()
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write())

    async def written(self) -> None:
        """Returns when the row is where we are.

        Raises:
            StoreError: As `reach`.
        """
        if self._writing is not None:
            await self._writing

    async def aclose(self) -> None:
        """Writes no more."""
        if self._writing is not None:
            self._writing.cancel()
            await asyncio.gather(self._writing, return_exceptions=True)

    async def _write(self) -> None:
        written: Status | None = None
        while written is not self.status:
            written = self.status
            summary = await self._store.generations.advance(
                self._id, self._owner, written, started_at=self.started_at
            )
            self._hub.publish(Changed(summary))
