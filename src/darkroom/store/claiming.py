"""Who gets the next job, and how one goes back: the bodies of the transactions.

A claim is one transaction that holds the write lock from its start, so no two processes get one job, and no
server gets more jobs than its lane is deep, whoever claims.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from darkroom.domain.generation import FINAL, Status
from darkroom.domain.queue import EVERYTHING, CancelRequest
from darkroom.store import codec, leases
from darkroom.store.writing import fence

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Collection
    from datetime import datetime

    from darkroom.domain.queue import Lane

STREAK = 20
"""So many jobs of one checkpoint may overtake another's before that one gets its turn."""

_HEAD = (
    "SELECT generation, target, priority, place, checkpoint FROM queue"
    " WHERE target = ? AND claimed = 0 AND hold = ''{more} ORDER BY priority, place, generation LIMIT 1"
)


def claim(
    db: sqlite3.Connection,
    owner: str,
    lane: Lane,
    now: datetime,
    *,
    lacks: Callable[[str], bool] | None = None,
    only: Collection[str] | None = None,
) -> str | None:
    """Takes the next job for a server, if one may go there now; its id.

    Args:
        db: The database.
        owner: Who takes it.
        lane: The server.
        now: The present; the owner's heartbeat is set to it.
        lacks: Whether the server certainly has no such checkpoint: a group's jobs that need it are left to
            others. Called in the thread of the database.
        only: Nothing but one of these ids is taken, and only when it is the next; `None` for any.
    """
    head = _next(db, lane, lacks)
    if head is None:
        return None
    number, checkpoint = head["generation"], head["checkpoint"]
    generation_id: str = db.execute("SELECT id FROM generations WHERE number = ?", (number,)).fetchone()[0]
    if only is not None and generation_id not in only:
        return None
    take(db, number, owner, lane.profile)
    db.execute(
        "INSERT INTO lanes (profile, checkpoint, streak) VALUES (?, ?, 1) ON CONFLICT (profile) DO UPDATE SET"
        " streak = CASE WHEN checkpoint = excluded.checkpoint THEN streak + 1 ELSE 1 END,"
        " checkpoint = excluded.checkpoint",
        (lane.profile, checkpoint),
    )
    leases.heartbeat(db, owner, now)
    return generation_id


def take(db: sqlite3.Connection, number: int, owner: str, profile: str) -> None:
    """Makes a waiting job the owner's, for a server."""
    db.execute("UPDATE queue SET claimed = 1, profile = ? WHERE generation = ?", (profile, number))
    db.execute("UPDATE generations SET owner = ?, profile = ? WHERE number = ?", (owner, profile, number))


def free(db: sqlite3.Connection, lane: Lane) -> bool:
    """Whether the server may have another job: neither is it paused nor are all places taken."""
    paused = db.execute(
        "SELECT 1 FROM lanes WHERE paused = 1 AND profile IN (?, ?)", (EVERYTHING, lane.profile)
    ).fetchone()
    if paused:
        return False
    taken: int = db.execute(
        "SELECT count(*) FROM queue WHERE claimed = 1 AND profile = ?", (lane.profile,)
    ).fetchone()[0]
    return taken < lane.depth


def _next(db: sqlite3.Connection, lane: Lane, lacks: Callable[[str], bool] | None) -> sqlite3.Row | None:
    return _picked(db, lane, lacks) if free(db, lane) else None


def _picked(db: sqlite3.Connection, lane: Lane, lacks: Callable[[str], bool] | None) -> sqlite3.Row | None:
    """The job that the server gets when it has room."""
    stopped = {row["profile"] for row in db.execute("SELECT profile FROM lanes WHERE paused = 1")}
    targets = [target for target in lane.targets if target not in stopped]
    heads = [_head(db, target, None if target == lane.profile else lacks) for target in targets]
    found = [head for head in heads if head is not None]
    if not found:
        return None
    head = min(found, key=_rank)
    return (_of_same_checkpoint(db, lane, targets, head, lacks) if lane.group_checkpoints else None) or head


def _head(db: sqlite3.Connection, target: str, lacks: Callable[[str], bool] | None) -> sqlite3.Row | None:
    """The next job for a target; each checkpoint that the server lacks costs one look more."""
    unfit: list[str] = []
    while True:
        marks = ", ".join("?" * len(unfit))
        more = f" AND checkpoint NOT IN ({marks})" if unfit else ""
        row: sqlite3.Row | None = db.execute(_HEAD.format(more=more), (target, *unfit)).fetchone()
        if row is None or lacks is None or not row["checkpoint"] or not lacks(row["checkpoint"]):
            return row
        unfit.append(row["checkpoint"])


def _of_same_checkpoint(
    db: sqlite3.Connection,
    lane: Lane,
    targets: list[str],
    head: sqlite3.Row,
    lacks: Callable[[str], bool] | None,
) -> sqlite3.Row | None:
    """The next job of the model that the server was given last; `None` when the head's turn has come."""
    last = db.execute("SELECT checkpoint, streak FROM lanes WHERE profile = ?", (lane.profile,)).fetchone()
    if last is None or last["checkpoint"] in ("", head["checkpoint"]) or last["streak"] >= STREAK:
        return None
    if lacks is not None and lacks(last["checkpoint"]):
        # It was given what it does not have, by a job of its own: those of its groups fare better elsewhere.
        targets = [target for target in targets if target == lane.profile]
    more = " AND priority = ? AND checkpoint = ?"
    same = (head["priority"], last["checkpoint"])
    rows = [db.execute(_HEAD.format(more=more), (target, *same)).fetchone() for target in targets]
    return min((row for row in rows if row is not None), key=_rank, default=None)


