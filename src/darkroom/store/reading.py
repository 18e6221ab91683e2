"""What is read about generations: the bodies of the reads."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from darkroom.domain.errors import AmbiguousName, InputError, StoreError
from darkroom.domain.generation import Generation
from darkroom.domain.snapshot import from_json
from darkroom.domain.text import excerpt
from darkroom.store import codec, rows

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping, Sequence

    from darkroom.domain.generation import Summary

_PREFIX = re.compile(r"[0-9a-f-]{1,36}")

_SUMMARIES = f"SELECT {rows.SUMMARY} FROM generations AS g {rows.FIRST_OUTPUT}"  # noqa: S608 (our own words)

_AMBIGUOUS_SHOWN = 5

_SAMPLE = 21
"""Runs that an estimate of time looks back on."""


def gone(generation_id: str) -> StoreError:
    """The error for a generation that is not there (any more)."""
    return StoreError("The generation is gone", f"There is no generation {generation_id}", "It was deleted")


def summary_or_none(db: sqlite3.Connection, generation_id: str) -> Summary | None:
    """One row as a list shows it."""
    row = db.execute(f"{_SUMMARIES} WHERE g.id = ?", (generation_id,)).fetchone()
    return rows.summary(row) if row else None


def summary(db: sqlite3.Connection, generation_id: str) -> Summary:
    """Likewise, for a row that must be there."""
    found = summary_or_none(db, generation_id)
    if found is None:
        raise gone(generation_id)
    return found


def page(db: sqlite3.Connection, session_id: str, offset: int, limit: int) -> tuple[Summary, ...]:
    """Newest first."""
    numbers = (
        "SELECT number FROM generations WHERE session_id = ? AND trashed_at IS NULL"
        " ORDER BY number DESC LIMIT ? OFFSET ?"
    )
    return chosen(db, numbers, (session_id, max(limit, 0), max(offset, 0)))


def summaries(numbers: str) -> str:
    """The query for the summaries of the generations that the query `numbers` chooses, newest first.

    Choosing and reading are two steps, so that what is passed over costs a step in an index and no more.
    """
    return (
        f"WITH chosen (number) AS MATERIALIZED ({numbers}) SELECT {rows.SUMMARY} FROM chosen"  # noqa: S608 (ours)
        f" JOIN generations AS g ON g.number = chosen.number {rows.FIRST_OUTPUT} ORDER BY g.number DESC"
    )


def chosen(
    db: sqlite3.Connection, numbers: str, parameters: Sequence[str | int | float]
) -> tuple[Summary, ...]:
    """The summaries of what the query `numbers` chooses, newest first."""
    return tuple(map(rows.summary, db.execute(summaries(numbers), parameters)))


def count(db: sqlite3.Connection, session_id: str) -> int:
    """Generations of a session that are not in the trash."""
    row = db.execute("SELECT total FROM sessions WHERE id = ?", (session_id,)).fetchone()
    return row["total"] if row else 0


def generation(db: sqlite3.Connection, generation_id: str) -> Generation | None:
    """Everything about one."""
    row = db.execute(
        "SELECT g.owner, g.started_at, g.finished_at, r.*,"
        " graphs.packed AS graph, originals.packed AS original"
        " FROM generations AS g JOIN recipes AS r USING (number)"
        " LEFT JOIN graphs ON graphs.hash = r.graph_hash"
        " LEFT JOIN originals ON originals.hash = r.original_hash WHERE g.id = ?",
        (generation_id,),
    ).fetchone()
    if row is None:
        return None
    outputs = db.execute("SELECT * FROM outputs WHERE generation = ? ORDER BY position", (row["number"],))
    plain = codec.from_json(row["snapshot"])
    if row["original"] is not None:
        plain["document"] = codec.unpack(row["original"])
    graph = None if row["graph"] is None else codec.from_json(codec.unpack(row["graph"]))
    return Generation(
        summary=summary(db, generation_id),
        snapshot=from_json(plain, graph=graph),
        outputs=tuple(map(rows.output, outputs)),
        request=_request(row["request"]),
        handle=None if row["handle"] is None else codec.from_json(row["handle"]),
        server_version=row["server_version"],
        started_at=codec.moment_or_none(row["started_at"]),
        finished_at=codec.moment_or_none(row["finished_at"]),
        owner=row["owner"],
        notes=tuple(codec.from_json(row["notes"])),
    )


def request(db: sqlite3.Connection, generation_id: str) -> Mapping[str, Any] | None:
    """The exact body that was sent; `None` before it was prepared."""
    row = db.execute(
        "SELECT request FROM generations JOIN recipes USING (number) WHERE id = ?", (generation_id,)
    ).fetchone()
    return _request(row["request"]) if row else None


def _request(packed: bytes | None) -> Mapping[str, Any] | None:
    if packed is None:
        return None
    plain: Mapping[str, Any] = codec.from_json(codec.unpack(packed))
    return plain


def find(db: sqlite3.Connection, name: str) -> str:
    """The id that a person means by a number ("12", "#12"), an id, or the start of one.

    A number that exists wins over ids that begin with the same digits.
    """
    asked = name.strip().lower()
    digits = asked.removeprefix("#")
    if digits.isascii() and digits.isdigit() and (number := codec.integer(int(digits[:30]))) is not None:
        row = db.execute("SELECT id FROM generations WHERE number = ?", (number,)).fetchone()
        if row:
            return str(row["id"])
    if not _PREFIX.fullmatch(asked):
        raise _unknown(name)
    # "g" follows all hexadecimal digits.
    found = db.execute(
        "SELECT id FROM generations WHERE id >= ? AND id < ? ORDER BY id LIMIT ?",
        (asked, asked + "g", _AMBIGUOUS_SHOWN),
    ).fetchall()
    if not found:
        raise _unknown(name)
    if len(found) > 1:
        raise AmbiguousName(name, tuple(row["id"] for row in found))
    return str(found[0]["id"])


def _unknown(name: str) -> InputError:
    return InputError(
        f"There is no generation “{excerpt(name, 60)}”",
        hint="Give its number or the start of its id, as `darkroom history` lists them",
    )


def seconds(db: sqlite3.Connection, profile: str, checkpoint: str, pixels: int) -> float | None:
    """Median duration of the latest runs of the same profile, checkpoint and size; `None` without any."""
    found = db.execute(
        "SELECT duration_s FROM (SELECT duration_s FROM generations WHERE profile = ? AND checkpoint = ?"
        " AND width * height = ? AND status = 'complete' AND unchanged = 0 AND duration_s IS NOT NULL"
        " ORDER BY number DESC LIMIT ?) ORDER BY duration_s",
        (codec.text(profile), codec.text(checkpoint), pixels, _SAMPLE),
    ).fetchall()
    return found[len(found) // 2][0] if found else None
