"""Which process works on which generation: owners, heartbeats, and taking over from the dead."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from darkroom.domain.generation import Handle, Status
from darkroom.store import codec

if TYPE_CHECKING:
    import sqlite3
    from datetime import datetime

UNFINISHED = "('new', 'sending', 'queued', 'running')"

_FORGET_AFTER_US = 30 * 24 * 3600 * 1_000_000
"""Processes without work that were silent for 30 days are forgotten."""


class Unfinished(NamedTuple):
    """A generation that has not ended, as recovery sees it.

    Attributes:
        id: The generation.
        session_id: Where it belongs.
        profile: Name of the profile it was made for.
        service: Which connector speaks to that.
        status: `NEW` was surely never sent; `SENDING` perhaps; the others were.
        handle: What finds the job; `None` before it was prepared.
        owner: The process that works on it; "" when it was released.
        pid: That process's id on its host; `None` when it is not known (any more).
        host: Name of the machine it runs on; "" when not known.
    """

    id: str
    session_id: str
    profile: str
    service: str
    status: Status
    handle: Handle | None
    owner: str
    pid: int | None
    host: str


class Process(NamedTuple):
    """A process that may own generations.

    Attributes:
        owner: Its name.
        pid: Its id on its host; `None` when it is not known (any more).
        host: Name of the machine it runs on; "" when not known.
        heartbeat: When it was heard of last; it beats only while it has something to do.
    """

    owner: str
    pid: int | None
    host: str
    heartbeat: datetime


_SELECT = f"""
    SELECT g.id, g.session_id, g.profile, g.service, g.status, r.handle, g.owner, o.pid, o.host
    FROM generations AS g JOIN recipes AS r USING (number) LEFT JOIN processes AS o ON o.owner = g.owner
    WHERE g.status IN {UNFINISHED} AND g.number IN (SELECT generation FROM queue WHERE claimed = 1)
"""  # noqa: S608 (our own words)

ORPHANED = """
    NOT EXISTS (SELECT 1 FROM processes AS p WHERE p.owner = generations.owner AND p.heartbeat >= ?)
"""
"""Of `generations`: nobody works on it who was heard of since `?`."""


def register(db: sqlite3.Connection, owner: str, pid: int | None, host: str, now: datetime) -> None:
    """Announces a process, alive from `now`; forgets those of long ago."""
    moment = codec.micros(now)
    db.execute(
        f"DELETE FROM processes WHERE heartbeat < ? AND owner NOT IN"  # noqa: S608 (our own words)
        f" (SELECT owner FROM generations WHERE status IN {UNFINISHED})",
        (moment - _FORGET_AFTER_US,),
    )
    db.execute(
        "INSERT INTO processes VALUES (?, ?, ?, ?, ?) ON CONFLICT (owner) DO UPDATE SET"
        " pid = excluded.pid, host = excluded.host, heartbeat = max(heartbeat, excluded.heartbeat)",
        (owner, codec.integer(pid), codec.text(host), moment, moment),
    )


def heartbeat(db: sqlite3.Connection, owner: str, now: datetime) -> None:
    """The owner lives. One that was forgotten meanwhile (a suspended machine) is known again."""
    moment = codec.micros(now)
    db.execute(
        "INSERT INTO processes (owner, started_at, heartbeat) VALUES (?, ?, ?)"
        " ON CONFLICT (owner) DO UPDATE SET heartbeat = max(heartbeat, excluded.heartbeat)",
        (owner, moment, moment),
    )


def claim(
    db: sqlite3.Connection,
    generation_id: str,
    owner: str,
    stale_before: datetime,
    now: datetime,
    silent: str | None,
) -> bool:
    """Takes an unfinished row from a silent owner (this one, if any is named), or one that was released."""
    taken = db.execute(
        f"UPDATE generations SET owner = ? WHERE id = ? AND owner <> ? AND owner = coalesce(?, owner)"  # noqa: S608
        f" AND status IN {UNFINISHED} AND {ORPHANED}",
        (owner, generation_id, owner, silent, codec.micros(stale_before)),
    )
    if taken.rowcount:
        heartbeat(db, owner, now)
    return bool(taken.rowcount)


def release(db: sqlite3.Connection, owner: str) -> None:
    """Gives all unfinished rows away and forgets the process."""
    db.execute(f"UPDATE generations SET owner = '' WHERE owner = ? AND status IN {UNFINISHED}", (owner,))  # noqa: S608
    db.execute("DELETE FROM processes WHERE owner = ?", (owner,))


def orphaned(db: sqlite3.Connection, stale_before: datetime) -> tuple[Unfinished, ...]:
    """Rows that may be claimed, oldest first."""
    condition = ORPHANED.replace("generations.owner", "g.owner")
    found = db.execute(f"{_SELECT} AND {condition} ORDER BY g.number", (codec.micros(stale_before),))
    return tuple(map(_unfinished, found))


def processes(db: sqlite3.Connection) -> tuple[Process, ...]:
    """All that registered and did not say goodbye, the dead among them."""
    found = db.execute("SELECT owner, pid, host, heartbeat FROM processes ORDER BY started_at")
    return tuple(
        Process(row["owner"], row["pid"], row["host"], codec.moment(row["heartbeat"])) for row in found
    )


def mine(db: sqlite3.Connection, owner: str) -> tuple[Unfinished, ...]:
    """The owner's unfinished rows, oldest first."""
    return tuple(map(_unfinished, db.execute(f"{_SELECT} AND g.owner = ? ORDER BY g.number", (owner,))))


def _unfinished(row: sqlite3.Row) -> Unfinished:
    return Unfinished(
        id=row["id"],
        session_id=row["session_id"],
        profile=row["profile"],
        service=row["service"],
        status=Status(row["status"]),
        handle=None if row["handle"] is None else codec.from_json(row["handle"]),
        owner=row["owner"],
        pid=row["pid"],
        host=row["host"] or "",
    )
