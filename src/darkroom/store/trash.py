"""The trash, and the removal of files that nothing refers to.

What refers to a file: an output, a picture fed into a generation (both while their rows exist, in the
trash too), a session's remembered values and drafts, a workflow's defaults.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from darkroom.store import codec, faults
from darkroom.store.leases import UNFINISHED

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from darkroom.store.blobs import Blobs
    from darkroom.store.connection import Database

_BATCH = 200
"""Rows or files in one transaction: the write lock is held for milliseconds, whatever the trash holds."""

YOUNG_S = 3600.0
"""A file kept less than this ago stays even when nothing refers to it: its row may be about to be written."""


def trash(db: sqlite3.Connection, generation_ids: Sequence[str]) -> None:
    """Marks rows as trashed now; the time of those that are already stays."""
    db.executemany(
        "UPDATE generations SET trashed_at = ? WHERE id = ? AND trashed_at IS NULL",
        [(codec.now(), generation_id) for generation_id in generation_ids],
    )


def restore(db: sqlite3.Connection, generation_ids: Sequence[str]) -> None:
    """Takes the mark away."""
    db.executemany(
        "UPDATE generations SET trashed_at = NULL WHERE id = ? AND trashed_at IS NOT NULL",
        [(generation_id,) for generation_id in generation_ids],
    )


async def purge(database: Database, blobs: Blobs, trashed_before: datetime) -> tuple[str, ...]:
    """Deletes old trash, then unreferenced files; see `Generations.purge`.

    Raises:
        StoreError: The database or the folder failed; what was deleted until then stays deleted.
    """
    before = codec.micros(trashed_before)
    while await database.write(lambda db: _delete_generations(db, before), durable=False):
        pass
    await database.write(lambda db: _delete_emptied(db, before))
    try:
        present = await asyncio.to_thread(lambda: list(blobs.hashes()))
    except OSError as error:
        raise faults.from_os(error, "look through the kept pictures") from error
    removed: list[str] = []
    for some in _batches(present):
        removed += await _collect(database, blobs, some)
    return tuple(removed)


def _delete_generations(db: sqlite3.Connection, before: int) -> int:
    deleted = db.execute(
        f"DELETE FROM generations WHERE number IN (SELECT number FROM generations"  # noqa: S608 (our own words)
        f" WHERE status NOT IN {UNFINISHED} AND (trashed_at < ?1 OR session_id IN"
        " (SELECT id FROM sessions WHERE trashed_at < ?1)) LIMIT ?2)",
        (before, _BATCH),
    )
    return deleted.rowcount


def _delete_emptied(db: sqlite3.Connection, before: int) -> None:
    """Sessions in the trash that hold nothing any more, graphs and documents that nothing uses."""
    db.execute(
        "DELETE FROM sessions WHERE trashed_at < ?"
        " AND NOT EXISTS (SELECT 1 FROM generations WHERE session_id = sessions.id)",
        (before,),
    )
    db.execute("DELETE FROM graphs WHERE NOT EXISTS (SELECT 1 FROM recipes WHERE graph_hash = graphs.hash)")
    db.execute(
        "DELETE FROM originals WHERE NOT EXISTS (SELECT 1 FROM recipes WHERE original_hash = originals.hash)"
    )


async def _collect(database: Database, blobs: Blobs, hashes: Sequence[str]) -> list[str]:
    """Looks without the write lock first: hardly any file is ever without a reference."""
    found = await database.read(lambda db: _unreferenced(db, hashes))
    return await database.write(lambda db: _remove(db, blobs, found)) if found else []


def _unreferenced(db: sqlite3.Connection, hashes: Sequence[str]) -> list[str]:
    return [blob_hash for blob_hash in hashes if not _is_referenced(db, blob_hash)]


def _is_referenced(db: sqlite3.Connection, blob_hash: str) -> bool:
    return bool(
        db.execute(
            "SELECT EXISTS (SELECT 1 FROM outputs WHERE hash = ?1)"
            " OR EXISTS (SELECT 1 FROM inputs WHERE hash = ?1)"
            " OR EXISTS (SELECT 1 FROM session_values WHERE value = ?2 AND value GLOB '\"blob:*')"
            " OR EXISTS (SELECT 1 FROM workflows WHERE instr(defaults, ?2))",
            (blob_hash, codec.to_json(f"blob:{blob_hash}")),
        ).fetchone()[0]
    )


def _remove(db: sqlite3.Connection, blobs: Blobs, hashes: Sequence[str]) -> list[str]:
    """Removes files that are still unreferenced, now that no row can be written meanwhile."""
    try:
        return [
            blob_hash
            for blob_hash in _unreferenced(db, hashes)
            if blobs.collect(blob_hash, older_than_s=YOUNG_S)
        ]
    except OSError as error:
        raise faults.from_os(error, "remove a picture") from error


def _batches(hashes: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(hashes), _BATCH):
        yield hashes[start : start + _BATCH]
