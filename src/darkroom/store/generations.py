"""Generations: the rows that nothing may lose."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from darkroom.store import leases, reading, rows, trash, writing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from darkroom.domain.generation import Generation, Handle, Output, Reason, Status, Summary
    from darkroom.domain.snapshot import Snapshot
    from darkroom.store.blobs import Blobs
    from darkroom.store.connection import Database
    from darkroom.store.leases import Process, Unfinished


class Generations:
    """Generations, each method one transaction.

    Methods that take an `owner` write for that process and raise `Superseded` when another one has
    the row, `StoreError` when the row is gone. When a write returns it survives the end of this
    process; where nothing else is said, also a power cut.
    """

    def __init__(self, database: Database, blobs: Blobs) -> None:
        self._database = database
        self._blobs = blobs

    # The way of a generation

    async def create(
        self,
        generation_id: str,
        session_id: str,
        snapshot: Snapshot,
        *,
        owner: str,
        created_at: datetime,
    ) -> Summary:
        """Keeps a new generation, `NEW`, complete enough to be repeated.

        It is on the disk before the first byte of it goes to a server: with pictures to upload when
        this returns, else when `prepared` does.

        Args:
            generation_id: A UUID in its usual form, lower case.
            session_id: Where it belongs; it becomes the session used last.
            snapshot: The whole request.
            owner: The process that will send it; `register` it first.
            created_at: Aware.

        Raises:
            StoreError: The id exists, the session is gone, or a picture to feed in is not kept.
        """
        return await self._database.write(
            lambda db: writing.create(
                db, self._blobs, generation_id, session_id, snapshot, owner, created_at
            ),
            durable=bool(rows.blob_hashes(snapshot)),
        )

    async def prepared(
        self,
        generation_id: str,
        owner: str,
        *,
        request: Mapping[str, Any],
        handle: Handle,
        expected: int | None,
        server_version: str,
    ) -> bool:
        """Keeps what is about to be sent and what finds it again; the status becomes `SENDING`.

        Returns:
            Whether it may be sent. When somebody has asked to stop it, in whichever process, it may not.

        Raises:
            StoreError: It has ended already (it was cancelled): do not send.
        """
        return await self._database.write(
            lambda db: writing.prepared(db, generation_id, owner, request, handle, expected, server_version)
        )

    async def advance(
        self,
        generation_id: str,
        owner: str,
        status: Status,
        *,
        handle: Handle | None = None,
        started_at: datetime | None = None,
    ) -> Summary:
        """Notes a step on the way (`QUEUED`, `RUNNING`); the first `started_at` stays.

        A step that comes after the end is ignored. A new `handle` is on the disk when this returns;
        a mere status may be lost in a power cut, for the server knows it.
        """
        if status.final:
            raise ValueError("a generation is ended by finish()")
        return await self._database.write(
            lambda db: writing.advance(db, generation_id, owner, status, handle, started_at),
            durable=handle is not None,
        )

    async def add_output(
        self, generation_id: str, owner: str, output: Output, *, only_copy: bool = False
    ) -> Summary:
        """Records an output whose bytes are in the blobs; the same index again replaces it.

        Args:
            generation_id: Whose output.
            owner: The process that writes.
            output: With its index.
            only_copy: The server has none: the row is on the disk when this returns. Otherwise a
                power cut may cost the row until `finish`, and recovery fetches the output again.

        Raises:
            StoreError: Its bytes are not kept.
        """
        return await self._database.write(
            lambda db: writing.add_output(db, self._blobs, generation_id, owner, output), durable=only_copy
        )

    async def finish(
        self,
        generation_id: str,
        owner: str,
        status: Status,
        *,
        reason: Reason | None = None,
        duration_s: float | None = None,
        unchanged: bool = False,
        notes: Sequence[str] = (),
        finished_at: datetime,
    ) -> Summary:
        """Ends it. Idempotent: the first end stands, the row as it is comes back."""
        if not status.final:
            raise ValueError("finish() takes a final status")
        return await self._database.write(
            lambda db: writing.finish(
                db, generation_id, owner, status, reason, duration_s, unchanged, tuple(notes), finished_at
            )
        )

    # Owners

    async def register(self, owner: str, pid: int | None, host: str, now: datetime) -> None:
        """Announces this process; its rows are its own while its heartbeat is fresh."""
        await self._database.write(lambda db: leases.register(db, owner, pid, host, now))

    async def heartbeat(self, owner: str, now: datetime, *, durable: bool = False) -> None:
        """Says that the owner lives; `durable` brings all that was written before to the disk with it."""
        await self._database.write(lambda db: leases.heartbeat(db, owner, now), durable=durable)

    async def processes(self) -> tuple[Process, ...]:
        """All that registered and did not say goodbye, the dead among them."""
        return await self._database.read(leases.processes)

    async def unfinished(self, *, stale_before: datetime) -> tuple[Unfinished, ...]:
        """Claimed rows nobody works on: released, or their owner silent since then; oldest first."""
        return await self._database.read(lambda db: leases.orphaned(db, stale_before))

    async def mine(self, owner: str) -> tuple[Unfinished, ...]:
        """The owner's unfinished rows, oldest first."""
        return await self._database.read(lambda db: leases.mine(db, owner))

    async def claim(
        self,
        generation_id: str,
        owner: str,
        stale_before: datetime,
        now: datetime,
        *,
        silent: str | None = None,
    ) -> bool:
        """Takes a row over when nobody works on it; `True` for exactly one of those who try.

        Args:
            generation_id: Which.
            owner: Who takes it.
            stale_before: Whoever was not heard of since then does not work on it any more.
            now: The present; the owner's heartbeat is set to it.
            silent: From this owner alone: by now it may be another's, who was not looked at.
        """
        return await self._database.write(
            lambda db: leases.claim(db, generation_id, owner, stale_before, now, silent)
        )

    # Reading

    async def get(self, generation_id: str) -> Generation | None:
        """Everything about one, also from the trash; `None` when there is none."""
        return await self._database.read(lambda db: reading.generation(db, generation_id))

    async def summary(self, generation_id: str) -> Summary | None:
        """One as a list shows it, also from the trash."""
        return await self._database.read(lambda db: reading.summary_or_none(db, generation_id))

    async def request(self, generation_id: str) -> Mapping[str, Any] | None:
        """The exact body that was sent; `None` before it was prepared."""
        return await self._database.read(lambda db: reading.request(db, generation_id))

    async def find(self, prefix_or_number: str) -> str:
        """The id of what a person names: "12", "#12", an id or the start of one.

        Raises:
            AmbiguousName: Several ids begin like this.
            InputError: None does.
        """
        return await self._database.read(lambda db: reading.find(db, prefix_or_number))

    async def page(self, session_id: str, *, offset: int, limit: int) -> tuple[Summary, ...]:
        """Part of a session's list, newest first, without the trash."""
        return await self._database.read(lambda db: reading.page(db, session_id, offset, limit))

    async def count(self, session_id: str) -> int:
        """Length of that list."""
        return await self._database.read(lambda db: reading.count(db, session_id))

    async def seconds(self, profile: str, checkpoint: str, pixels: int) -> float | None:
        """Median duration of the latest like runs, in seconds; `None` when there were none."""
        return await self._database.read(lambda db: reading.seconds(db, profile, checkpoint, pixels))

    # The trash

    async def trash(self, generation_ids: Sequence[str]) -> None:
        """Puts generations into the trash; those that are gone are passed over. Idempotent."""
        await self._database.write(lambda db: trash.trash(db, generation_ids))

    async def restore(self, generation_ids: Sequence[str]) -> None:
        """Takes them out again. Idempotent."""
        await self._database.write(lambda db: trash.restore(db, generation_ids))

    async def purge(self, *, trashed_before: datetime) -> tuple[str, ...]:
        """Deletes what lies in the trash since before then, and the blobs nothing refers to any more.

        Generations that have not ended stay. Other processes may go on writing.

        Returns:
            Hashes of the files that were removed.
        """
        return await trash.purge(self._database, self._blobs, trashed_before)
