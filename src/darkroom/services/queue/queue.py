"""The queue as the faces see it: what waits, in which order, and what may be done about it."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, NamedTuple

from darkroom.domain.errors import InputError
from darkroom.domain.generation import Generation
from darkroom.domain.queue import EVERYTHING, Batch, Hold, Order, Priority
from darkroom.services.clock import now
from darkroom.services.updates import Changed, QueueChanged, SessionsChanged
from darkroom.store.batches import NewJob
from darkroom.store.rows import blob_hashes

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, Mapping, Sequence

    from darkroom.domain.generation import Summary
    from darkroom.domain.parameters import Value
    from darkroom.domain.queue import Count, Job, Pause
    from darkroom.domain.snapshot import Snapshot
    from darkroom.services.queue.dispatcher import Dispatcher
    from darkroom.services.queue.following import Following
    from darkroom.services.queue.lease import Lease
    from darkroom.services.updates import Hub
    from darkroom.store.sessions import Used
    from darkroom.store.store import Store

PIECE = 50
"""Jobs of a batch that are written at once: some 15 ms, in which nobody else can write."""


class BatchPlan(NamedTuple):
    """What is told of a batch.

    Attributes:
        title: In one line ("steps × cfg_scale, 12 pictures").
        axes: Name → values, the outermost first; JSON-able.
        size: How many jobs it will have.
    """

    title: str
    axes: Mapping[str, Sequence[Value]]
    size: int


class Queue:
    """One order over all profiles, in the database: every process of the same home sees the same queue."""

    def __init__(
        self, *, store: Store, hub: Hub, lease: Lease, following: Following, dispatcher: Dispatcher
    ) -> None:
        self._store = store
        self._hub = hub
        self._lease = lease
        self._following = following
        self._dispatcher = dispatcher

    # Coming in

    async def add(
        self,
        session_id: str,
        snapshot: Snapshot,
        order: Order = Order(),  # noqa: B008 (immutable)
        used: Used | None = None,
    ) -> Summary:
        """Keeps a new job; it is sent when its turn comes, by this process or another one.

        Args:
            session_id: Where it belongs.
            snapshot: The whole request.
            order: Where it goes in.
            used: What its session shall remember of it.

        Raises:
            StoreError: It could not be kept; nothing was sent.
        """
        generation_id = str(uuid.uuid4())
        moment = now()
        self._dispatcher.want((generation_id,))
        lane = None if order.hold else self._dispatcher.ready_lane(snapshot.profile)
        summary, taken = await self._store.queue.add(
            generation_id,
            session_id,
            snapshot,
            order=order,
            created_at=moment,
            owner=self._lease.owner,
            lane=lane,
            used=used,
            # What is sent at once is on the disk before its first byte leaves: `prepared` sees to that.
            durable=lane is None or bool(blob_hashes(snapshot)),
        )
        if taken:
            self._lease.renewed(moment)
            known = Generation(summary, snapshot, owner=self._lease.owner)
            self._following.follow(generation_id, summary.profile, known)
        elif lane is not None:
            await self._lease.renew(durable=True)  # brings the row to the disk with it
        self._hub.publish(Changed(summary))
        self._changed()
        return summary

    async def again(self, generation_id: str, order: Order | None = None) -> Summary:
        """Sends the snapshot of a generation once more, the seed included, in the same session.

        Args:
            generation_id: Which.
            order: Where it goes in; the end of the queue, noted as a retry, when left out.

        Raises:
            InputError: There is no such generation.
            StoreError: It could not be kept; nothing was sent.
        """
        earlier = await self._store.generations.get(generation_id)
        if earlier is None:
            raise InputError("This generation is gone", hint="It may have been deleted for good")
        order = order or Order(retry_of=earlier.summary.number)
        return await self.add(earlier.summary.session_id, earlier.snapshot, order)

    async def duplicate(self, generation_id: str) -> Summary:
        """Another job like one that waits, directly behind it; at the end for any other one.

        Raises:
            InputError: There is no such generation.
        """
        job = await self._store.queue.job(generation_id)
        if job is None or job.claimed:
            return await self.again(generation_id, Order())
        return await self.again(generation_id, Order(job.priority, behind=job.summary.number))

    async def add_batch(
        self,
        session_id: str,
        plan: BatchPlan,
        jobs: AsyncIterable[tuple[Snapshot, Mapping[str, Value]]],
        *,
        priority: Priority = Priority.NORMAL,
        paused: bool = False,
    ) -> Batch:
        """Keeps many jobs, all or none; while it is written none of them is sent.

        Args:
            session_id: Where they belong.
            plan: What is told of it.
            jobs: Each job's request and its value on each axis, in the order in which they go.
            priority: Of all of them.
            paused: They wait until they are resumed.

        Raises:
            StoreError: It could not be kept; nothing was sent.
        """
        batch = Batch(str(uuid.uuid4()), session_id, plan.title, plan.axes, now(), plan.size)
        ids: list[str] = []
        with self._lease.held():
            await self._store.batches.begin(batch, self._lease.owner, batch.created_at)
            try:
                async for piece in _pieces(jobs):
                    await self._store.batches.add(batch, piece, priority)
                    ids += (job.generation_id for job in piece)
                await self._store.batches.accept(batch.id, Hold.PAUSED if paused else Hold.NONE)
            except BaseException:
                await self._store.batches.drop(batch.id)
                raise
        self._dispatcher.want(ids)
        self._hub.publish(SessionsChanged())
        self._changed()
        return batch

    # What waits

    async def page(self, *, offset: int = 0, limit: int, target: str | None = None) -> tuple[Job, ...]:
        """Part of the queue: what is at servers, then what waits, in its order."""
        return await self._store.queue.page(offset=offset, limit=limit, target=target)

    async def job(self, generation_id: str) -> Job | None:
        """One job; `None` when it has ended or is gone."""
        return await self._store.queue.job(generation_id)

    async def ahead(self, generation_id: str) -> int | None:
        """How many jobs for the same target go before one that waits; `None` when it does not wait."""
        return await self._store.queue.ahead(generation_id)

    async def counts(self) -> tuple[Count, ...]:
        """How many jobs there are, by target, server and hold."""
        return await self._store.queue.counts()

    async def pauses(self) -> tuple[Pause, ...]:
        """What is stopped; all of it first."""
        return await self._store.queue.pauses()

    # What may be done

    async def prioritise(self, ids: Sequence[str], priority: Priority) -> None:
        """Gives jobs that wait a priority; among those that have it they go last."""
        await self._store.queue.prioritise(ids, priority)
        self._changed()

    async def move_to_start(self, ids: Sequence[str]) -> None:
        """Puts jobs that wait first within their priority."""
        await self._store.queue.move_to_start(ids)
        self._changed()

    async def move_to_end(self, ids: Sequence[str]) -> None:
        """Puts them last within their priority."""
        await self._store.queue.move_to_end(ids)
        self._changed()

    async def move_behind(self, ids: Sequence[str], other: str) -> None:
        """Puts them directly behind another job, whose priority they take.

        Raises:
            InputError: The other one has ended.
        """
        await self._store.queue.move_behind(ids, other)
        self._changed()

    async def move_before(self, ids: Sequence[str], other: str) -> None:
        """Puts them directly before another job, likewise."""
        await self._store.queue.move_before(ids, other)
        self._changed()

    async def step(self, generation_id: str, *, forward: bool) -> None:
        """Lets a job that waits change places with its neighbour; `forward` is towards the end.

        Raises:
            InputError: It does not wait.
        """
        await self._store.queue.step(generation_id, forward=forward)
        self._changed()

    async def pause_jobs(self, ids: Sequence[str]) -> None:
        """Keeps jobs that wait until they are resumed."""
        await self._store.queue.hold(ids, Hold.PAUSED)
        self._changed()

    async def resume_jobs(self, ids: Sequence[str]) -> None:
        """Lets them go on."""
        await self._store.queue.hold(ids, Hold.NONE)
        self._changed()

    async def pause(self, profile: str = EVERYTHING) -> None:
        """Sends nothing more to a profile or group, or to any; what is at a server goes on."""
        await self._store.queue.pause(profile)
        self._changed()

    async def resume(self, profile: str | None = None) -> None:
        """Ends one pause, or all of them."""
        await self._store.queue.resume(profile)
        self._changed()

    async def clear(
        self, *, target: str | None = None, session_id: str | None = None, batch: str | None = None
    ) -> int:
        """Cancels what waits (of a target, a session, a batch; else everything); how many those were."""
        cleared = await self._store.queue.clear(now(), target=target, session_id=session_id, batch=batch)
        self._hub.publish(SessionsChanged())
        self._changed()
        return cleared

    def _changed(self) -> None:
        self._hub.publish(QueueChanged())
        self._dispatcher.look()


async def _pieces(
    jobs: AsyncIterable[tuple[Snapshot, Mapping[str, Value]]],
) -> AsyncIterable[list[NewJob]]:
    piece: list[NewJob] = []
    position = 0
    async for snapshot, coordinates in jobs:
        piece.append(NewJob(str(uuid.uuid4()), snapshot, position, coordinates))
        position += 1
        if len(piece) == PIECE:
            yield piece
            piece = []
    if piece:
        yield piece
