"""The order of the queue, what holds it, and what it looks like: the bodies of the transactions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from darkroom.domain.errors import InputError
from darkroom.domain.queue import Backlog, Count, Hold, Job, Pause, Priority
from darkroom.store import codec, rows

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Sequence

    from darkroom.domain.queue import Order

_JOBS = f"""
    SELECT {rows.SUMMARY}, q.target, q.priority, q.hold, q.claimed, q.cancelled, g.owner, b.batch
    FROM queue AS q JOIN generations AS g ON g.number = q.generation {rows.FIRST_OUTPUT}
    LEFT JOIN batch_jobs AS b ON b.generation = q.generation
"""  # noqa: S608 (our own words)

_CLOSE = 1e-6
"""No two places are nearer than this: far more than the rounding of a place, whatever the queue has seen."""


def enter(db: sqlite3.Connection, number: int, order: Order) -> None:
    """Gives a new job, which stands at the end of the normal ones, the place that was asked for."""
    if order.hold:
        db.execute("UPDATE queue SET hold = ? WHERE generation = ?", (str(order.hold), number))
    if order.behind is not None:
        move_behind(db, (number,), order.behind)
    elif order.priority is not Priority.NORMAL:
        prioritise(db, (number,), order.priority)
    if order.retry_of is not None:
        db.execute("UPDATE generations SET retry_of = ? WHERE number = ?", (order.retry_of, number))


def prioritise(db: sqlite3.Connection, numbers: Sequence[int], priority: Priority) -> None:
    """Gives waiting jobs a priority; they go behind those that have it already, in their order."""
    _put(db, _in_order(db, numbers), priority, _last(db, priority), None)


def move_to_start(db: sqlite3.Connection, numbers: Sequence[int]) -> None:
    """Puts waiting jobs before all others of their priority, in their order."""
    for priority in Priority:
        chosen = _in_order(db, numbers, priority)
        _put(db, chosen, priority, None, _first(db, priority))


def move_to_end(db: sqlite3.Connection, numbers: Sequence[int]) -> None:
    """Puts waiting jobs behind all others of their priority, in their order."""
    for priority in Priority:
        _put(db, _in_order(db, numbers, priority), priority, _last(db, priority), None)


def move_behind(db: sqlite3.Connection, numbers: Sequence[int], other: int) -> None:
    """Puts waiting jobs directly behind another unfinished one, in their order; they take its priority.

    Raises:
        InputError: The other one has ended.
    """
    _put_beside(db, numbers, other, forward=True)


def move_before(db: sqlite3.Connection, numbers: Sequence[int], other: int) -> None:
    """Puts waiting jobs directly before another one, likewise."""
    _put_beside(db, numbers, other, forward=False)


def _put_beside(db: sqlite3.Connection, numbers: Sequence[int], other: int, *, forward: bool) -> None:
    chosen = [number for number in _in_order(db, numbers) if number != other]
    priority, place = _place(db, other)
    beside = _beside(db, priority, place, frozenset(chosen), forward=forward)
    if beside is not None and abs(beside - place) < _CLOSE * (len(chosen) + 1):
        _number_anew(db, priority)
        _, place = _place(db, other)
        beside = _beside(db, priority, place, frozenset(chosen), forward=forward)
    after, before = (place, beside) if forward else (beside, place)
    _put(db, chosen, priority, after, before)


def step(db: sqlite3.Connection, number: int, *, forward: bool) -> None:
    """Lets a waiting job change places with its neighbour of the same priority, if it has one.

    Raises:
        InputError: It does not wait.
    """
    priority, place = _place(db, number, waiting=True)
    other = _neighbour(db, priority, place, forward=forward, waiting=True)
    if other is not None:
        db.execute("UPDATE queue SET place = ? WHERE generation = ?", (other["place"], number))
        db.execute("UPDATE queue SET place = ? WHERE generation = ?", (place, other["generation"]))


def _number_anew(db: sqlite3.Connection, priority: Priority) -> None:
    """Makes room between the jobs of a priority: their places become whole numbers."""
    db.execute(
        "UPDATE queue SET place = ranked.rank FROM (SELECT generation AS number,"
        " CAST(row_number() OVER (ORDER BY place, generation) AS REAL) AS rank FROM queue"
        " WHERE priority = ?) AS ranked WHERE generation = ranked.number",
        (priority,),
    )


def _put(
    db: sqlite3.Connection,
    numbers: Sequence[int],
    priority: Priority,
    after: float | None,
    before: float | None,
) -> None:
    """Spreads jobs evenly between two places; `None` stands for the end of the queue on that side."""
    if after is None and before is None:
        after = 0.0
    if after is not None and before is not None:
        start, width = after, (before - after) / (len(numbers) + 1)
    elif after is not None:
        start, width = after, 1.0
    else:
        start, width = (before or 0.0) - len(numbers) - 1, 1.0
    db.executemany(
        "UPDATE queue SET priority = ?, place = ? WHERE generation = ?",
        [(int(priority), start + width * (n + 1), number) for n, number in enumerate(numbers)],
    )


def _in_order(db: sqlite3.Connection, numbers: Sequence[int], priority: Priority | None = None) -> list[int]:
    """Those of `numbers` that wait (with this priority), in the order of the queue."""
    found = []
    for number in numbers:
        row = db.execute(
            "SELECT generation, priority, place FROM queue WHERE generation = ? AND claimed = 0", (number,)
        ).fetchone()
        if row is not None and priority in (None, row["priority"]):
            found.append((row["priority"], row["place"], row["generation"]))
    return [number for _, _, number in sorted(found)]


def _place(db: sqlite3.Connection, number: int, *, waiting: bool = False) -> tuple[Priority, float]:
    row = db.execute("SELECT priority, place, claimed FROM queue WHERE generation = ?", (number,)).fetchone()
    if row is None or (waiting and row["claimed"]):
        raise InputError(
            f"#{number} does not wait in the queue",
            "It has ended, or there is no such generation" if row is None else "It is at its server",
            "`darkroom queue list` lists those that wait",
        )
    return Priority(row["priority"]), row["place"]


def _neighbour(
    db: sqlite3.Connection, priority: Priority, place: float, *, forward: bool, waiting: bool = False
) -> sqlite3.Row | None:
    way, order = (">", "ASC") if forward else ("<", "DESC")
    more = " AND claimed = 0" if waiting else ""
    row: sqlite3.Row | None = db.execute(
        f"SELECT generation, place FROM queue WHERE priority = ? AND place {way} ?{more}"  # noqa: S608
        f" ORDER BY place {order} LIMIT 1",
        (priority, place),
    ).fetchone()
    return row


def _beside(
    db: sqlite3.Connection, priority: Priority, place: float, without: Collection[int], *, forward: bool
) -> float | None:
    """The next place that is none of `without`'s.

    What is at a server counts: it may come back, and then stands where it stood.
    """
    while (row := _neighbour(db, priority, place, forward=forward)) is not None:
        if row["generation"] not in without:
            return float(row["place"])
        place = row["place"]
    return None


def _first(db: sqlite3.Connection, priority: Priority) -> float | None:
    row = db.execute("SELECT min(place) FROM queue WHERE priority = ?", (priority,)).fetchone()
    return None if row[0] is None else float(row[0])


def _last(db: sqlite3.Connection, priority: Priority) -> float | None:
    row = db.execute("SELECT max(place) FROM queue WHERE priority = ?", (priority,)).fetchone()
    return None if row[0] is None else float(row[0])


def hold(db: sqlite3.Connection, numbers: Sequence[int], held: Hold) -> None:
    """Pauses waiting jobs, or lets them go on; those of an unfinished batch are left alone."""
    db.executemany(
        "UPDATE queue SET hold = ? WHERE generation = ? AND claimed = 0 AND hold <> 'batch'",
        [(str(held), number) for number in numbers],
    )


def pause(db: sqlite3.Connection, profile: str, reason: str = "", hint: str = "") -> None:
    """Stops claiming for a profile or group, or (`EVERYTHING`) altogether; the first reason stays."""
    db.execute(
        "INSERT INTO lanes (profile, paused, reason, hint) VALUES (?, 1, ?, ?)"
        " ON CONFLICT (profile) DO UPDATE SET reason = CASE WHEN paused THEN reason ELSE excluded.reason END,"
        " hint = CASE WHEN paused THEN hint ELSE excluded.hint END, paused = 1",
        (codec.text(profile), codec.text(reason), codec.text(hint)),
    )


def resume(db: sqlite3.Connection, profile: str | None) -> None:
    """Ends a pause; `None` ends them all."""
    which, parameters = ("", ()) if profile is None else (" AND profile = ?", (profile,))
    db.execute(f"UPDATE lanes SET paused = 0, reason = '', hint = '' WHERE paused = 1{which}", parameters)  # noqa: S608


def pauses(db: sqlite3.Connection) -> tuple[Pause, ...]:
    """What is stopped; all of it first."""
    found = db.execute("SELECT profile, reason, hint FROM lanes WHERE paused = 1 ORDER BY profile")
    return tuple(Pause(*row) for row in found)


def waits(db: sqlite3.Connection, profile: str) -> bool:
    """Whether jobs that were made for this very profile wait."""
    found = db.execute(
        "SELECT 1 FROM queue WHERE target = ? AND claimed = 0 AND hold = '' LIMIT 1", (profile,)
    ).fetchone()
    return found is not None


def page(db: sqlite3.Connection, offset: int, limit: int, target: str | None) -> tuple[Job, ...]:
    """Part of the queue: what is at servers, then what waits, in its order."""
    which, parameters = ("", ()) if target is None else (" WHERE ? IN (q.target, q.profile)", (target,))
    found = db.execute(
        f"{_JOBS}{which} ORDER BY q.claimed DESC, q.priority, q.place, q.generation LIMIT ? OFFSET ?",
        (*parameters, max(limit, 0), max(offset, 0)),
    )
    return tuple(map(_job, found))


def job(db: sqlite3.Connection, generation_id: str) -> Job | None:
    """One job; `None` when it does not wait or run."""
    row = db.execute(f"{_JOBS} WHERE g.id = ?", (generation_id,)).fetchone()
    return None if row is None else _job(row)


def _job(row: sqlite3.Row) -> Job:
    return Job(
        summary=rows.summary(row),
        target=row["target"],
        priority=Priority(row["priority"]),
        hold=Hold(row["hold"]),
        claimed=bool(row["claimed"]),
        cancelled=bool(row["cancelled"]),
        owner=row["owner"],
        batch=row["batch"] or "",
    )


def ahead(db: sqlite3.Connection, generation_id: str) -> int | None:
    """How many jobs for the same target go before a waiting one; `None` when it does not wait."""
    row = db.execute(
        "SELECT target, priority, place, generation FROM queue JOIN generations ON number = generation"
        " WHERE id = ? AND claimed = 0",
        (generation_id,),
    ).fetchone()
    if row is None:
        return None
    found = db.execute(
        "SELECT count(*) FROM queue WHERE (target = :target AND claimed = 0 AND hold = ''"
        " AND (priority, place, generation) < (:priority, :place, :generation))"
        " OR (claimed = 1 AND :target IN (target, profile))",
        dict(row),
    )
    number: int = found.fetchone()[0]
    return number


def counts(db: sqlite3.Connection) -> tuple[Count, ...]:
    """How many jobs there are, by target, server and hold."""
    found = db.execute(
        "SELECT target, profile, hold, count(*) AS jobs FROM queue GROUP BY target, profile, hold"
        " ORDER BY target, profile, hold"
    )
    return tuple(Count(row["target"], row["profile"], Hold(row["hold"]), row["jobs"]) for row in found)


def backlog(db: sqlite3.Connection) -> tuple[Backlog, ...]:
    """The jobs that wait and are not on hold, by what tells how long they take."""
    found = db.execute(
        "SELECT q.target, q.checkpoint, coalesce(g.width * g.height, 0) AS pixels, count(*) AS jobs"
        " FROM queue AS q JOIN generations AS g ON g.number = q.generation"
        " WHERE q.claimed = 0 AND q.hold = '' GROUP BY q.target, q.checkpoint, pixels"
    )
    return tuple(Backlog(*row) for row in found)
