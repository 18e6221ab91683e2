"""Batches: jobs that were ordered together."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from darkroom.domain.queue import Hold, Order
from darkroom.store import batching, leases, ordering, writing

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from darkroom.domain.parameters import Value
    from darkroom.domain.queue import Batch, BatchJob, Priority
    from darkroom.domain.snapshot import Snapshot
    from darkroom.store.blobs import Blobs
    from darkroom.store.connection import Database


class NewJob(NamedTuple):
    """One job of a batch that is being written.

    Attributes:
        generation_id: A new UUID.
        snapshot: The whole request.
        position: 0-based, within the batch.
        coordinates: Its value on each axis.
    """

    generation_id: str
    snapshot: Snapshot
    position: int
    coordinates: Mapping[str, Value]


class Batches:
    """Batches, each method one transaction."""

    def __init__(self, database: Database, blobs: Blobs) -> None:
        self._database = database
        self._blobs = blobs

    async def begin(self, batch: Batch, writer: str, now: datetime) -> None:
        """Begins to write a batch; its writer's heart must go on beating until it is accepted."""

        def work(db: sqlite3.Connection) -> None:
            batching.begin(db, batch, writer)
            # Whoever had nothing to do may not have been heard of for long.
            leases.heartbeat(db, writer, now)
            writing.touch_session(db, batch.session_id, now)

        await self._database.write(work, durable=False)

    async def add(self, batch: Batch, jobs: Sequence[NewJob], priority: Priority) -> None:
        """Writes some of its jobs; they are on hold.

        Raises:
            StoreError: The batch was removed, for its writer was not heard of for too long.
        """
        order = Order(priority, Hold.BATCH)

        def work(db: sqlite3.Connection) -> None:
            batching.refuse_dropped(db, batch.id)
            for job in jobs:
                snapshot, session_id = job.snapshot, batch.session_id
                number = writing.insert(
                    db, self._blobs, job.generation_id, session_id, snapshot, "", batch.created_at
                )
                ordering.enter(db, number, order)
                batching.add(db, batch.id, number, job.position, job.coordinates)

        await self._database.write(work, durable=False)

    async def accept(self, batch_id: str, hold: Hold = Hold.NONE) -> None:
        """All of it is written: its jobs may go.

        Raises:
            StoreError: As `add`.
        """
        await self._database.write(lambda db: batching.accept(db, batch_id, hold))

    async def drop(self, batch_id: str) -> None:
        """Removes a batch that will not be accepted."""
        await self._database.write(lambda db: batching.drop(db, batch_id))

    async def drop_unfinished(self, stale_before: datetime) -> int:
        """Removes what a crash left of batches that were never accepted; how many those were."""
        return await self._database.write(lambda db: batching.drop_unfinished(db, stale_before))

    # Reading

    async def get(self, batch_id: str) -> Batch | None:
        """One batch; `None` when it is gone."""
        return await self._database.read(lambda db: batching.get(db, batch_id))

    async def of(self, generation_id: str) -> Batch | None:
        """The batch that a generation belongs to, if it does."""
        return await self._database.read(lambda db: batching.of_generation(db, generation_id))

    async def of_session(self, session_id: str) -> tuple[Batch, ...]:
        """The batches of a session, newest first."""
        return await self._database.read(lambda db: batching.of_session(db, session_id))

    async def jobs(self, batch_id: str) -> tuple[BatchJob, ...]:
        """The jobs of a batch, in its order."""
        return await self._database.read(lambda db: batching.jobs(db, batch_id))