def put_back(db: sqlite3.Connection, generation_id: str, owner: str, now: datetime) -> None:
    """Gives a job that was certainly not sent back to its place; passed over when it has ended."""
    row = fence(db, generation_id, owner)
    if row["status"] not in tuple(map(str, FINAL)):
        _unclaim(db, "number = ?", (row["number"],), now)


def release(db: sqlite3.Connection, owner: str, now: datetime) -> None:
    """Gives all of the owner's jobs away and forgets the process; what was not sent waits again."""
    _unclaim(db, "owner = ? AND status = 'new'", (owner,), now)
    leases.release(db, owner)


def put_back_orphan(
    db: sqlite3.Connection, generation_id: str, silent: str, stale_before: datetime, now: datetime
) -> bool:
    """The same for a job whose owner, who is `silent`, is gone before it sent anything."""
    which = f"id = ? AND owner = ? AND status = 'new' AND {leases.ORPHANED}"
    return bool(_unclaim(db, which, (generation_id, silent, codec.micros(stale_before)), now))


def _unclaim(db: sqlite3.Connection, which: str, parameters: tuple[object, ...], now: datetime) -> int:
    """Lets claimed jobs that were not sent wait again; how many those were. `which` is of `generations`.

    Those that somebody asked to stop meanwhile end here.
    """
    chosen = db.execute(
        "SELECT number FROM generations JOIN queue ON queue.generation = number"  # noqa: S608 (our own words)
        f" WHERE claimed = 1 AND {which}",
        parameters,
    ).fetchall()
    db.executemany("UPDATE queue SET claimed = 0, profile = '' WHERE generation = ?", chosen)
    db.executemany(
        "UPDATE generations SET status = 'new', owner = '',"
        " profile = (SELECT target FROM queue WHERE generation = number) WHERE number = ?",
        chosen,
    )
    end_waiting(db, "cancelled = 1", (), now)
    return len(chosen)


def cancel(db: sqlite3.Connection, number: int, now: datetime) -> CancelRequest:
    """Ends a job that waits with us; asks for the end of one that a Darkroom has."""
    row = db.execute("SELECT claimed FROM queue WHERE generation = ?", (number,)).fetchone()
    if row is None:
        return CancelRequest.OVER
    if row["claimed"]:
        db.execute("UPDATE queue SET cancelled = 1 WHERE generation = ?", (number,))
        return CancelRequest.ASKED
    end_waiting(db, "number = ?", (number,), now)
    return CancelRequest.ENDED


def end_waiting(db: sqlite3.Connection, which: str, parameters: tuple[object, ...], now: datetime) -> int:
    """Cancels jobs that wait; how many those were. `which` is of `generations` joined with `queue`."""
    waiting = (
        "SELECT number FROM generations JOIN queue ON queue.generation = number"  # noqa: S608 (our own words)
        f" WHERE claimed = 0 AND {which}"
    )
    ended = db.execute(
        "UPDATE generations SET status = ?, finished_at = ?, reason_title = ?, reason_kind = 'Cancelled'"  # noqa: S608
        f" WHERE number IN ({waiting})",
        (str(Status.CANCELLED), codec.micros(now), CANCELLED_WAITING, *parameters),
    )
    return ended.rowcount


CANCELLED_WAITING = "Cancelled before it was sent"


def asked_to_stop(db: sqlite3.Connection, owner: str) -> tuple[str, ...]:
    """Ids of the owner's jobs that somebody asked to stop."""
    rows = db.execute(
        "SELECT id FROM queue JOIN generations ON number = generation"
        " WHERE claimed = 1 AND cancelled = 1 AND owner = ?",
        (owner,),
    )
    return tuple(row["id"] for row in rows)


def ready_targets(db: sqlite3.Connection) -> tuple[str, ...]:
    """Profiles and groups that jobs wait for, not counting those on hold. Costs a step for each target."""
    rows = db.execute(
        "WITH RECURSIVE found (target) AS ("
        " SELECT min(target) FROM queue WHERE claimed = 0 AND hold = ''"
        " UNION ALL SELECT (SELECT min(target) FROM queue WHERE claimed = 0 AND hold = ''"
        " AND target > found.target) FROM found WHERE found.target IS NOT NULL"
        ") SELECT target FROM found WHERE target IS NOT NULL"
    )
    return tuple(row["target"] for row in rows)


def next_checkpoint(db: sqlite3.Connection, lane: Lane, unfit: Collection[str]) -> str:
    """The checkpoint of the lane's next job, when that is one of a group's; "" otherwise."""
    row = _picked(db, lane, lambda name: name in unfit)
    return "" if row is None or row["target"] == lane.profile else row["checkpoint"]


def _rank(row: sqlite3.Row) -> tuple[int, float, int]:
    return row["priority"], row["place"], row["generation"]
