"""Sessions, and the values they remember."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, NamedTuple

from darkroom.domain.errors import StoreError
from darkroom.domain.parameters import Role, Value
from darkroom.store import codec, rows

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping

    from darkroom.domain.session import Session
    from darkroom.store.connection import Database

_ROLE, _ADDRESS, _DRAFT = "role", "address", "draft"


class Used(NamedTuple):
    """What a generation was made from, for its session's next form.

    Attributes:
        memory: The workflow's name in the memory of the session.
        by_role: What other workflows can take over.
        by_address: All of it; replaces what this workflow had.
        workflow_id: The workflow that was used once more.
    """

    memory: str
    by_role: Mapping[Role, Value]
    by_address: Mapping[str, Value]
    workflow_id: str


class Sessions:
    """Sessions as the sidebar shows them; each method is one transaction.

    Methods that change a session raise `StoreError` when it does not exist (any more).
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def list(self, *, trashed: bool = False) -> tuple[Session, ...]:
        """All sessions, last used first; those in the trash instead when `trashed`."""
        sql = "SELECT * FROM sessions WHERE (trashed_at IS NOT NULL) = ? ORDER BY used_at DESC, rowid DESC"
        return await self._database.read(lambda db: tuple(map(rows.session, db.execute(sql, (trashed,)))))

    async def get(self, session_id: str) -> Session | None:
        """One session, also from the trash; `None` when there is none."""
        return await self._database.read(lambda db: _get(db, session_id))

    async def create(self, name: str) -> Session:
        """A new, empty session; names need not be unique."""

        def work(db: sqlite3.Connection) -> Session:
            return _create(db, name)

        return await self._database.write(work)

    async def rename(self, session_id: str, name: str) -> None:
        """Gives it another name."""
        await self._change(session_id, "name = ?", codec.text(name))

    async def duplicate(self, session_id: str, name: str) -> Session:
        """A new session with the same remembered values and drafts, and no pictures."""

        def work(db: sqlite3.Connection) -> Session:
            copy = _create(db, name)
            updated = db.execute(
                "UPDATE sessions SET (workflow_id, profile) ="
                " (SELECT workflow_id, profile FROM sessions WHERE id = ?1)"
                " WHERE id = ?2 AND EXISTS (SELECT 1 FROM sessions WHERE id = ?1)",
                (session_id, copy.id),
            )
            _refuse_missing(updated)
            db.execute(
                "INSERT INTO session_values"
                " SELECT ?, scope, workflow_id, key, value FROM session_values WHERE session_id = ?",
                (copy.id, session_id),
            )
            return _get(db, copy.id) or copy

        return await self._database.write(work)

    async def trash(self, session_id: str) -> None:
        """Puts it into the trash with all its generations; nothing is deleted. Idempotent."""
        await self._change(session_id, "trashed_at = coalesce(trashed_at, ?)", codec.now())

    async def restore(self, session_id: str) -> None:
        """Takes it out of the trash. Idempotent."""
        await self._change(session_id, "trashed_at = ?", None)

    async def touch(self, session_id: str, *, workflow_id: str, profile: str) -> None:
        """Marks it as used now, with this workflow and profile."""
        await self._change(
            session_id,
            "used_at = ?, workflow_id = ?, profile = ?",
            codec.now(),
            codec.text(workflow_id),
            codec.text(profile),
            durable=False,
        )

    async def values(self, session_id: str) -> dict[Role, Value]:
        """What it used last, by role, whichever the workflow."""
        stored = await self._read(session_id, _ROLE, "")
        known = {str(role): role for role in Role}
        return {known[key]: value for key, value in stored.items() if key in known}

    async def workflow_values(self, session_id: str, workflow_id: str) -> dict[str, Value]:
        """What it used last with this workflow, by address."""
        return await self._read(session_id, _ADDRESS, workflow_id)

    async def draft(self, session_id: str, workflow_id: str) -> dict[str, Value]:
        """What was typed and not yet sent, by address."""
        return await self._read(session_id, _DRAFT, workflow_id)

    async def remember(
        self,
        session_id: str,
        workflow_id: str,
        by_role: Mapping[Role, Value],
        by_address: Mapping[str, Value],
    ) -> None:
        """Keeps what was just used. The draft stays: it may hold something else.

        Roles that this workflow lacks keep their values for the others; addresses are replaced as a
        whole.
        """
        await self._database.write(
            lambda db: _remember(db, session_id, workflow_id, by_role, by_address), durable=False
        )

    async def note_use(self, session_id: str, used: Used) -> None:
        """Keeps what was just used, and counts it for its workflow."""
        await self._database.write(lambda db: note_use(db, session_id, used), durable=False)

    async def save_draft(self, session_id: str, workflow_id: str, typed: Mapping[str, Value]) -> None:
        """Keeps what is typed and not yet sent, in place of the former draft."""

        def work(db: sqlite3.Connection) -> None:
            _refuse_gone(db, session_id)
            _clear(db, session_id, _DRAFT, workflow_id)
            _put(db, session_id, _DRAFT, workflow_id, typed)

        await self._database.write(work, durable=False)

    async def _read(self, session_id: str, scope: str, workflow_id: str) -> dict[str, Value]:
        key = (session_id, scope, codec.text(workflow_id))
        return await self._database.read(
            lambda db: {
                codec.from_json(row["key"]): codec.from_json(row["value"])
                for row in db.execute(
                    "SELECT key, value FROM session_values"
                    " WHERE session_id = ? AND scope = ? AND workflow_id = ?",
                    key,
                )
            }
        )

    async def _change(
        self, session_id: str, assignment: str, *values: str | int | None, durable: bool = True
    ) -> None:
        sql = f"UPDATE sessions SET {assignment} WHERE id = ?"  # noqa: S608 (our own words)
        await self._database.write(
            lambda db: _refuse_missing(db.execute(sql, (*values, session_id))), durable=durable
        )


