"""Workflows under their names; the built-in ones are rows like the others."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import TYPE_CHECKING

from darkroom.domain.errors import InputError, StoreError
from darkroom.domain.text import excerpt
from darkroom.domain.workflow import TXT2IMG, Workflow
from darkroom.store import codec

if TYPE_CHECKING:
    import sqlite3

    from darkroom.store.connection import Database


class Workflows:
    """Named workflows. Exactly one is the default."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def list(self) -> tuple[Workflow, ...]:
        """All, the default first, then by name."""
        sql = "SELECT * FROM workflows ORDER BY is_default DESC, name COLLATE NOCASE"
        return await self._database.read(lambda db: tuple(map(_workflow, db.execute(sql))))

    async def get(self, workflow_id: str) -> Workflow | None:
        """One, or `None`."""
        return await self._database.read(lambda db: _one(db, "id = ?", workflow_id))

    async def by_name(self, name: str) -> Workflow | None:
        """The one with this name, whatever the case of ASCII letters; or `None`."""
        return await self._database.read(lambda db: _one(db, "name = ?", codec.text(name)))

    async def add(self, workflow: Workflow) -> Workflow:
        """Keeps a new one; an id is made when it has none. It becomes the default when it says so.

        Raises:
            InputError: The name is taken.
        """
        kept = workflow if workflow.id else replace(workflow, id=str(uuid.uuid4()))

        def work(db: sqlite3.Connection) -> Workflow:
            if _one(db, "id = ?", kept.id):
                raise StoreError("This workflow exists already", kept.id)
            _refuse_taken(db, kept)
            columns = _columns(kept)
            names, marks = ", ".join(columns), ", ".join("?" * len(columns))
            sql = f"INSERT INTO workflows (id, use_count, {names}) VALUES (?, ?, {marks})"  # noqa: S608 (our names)
            db.execute(sql, (kept.id, codec.integer(kept.use_count), *columns.values()))
            if kept.is_default:
                _make_default(db, kept.id)
            return _one(db, "id = ?", kept.id) or kept

        return await self._database.write(work)

    async def update(self, workflow: Workflow) -> None:
        """Replaces what is kept under its id, save use count and default flag.

        Raises:
            InputError: The name is taken by another.
            StoreError: It is gone.
        """

        def work(db: sqlite3.Connection) -> None:
            _refuse_taken(db, workflow)
            columns = _columns(workflow)
            assignments = ", ".join(f"{name} = ?" for name in columns)
            sql = f"UPDATE workflows SET {assignments} WHERE id = ?"  # noqa: S608 (our own column names)
            _refuse_missing(db.execute(sql, (*columns.values(), workflow.id)))

        await self._database.write(work)

    async def delete(self, workflow_id: str) -> None:
        """Removes it; pictures made with it keep their own copy. The first built-in one becomes the default.

        Raises:
            InputError: It is a built-in one.
            StoreError: It is gone.
        """

        def work(db: sqlite3.Connection) -> None:
            found = _one(db, "id = ?", workflow_id)
            if found is not None and found.built_in:
                raise InputError("The built-in workflows cannot be deleted")
            _refuse_missing(db.execute("DELETE FROM workflows WHERE id = ?", (workflow_id,)))
            if not _one(db, "is_default = ?", 1):
                _make_default(db, TXT2IMG)

        await self._database.write(work)

    async def set_default(self, workflow_id: str) -> None:
        """Makes it the one used when nothing else is asked for. Raises `StoreError` when it is gone."""
        await self._database.write(lambda db: _make_default(db, workflow_id))


def _one(db: sqlite3.Connection, condition: str, value: str | int) -> Workflow | None:
    row = db.execute(f"SELECT * FROM workflows WHERE {condition}", (value,)).fetchone()  # noqa: S608 (our words)
    return _workflow(row) if row else None


def _make_default(db: sqlite3.Connection, workflow_id: str) -> None:
    db.execute("UPDATE workflows SET is_default = 0 WHERE is_default = 1")
    _refuse_missing(db.execute("UPDATE workflows SET is_default = 1 WHERE id = ?", (workflow_id,)))


def _refuse_taken(db: sqlite3.Connection, workflow: Workflow) -> None:
    other = _one(db, "name = ?", codec.text(workflow.name))
    if other is not None and other.id != workflow.id:
        raise InputError(
            f"A workflow is called “{excerpt(workflow.name, 60)}” already", hint="Choose another name"
        )


def _refuse_missing(cursor: sqlite3.Cursor) -> None:
    if cursor.rowcount == 0:
        raise StoreError("The workflow is gone", "It was deleted, perhaps by another Darkroom")


def _columns(workflow: Workflow) -> dict[str, str | bytes | None]:
    return {
        "name": codec.text(workflow.name),
        "mode": codec.text(workflow.mode),
        "graph": None if workflow.graph is None else codec.pack(codec.to_json(workflow.graph)),
        "description": codec.text(workflow.description),
        "defaults": codec.to_json(dict(workflow.defaults)),
        "document": codec.pack(workflow.document),
        "document_format": codec.text(workflow.document_format),
    }


def _workflow(row: sqlite3.Row) -> Workflow:
    return Workflow(
        id=row["id"],
        name=row["name"],
        mode=row["mode"],
        graph=None if row["graph"] is None else codec.from_json(codec.unpack(row["graph"])),
        description=row["description"],
        defaults=codec.from_json(row["defaults"]),
        is_default=bool(row["is_default"]),
        use_count=row["use_count"],
        document=codec.unpack(row["document"]),
        document_format=row["document_format"],
    )
