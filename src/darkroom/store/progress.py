"""What the owners of running generations heard last, for other processes; worth nothing once it is old."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from darkroom.store import codec

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping

    from darkroom.store.connection import Database


class Heard(NamedTuple):
    """What is known of one generation.

    Attributes:
        session_id: Where it belongs.
        owner: The process that follows it.
        event: What that one heard, as it wrote it.
    """

    session_id: str
    owner: str
    event: str


class Progress:
    """The last event of each running generation."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def publish(self, events: Mapping[str, str]) -> None:
        """Notes what was heard, by generation; those that have ended are passed over."""

        def work(db: sqlite3.Connection) -> None:
            db.executemany(
                "INSERT INTO progress (generation, event)"
                " SELECT generation, ? FROM queue JOIN generations ON number = generation WHERE id = ?"
                " ON CONFLICT (generation) DO UPDATE SET event = excluded.event",
                [(codec.text(event), generation_id) for generation_id, event in events.items()],
            )

        await self._database.write(work, durable=False)

    async def all(self) -> dict[str, Heard]:
        """What was heard last, by generation."""

        def work(db: sqlite3.Connection) -> dict[str, Heard]:
            found = db.execute(
                "SELECT id, session_id, owner, event FROM progress JOIN generations ON number = generation"
            )
            return {row["id"]: Heard(row["session_id"], row["owner"], row["event"]) for row in found}

        return await self._database.read(work)