def note_use(db: sqlite3.Connection, session_id: str, used: Used) -> None:
    """Keeps what a generation was made from, and counts it; a workflow that is gone is passed over.

    Raises:
        StoreError: The session is gone.
    """
    _remember(db, session_id, used.memory, used.by_role, used.by_address)
    db.execute("UPDATE workflows SET use_count = use_count + 1 WHERE id = ?", (used.workflow_id,))


def _remember(
    db: sqlite3.Connection,
    session_id: str,
    workflow_id: str,
    by_role: Mapping[Role, Value],
    by_address: Mapping[str, Value],
) -> None:
    _refuse_gone(db, session_id)
    _put(db, session_id, _ROLE, "", {str(role): value for role, value in by_role.items()})
    _clear(db, session_id, _ADDRESS, workflow_id)
    _put(db, session_id, _ADDRESS, workflow_id, by_address)


def _create(db: sqlite3.Connection, name: str) -> Session:
    now = codec.now()
    row = db.execute(
        "INSERT INTO sessions (id, name, created_at, used_at) VALUES (?, ?, ?, ?) RETURNING *",
        (str(uuid.uuid4()), codec.text(name), now, now),
    ).fetchone()
    return rows.session(row)


def _get(db: sqlite3.Connection, session_id: str) -> Session | None:
    row = db.execute("SELECT * FROM sessions WHERE id = ?", (session_id,)).fetchone()
    return rows.session(row) if row else None


def _put(
    db: sqlite3.Connection, session_id: str, scope: str, workflow_id: str, values: Mapping[str, Value]
) -> None:
    # Keys as JSON, like the values: an address is a server's text and may hold anything.
    db.executemany(
        "INSERT INTO session_values VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
        [
            (session_id, scope, codec.text(workflow_id), codec.to_json(key), codec.to_json(value))
            for key, value in values.items()
        ],
    )


def _clear(db: sqlite3.Connection, session_id: str, scope: str, workflow_id: str) -> None:
    db.execute(
        "DELETE FROM session_values WHERE session_id = ? AND scope = ? AND workflow_id = ?",
        (session_id, scope, codec.text(workflow_id)),
    )


def _refuse_gone(db: sqlite3.Connection, session_id: str) -> None:
    if _get(db, session_id) is None:
        raise gone()


def _refuse_missing(cursor: sqlite3.Cursor) -> None:
    if cursor.rowcount == 0:
        raise gone()


def gone() -> StoreError:
    """The error for a session that is not there (any more)."""
    return StoreError("The session is gone", "It was deleted, perhaps by another Darkroom")
