"""Batches: many jobs, accepted together or not at all: the bodies of the transactions.

A batch is written in many short transactions, so that nobody waits for it. Until the last one its jobs are
on hold; what a crash leaves before that was never accepted, and is removed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from darkroom.domain.errors import StoreError
from darkroom.domain.queue import Batch, BatchJob, Hold
from darkroom.store import codec, leases

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping
    from datetime import datetime

    from darkroom.domain.parameters import Value


def begin(db: sqlite3.Connection, batch: Batch, writer: str) -> None:
    """Makes a batch that has no jobs yet."""
    db.execute(
        "INSERT INTO batches VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            batch.id,
            batch.session_id,
            codec.text(batch.title),
            codec.to_json(batch.axes),
            codec.micros(batch.created_at),
            batch.size,
            writer,
        ),
    )


def refuse_dropped(db: sqlite3.Connection, batch_id: str) -> None:
    """A batch whose writer fell silent was removed, with its jobs, and cannot be gone on with.

    Raises:
        StoreError: That is so.
    """
    if not db.execute("SELECT 1 FROM batches WHERE id = ? AND writer <> ''", (batch_id,)).fetchone():
        raise StoreError(
            "The batch was given up",
            "Darkroom stood still for too long while it was written; what was written of it is removed",
            "Nothing of it was sent; queue it again",
        )


def add(
    db: sqlite3.Connection, batch_id: str, number: int, position: int, coordinates: Mapping[str, Value]
) -> None:
    """Puts a generation into a batch; it is on hold until the batch is whole."""
    db.execute(
        "INSERT INTO batch_jobs VALUES (?, ?, ?, ?)", (batch_id, position, number, codec.to_json(coordinates))
    )


def accept(db: sqlite3.Connection, batch_id: str, hold: Hold) -> None:
    """The batch is whole: its jobs may go, or (`PAUSED`) wait until they are resumed.

    Raises:
        StoreError: It was removed meanwhile.
    """
    refuse_dropped(db, batch_id)
    db.execute(
        "UPDATE queue SET hold = ? WHERE hold = 'batch'"
        " AND generation IN (SELECT generation FROM batch_jobs WHERE batch = ?)",
        (str(hold), batch_id),
    )
    db.execute("UPDATE batches SET writer = '' WHERE id = ?", (batch_id,))


def drop_unfinished(db: sqlite3.Connection, stale_before: datetime) -> int:
    """Removes batches whose writer is gone before they were whole; how many those were."""
    orphaned = leases.ORPHANED.replace("generations.owner", "batches.writer")
    found = db.execute(
        f"SELECT id FROM batches WHERE writer <> '' AND {orphaned}",  # noqa: S608 (our own words)
        (codec.micros(stale_before),),
    ).fetchall()
    for row in found:
        drop(db, row["id"])
    return len(found)


def drop(db: sqlite3.Connection, batch_id: str) -> None:
    """Removes a batch that was never accepted, with its jobs: nothing of them was sent."""
    db.execute(
        "DELETE FROM generations WHERE number IN (SELECT generation FROM batch_jobs"
        " JOIN queue USING (generation) WHERE batch = ? AND hold = 'batch')",
        (batch_id,),
    )
    db.execute("DELETE FROM batches WHERE id = ? AND writer <> ''", (batch_id,))


def get(db: sqlite3.Connection, batch_id: str) -> Batch | None:
    """One batch."""
    row = db.execute("SELECT * FROM batches WHERE id = ? AND writer = ''", (batch_id,)).fetchone()
    return None if row is None else _batch(row)


def of_session(db: sqlite3.Connection, session_id: str) -> tuple[Batch, ...]:
    """The batches of a session, newest first."""
    found = db.execute(
        "SELECT * FROM batches WHERE session_id = ? AND writer = '' ORDER BY created_at DESC", (session_id,)
    )
    return tuple(map(_batch, found))


def of_generation(db: sqlite3.Connection, generation_id: str) -> Batch | None:
    """The batch that a generation belongs to."""
    row = db.execute(
        "SELECT batches.* FROM batches JOIN batch_jobs ON batch = batches.id"
        " JOIN generations ON number = generation WHERE generations.id = ? AND writer = ''",
        (generation_id,),
    ).fetchone()
    return None if row is None else _batch(row)


def jobs(db: sqlite3.Connection, batch_id: str) -> tuple[BatchJob, ...]:
    """The jobs of a batch, in its order; generations that were deleted for good are missing."""
    found = db.execute(
        "SELECT position, coordinates, id FROM batch_jobs JOIN generations ON number = generation"
        " WHERE batch = ? ORDER BY position",
        (batch_id,),
    )
    return tuple(BatchJob(row["position"], codec.from_json(row["coordinates"]), row["id"]) for row in found)


def _batch(row: sqlite3.Row) -> Batch:
    return Batch(
        row["id"],
        row["session_id"],
        row["title"],
        codec.from_json(row["axes"]),
        codec.moment(row["created_at"]),
        row["size"],
    )
