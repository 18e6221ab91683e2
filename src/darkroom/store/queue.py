"""The queue: which jobs wait, in which order, and who gets the next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from darkroom.domain.queue import EVERYTHING, CancelRequest
from darkroom.store import claiming, codec, ordering, reading, sessions, writing

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Collection, Sequence
    from datetime import datetime

    from darkroom.domain.generation import Summary
    from darkroom.domain.queue import Backlog, Count, Hold, Job, Lane, Order, Pause, Priority
    from darkroom.domain.snapshot import Snapshot
    from darkroom.store.blobs import Blobs
    from darkroom.store.connection import Database
    from darkroom.store.sessions import Used


class Queue:
    """The queue, each method one transaction. A write survives the end of this process when it returns."""

    def __init__(self, database: Database, blobs: Blobs) -> None:
        self._database = database
        self._blobs = blobs

    # Coming in

    async def add(
        self,
        generation_id: str,
        session_id: str,
        snapshot: Snapshot,
        *,
        order: Order,
        created_at: datetime,
        owner: str = "",
        lane: Lane | None = None,
        used: Used | None = None,
        durable: bool = True,
    ) -> tuple[Summary, bool]:
        """Keeps a new job.

        Args:
            generation_id: A new UUID.
            session_id: Where it belongs.
            snapshot: The whole request; `snapshot.profile` is the profile or group it is for.
            order: Where it goes in.
            created_at: Aware.
            owner: With `lane`: who takes it at once, when it is the next and its server has room.
            lane: Its server.
            used: What its session shall remember of it.
            durable: Return only when the disk has it. One that its owner is about to send is on the disk
                when `Generations.prepared` returns.

        Returns:
            It, and whether `owner` has it now.

        Raises:
            StoreError: The id exists, the session is gone, or a picture to feed in is not kept.
        """

        def work(db: sqlite3.Connection) -> tuple[Summary, bool]:
            writing.touch_session(db, session_id, created_at)
            number = writing.insert(db, self._blobs, generation_id, session_id, snapshot, "", created_at)
            ordering.enter(db, number, order)
            if used is not None:
                sessions.note_use(db, session_id, used)
            taken = lane is not None and bool(
                claiming.claim(db, owner, lane, created_at, only=(generation_id,))
            )
            return reading.summary(db, generation_id), taken

        return await self._database.write(work, durable=durable)

    # Going out

    async def claim(
        self,
        owner: str,
        lane: Lane,
        now: datetime,
        *,
        lacks: Callable[[str], bool] | None = None,
        only: Collection[str] | None = None,
    ) -> str | None:
        """Takes the next job for a server: `True` for exactly one of those who try; see `claiming.claim`."""
        return await self._database.write(
            lambda db: claiming.claim(db, owner, lane, now, lacks=lacks, only=only), durable=False
        )

    async def put_back(self, generation_id: str, owner: str, now: datetime) -> Summary:
        """Lets a job of the owner's wait again, in its place. It was certainly not sent.

        Raises:
            Superseded: Another process has it.
            StoreError: It is gone.
        """

        def work(db: sqlite3.Connection) -> Summary:
            claiming.put_back(db, generation_id, owner, now)
            return reading.summary(db, generation_id)

        return await self._database.write(work)

    async def release(self, owner: str, now: datetime) -> None:
        """At a clean end: lets others have the owner's jobs at once; what was not sent waits again."""
        await self._database.write(lambda db: claiming.release(db, owner, now))

    async def put_back_orphan(
        self, generation_id: str, silent: str, stale_before: datetime, now: datetime
    ) -> bool:
        """The same for a job whose owner, `silent`, was last heard of before then; `False` when not so."""
        return await self._database.write(
            lambda db: claiming.put_back_orphan(db, generation_id, silent, stale_before, now)
        )

    async def cancel(self, generation_id: str, now: datetime) -> CancelRequest:
        """Ends a job that waits; asks the owner of one that does not."""

        def work(db: sqlite3.Connection) -> CancelRequest:
            number = writing.number_of(db, generation_id)
            return CancelRequest.OVER if number is None else claiming.cancel(db, number, now)

        return await self._database.write(work)

    async def clear(
        self,
        now: datetime,
        *,
        target: str | None = None,
        session_id: str | None = None,
        batch: str | None = None,
        ids: Sequence[str] | None = None,
    ) -> int:
        """Cancels what waits (of a target, a session, a batch, of these; else all); how many those were."""
        parts, parameters = ["hold <> 'batch'"], []
        for column, value in (("target", target), ("session_id", session_id)):
            if value is not None:
                parts.append(f"{column} = ?")
                parameters.append(value)
        if batch is not None:
            parts.append("number IN (SELECT generation FROM batch_jobs WHERE batch = ?)")
            parameters.append(batch)
        if ids is not None:
            parts.append("id IN (SELECT value FROM json_each(?))")
            parameters.append(codec.to_json(list(ids)))
        which = " AND ".join(parts)
        return await self._database.write(lambda db: claiming.end_waiting(db, which, tuple(parameters), now))

    async def asked_to_stop(self, owner: str) -> tuple[str, ...]:
        """Ids of the owner's jobs that somebody, perhaps in another process, asked to stop."""
        return await self._database.read(lambda db: claiming.asked_to_stop(db, owner))

    async def next_checkpoint(self, lane: Lane, unfit: Collection[str]) -> str:
        """The checkpoint of the lane's next job, but for those, when it is one of a group's; else ""."""
        return await self._database.read(lambda db: claiming.next_checkpoint(db, lane, unfit))

    async def ready_targets(self) -> tuple[str, ...]:
        """Profiles and groups that jobs wait for."""
        return await self._database.read(claiming.ready_targets)

    # The order

    async def prioritise(self, ids: Sequence[str], priority: Priority) -> None:
        """Gives jobs that wait a priority; among those that have it they go last. Others are passed over."""
        await self._change(ids, lambda db, numbers: ordering.prioritise(db, numbers, priority))

    async def move_to_start(self, ids: Sequence[str]) -> None:
        """Puts jobs that wait first within their priority."""
        await self._change(ids, ordering.move_to_start)

    async def move_to_end(self, ids: Sequence[str]) -> None:
        """Puts them last within their priority."""
        await self._change(ids, ordering.move_to_end)

    async def move_behind(self, ids: Sequence[str], other: str) -> None:
        """Puts them directly behind another job, whose priority they take.

        Raises:
            InputError: The other one has ended.
        """
        await self._change(
            ids, lambda db, numbers: ordering.move_behind(db, numbers, writing.number_of(db, other) or 0)
        )

    async def move_before(self, ids: Sequence[str], other: str) -> None:
        """Puts them directly before another job, likewise."""
        await self._change(
            ids, lambda db, numbers: ordering.move_before(db, numbers, writing.number_of(db, other) or 0)
        )

    async def step(self, generation_id: str, *, forward: bool) -> None:
        """Lets a job that waits change places with its neighbour of the same priority.

        Raises:
            InputError: It does not wait.
        """
        await self._change(
            (generation_id,), lambda db, numbers: ordering.step(db, numbers[0], forward=forward)
        )

    async def hold(self, ids: Sequence[str], hold: Hold) -> None:
        """Pauses jobs that wait, or lets them go on."""
        await self._change(ids, lambda db, numbers: ordering.hold(db, numbers, hold))

    async def _change(
        self, ids: Sequence[str], work: Callable[[sqlite3.Connection, Sequence[int]], None]
    ) -> None:
        def change(db: sqlite3.Connection) -> None:
            numbers = [number for i in ids if (number := writing.number_of(db, i)) is not None]
            if numbers:
                work(db, numbers)

        await self._database.write(change)

    async def pause(self, profile: str = EVERYTHING, *, reason: str = "", hint: str = "") -> None:
        """Stops claiming for a profile or group, or altogether; what is at a server goes on."""
        await self._database.write(lambda db: ordering.pause(db, profile, reason, hint))

    async def pause_if_waiting(self, profile: str, reason: str, hint: str) -> bool:
        """The same, when jobs wait for that very profile; whether it was done."""

        def work(db: sqlite3.Connection) -> bool:
            if not ordering.waits(db, profile):
                return False
            ordering.pause(db, profile, reason, hint)
            return True

        return await self._database.write(work)

    async def resume(self, profile: str | None = None) -> None:
        """Ends one pause, or all of them."""
        await self._database.write(lambda db: ordering.resume(db, profile))

    # Reading

    async def pauses(self) -> tuple[Pause, ...]:
        """What is stopped; all of it first."""
        return await self._database.read(ordering.pauses)

    async def page(self, *, offset: int = 0, limit: int, target: str | None = None) -> tuple[Job, ...]:
        """Part of the queue: what is at servers, then what waits, in its order."""
        return await self._database.read(lambda db: ordering.page(db, offset, limit, target))

    async def job(self, generation_id: str) -> Job | None:
        """One unfinished job; `None` when it has ended or is gone."""
        return await self._database.read(lambda db: ordering.job(db, generation_id))

    async def ahead(self, generation_id: str) -> int | None:
        """How many jobs for the same target go before one that waits; `None` when it does not wait."""
        return await self._database.read(lambda db: ordering.ahead(db, generation_id))

    async def counts(self) -> tuple[Count, ...]:
        """How many jobs there are, by target, server and hold."""
        return await self._database.read(ordering.counts)

    async def backlog(self) -> tuple[Backlog, ...]:
        """What waits and is not on hold, by what tells how long it takes."""
        return await self._database.read(ordering.backlog)
