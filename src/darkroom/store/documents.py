"""What servers said, kept so that a form is there before the network is. May be emptied at any time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from darkroom.store import codec

if TYPE_CHECKING:
    import sqlite3

    from darkroom.store.connection import Database


class Documents:
    """Texts by profile, kind ("object_info") and key ("KSampler")."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, profile: str, kind: str, key: str) -> tuple[str, str] | None:
        """The text and the version it was put with, or `None`."""
        names = (codec.text(profile), codec.text(kind), codec.text(key))

        def work(db: sqlite3.Connection) -> tuple[str, str] | None:
            row = db.execute(
                "SELECT packed, version FROM documents WHERE profile = ? AND kind = ? AND key = ?", names
            ).fetchone()
            return (codec.unpack(row["packed"]), row["version"]) if row else None

        return await self._database.read(work)

    async def all(self, profile: str, kind: str) -> dict[str, tuple[str, str]]:
        """All texts of one kind, with the versions they were put with, by key."""
        names = (codec.text(profile), codec.text(kind))

        def work(db: sqlite3.Connection) -> dict[str, tuple[str, str]]:
            rows = db.execute(
                "SELECT key, packed, version FROM documents WHERE profile = ? AND kind = ?", names
            )
            return {row["key"]: (codec.unpack(row["packed"]), row["version"]) for row in rows}

        return await self._database.read(work)

    async def put(self, profile: str, kind: str, key: str, text: str, version: str) -> None:
        """Keeps a text in place of the former one; large ones are fine."""
        names = (codec.text(profile), codec.text(kind), codec.text(key), codec.text(version))

        def work(db: sqlite3.Connection) -> None:
            db.execute(
                "INSERT INTO documents (profile, kind, key, version, packed) VALUES (?, ?, ?, ?, ?)"
                " ON CONFLICT (profile, kind, key)"
                " DO UPDATE SET version = excluded.version, packed = excluded.packed",
                (*names, codec.pack(text)),
            )

        await self._database.write(work, durable=False)

    async def forget(self, profile: str) -> None:
        """Drops all that is kept of a profile."""
        sql = "DELETE FROM documents WHERE profile = ?"
        await self._database.write(lambda db: db.execute(sql, (codec.text(profile),)).rowcount)
