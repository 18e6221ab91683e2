"""What is written about a generation while it runs: the bodies of the transactions.

Every write names its owner and is refused with `Superseded` once another process has the row.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from darkroom.domain.errors import StoreError, Superseded
from darkroom.domain.generation import FINAL, Status
from darkroom.domain.snapshot import to_json
from darkroom.domain.workflow import graph_hash
from darkroom.store import codec, reading, rows, sessions

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping
    from datetime import datetime

    from darkroom.domain.generation import Handle, Output, Reason, Summary
    from darkroom.domain.snapshot import Snapshot
    from darkroom.store.blobs import Blobs

_FINAL = tuple(str(status) for status in FINAL)


def create(
    db: sqlite3.Connection,
    blobs: Blobs,
    generation_id: str,
    session_id: str,
    snapshot: Snapshot,
    owner: str,
    created_at: datetime,
) -> Summary:
    """Inserts the row with all that belongs to it, and notes that its session was used."""
    if db.execute("SELECT 1 FROM generations WHERE id = ?", (generation_id,)).fetchone():
        raise StoreError("This generation exists already", generation_id)
    touch_session(db, session_id, created_at)
    insert(db, blobs, generation_id, session_id, snapshot, owner, created_at)
    return reading.summary(db, generation_id)


def touch_session(db: sqlite3.Connection, session_id: str, now: datetime) -> None:
    """Makes it the session used last.

    Raises:
        StoreError: It is gone.
    """
    used = db.execute(
        "UPDATE sessions SET used_at = max(used_at, ?) WHERE id = ?", (codec.micros(now), session_id)
    )
    if not used.rowcount:
        raise sessions.gone()


def insert(
    db: sqlite3.Connection,
    blobs: Blobs,
    generation_id: str,
    session_id: str,
    snapshot: Snapshot,
    owner: str,
    created_at: datetime,
) -> int:
    """Inserts the row with all that belongs to it; full text, counts and the queue follow by trigger.

    Returns:
        Its number.
    """
    columns = {
        "id": generation_id,
        "session_id": session_id,
        "status": str(Status.NEW),
        "owner": owner,
        "created_at": codec.micros(created_at),
        **rows.columns(snapshot),
    }
    names, marks = ", ".join(columns), ", ".join("?" * len(columns))
    row = db.execute(
        f"INSERT INTO generations ({names}) VALUES ({marks})",  # noqa: S608 (our own column names)
        tuple(columns.values()),
    )
    number = row.lastrowid or 0
    _create_recipe(db, number, snapshot)
    for blob_hash in rows.blob_hashes(snapshot):
        _refuse_missing_blob(blobs, blob_hash)
        db.execute("INSERT INTO inputs VALUES (?, ?)", (number, blob_hash))
    return number


def number_of(db: sqlite3.Connection, generation_id: str) -> int | None:
    """The number of a generation; `None` when it is gone."""
    row = db.execute("SELECT number FROM generations WHERE id = ?", (generation_id,)).fetchone()
    return None if row is None else int(row["number"])


def _create_recipe(db: sqlite3.Connection, number: int, snapshot: Snapshot) -> None:
    graph = original = None
    if snapshot.graph is not None:
        graph = graph_hash(snapshot.graph)
        _keep_once(db, "graphs", graph, codec.to_json(snapshot.graph))
    if snapshot.document:
        original = codec.digest(snapshot.document)
        _keep_once(db, "originals", original, snapshot.document)
    plain = to_json(snapshot, with_graph=False) | {"document": ""}
    db.execute(
        "INSERT INTO recipes (number, snapshot, graph_hash, original_hash) VALUES (?, ?, ?, ?)",
        (number, codec.to_json(plain), graph, original),
    )


def _keep_once(db: sqlite3.Connection, table: str, key: str, content: str) -> None:
    if not db.execute(f"SELECT 1 FROM {table} WHERE hash = ?", (key,)).fetchone():  # noqa: S608 (our own name)
        db.execute(f"INSERT INTO {table} VALUES (?, ?)", (key, codec.pack(content)))  # noqa: S608


def prepared(
    db: sqlite3.Connection,
    generation_id: str,
    owner: str,
    request: Mapping[str, Any],
    handle: Handle,
    expected: int | None,
    server_version: str,
) -> bool:
    """The request is about to be sent: from now on it may have arrived. False when it must not be."""
    row = fence(db, generation_id, owner)
    if row["status"] in _FINAL:
        raise StoreError(
            "The generation has ended already", f"It is {row['status']}: nothing may be sent for it"
        )
    db.execute(
        "UPDATE generations SET status = 'sending', expected = ? WHERE number = ?",
        (codec.integer(expected), row["number"]),
    )
    db.execute(
        "UPDATE recipes SET request = ?, handle = ?, server_version = ? WHERE number = ?",
        (
            codec.pack(codec.to_json(request)),
            codec.to_json(handle),
            codec.text(server_version),
            row["number"],
        ),
    )
    asked = db.execute(
        "SELECT 1 FROM queue WHERE generation = ? AND cancelled = 1", (row["number"],)
    ).fetchone()
    return asked is None


def advance(
    db: sqlite3.Connection,
    generation_id: str,
    owner: str,
    status: Status,
    handle: Handle | None,
    started_at: datetime | None,
) -> Summary:
    """A step on the way; a generation that has ended stays as it ended."""
    row = fence(db, generation_id, owner)
    if handle is not None:
        db.execute("UPDATE recipes SET handle = ? WHERE number = ?", (codec.to_json(handle), row["number"]))
    if row["status"] not in _FINAL:
        db.execute(
            "UPDATE generations SET status = ?, started_at = coalesce(started_at, ?) WHERE number = ?",
            (str(status), None if started_at is None else codec.micros(started_at), row["number"]),
        )
    return reading.summary(db, generation_id)


def finish(
    db: sqlite3.Connection,
    generation_id: str,
    owner: str,
    status: Status,
    reason: Reason | None,
    duration_s: float | None,
    unchanged: bool,
    notes: tuple[str, ...],
    finished_at: datetime,
) -> Summary:
    """The end. The first one stands: a second changes nothing."""
    row = fence(db, generation_id, owner)
    if row["status"] in _FINAL:
        return reading.summary(db, generation_id)
    words = (
        (None, "", "", "")
        if reason is None
        else tuple(map(codec.text, (reason.title, reason.detail, reason.hint, reason.kind)))
    )
    db.execute(
        "UPDATE generations SET status = ?, duration_s = ?, unchanged = ?, finished_at = ?, reason_title = ?,"
        " reason_detail = ?, reason_hint = ?, reason_kind = ?, remarks = ? WHERE number = ?",
        (
            str(status),
            codec.real(duration_s),
            int(unchanged),
            codec.micros(finished_at),
            *words,
            len(notes),
            row["number"],
        ),
    )
    db.execute("UPDATE recipes SET notes = ? WHERE number = ?", (codec.to_json(notes), row["number"]))
    return reading.summary(db, generation_id)


def add_output(
    db: sqlite3.Connection, blobs: Blobs, generation_id: str, owner: str, output: Output
) -> Summary:
    """Records an output whose bytes are kept; the same index again replaces what it said."""
    row = fence(db, generation_id, owner)
    # Under the write lock, which the collector of blobs holds too: no row ever names a missing file.
    _refuse_missing_blob(blobs, output.hash)
    db.execute(
        "INSERT INTO outputs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (generation, position) DO UPDATE SET hash = excluded.hash, name = excluded.name,"
        " kind = excluded.kind, media_type = excluded.media_type, size_bytes = excluded.size_bytes,"
        " width = excluded.width, height = excluded.height, node = excluded.node",
        (
            row["number"],
            output.index,
            output.hash,
            codec.text(output.name),
            str(output.kind),
            codec.text(output.media_type),
            output.size_bytes,
            codec.integer(output.width_px),
            codec.integer(output.height_px),
            codec.text(output.node),
        ),
    )
    return reading.summary(db, generation_id)


def fence(db: sqlite3.Connection, generation_id: str, owner: str) -> sqlite3.Row:
    """The row's `number` and `status`, when it is the owner's.

    Raises:
        Superseded: Another process has it.
        StoreError: There is no such row (any more).
    """
    row: sqlite3.Row | None = db.execute(
        "SELECT number, status, owner FROM generations WHERE id = ?", (generation_id,)
    ).fetchone()
    if row is None:
        raise reading.gone(generation_id)
    if row["owner"] != owner:
        raise Superseded(
            "Another Darkroom has taken this generation over",
            f"{generation_id} belongs to {row['owner'] or 'nobody'}",
            "It goes on there; nothing is lost",
        )
    return row


def _refuse_missing_blob(blobs: Blobs, blob_hash: str) -> None:
    if not blobs.has(blob_hash):
        raise StoreError(
            "A picture is gone", f"{blob_hash} is not in the data folder", "Choose it, or fetch it, again"
        )
