"""Every picture of the history by itself: the keys of all at once, rows for those that are looked at."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from darkroom.domain.generation import OutputKind
from darkroom.domain.pictures import Key, Picture, PictureIndex
from darkroom.store import reading, rows, search

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Sequence

    from darkroom.domain.query import Filter
    from darkroom.store.connection import Database

_DRAWN = (OutputKind.IMAGE, OutputKind.ANIMATION)

_KEYS = """
    SELECT o.generation, o.position FROM chosen CROSS JOIN outputs AS o ON o.generation = chosen.number
    WHERE o.kind IN (?, ?) ORDER BY o.generation DESC, {extra}, o.position
"""

_EXTRA = "o.node <> ''"
"""Extras (a grid) have a `node` where no picture of their generation has one; see `rows.FIRST_OUTPUT`."""


class Pictures:
    """Pictures over all sessions, without the trash.

    A list of them is a `PictureIndex`: keys alone, read in one walk over the outputs (some milliseconds for
    ten thousand), so that each of them has its place and a page anywhere costs the same.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def index(
        self, text: str = "", *, filters: Sequence[Filter] = (), session_id: str | None = None
    ) -> PictureIndex:
        """All pictures of the generations that hold all words of `text` and pass all `filters`.

        Args:
            text: As `Search.find` takes it.
            filters: Conditions on columns.
            session_id: Only this session's.
        """
        return await self._database.read(lambda db: _index(db, text, filters, session_id))

    async def read(self, keys: Collection[Key]) -> tuple[Picture, ...]:
        """Those of `keys` that are there, in no order; also from the trash."""
        return await self._database.read(lambda db: _read(db, frozenset(keys)))


def _index(
    db: sqlite3.Connection, text: str, filters: Sequence[Filter], session_id: str | None
) -> PictureIndex:
    chosen, parameters = _chosen(text, filters, session_id)
    sql = f"WITH chosen (number) AS ({chosen}) {_KEYS.format(extra=_EXTRA)}"
    found = db.execute(sql, [*parameters, *map(str, _DRAWN)])
    return PictureIndex((row[0], row[1]) for row in found)


def _chosen(text: str, filters: Sequence[Filter], session_id: str | None) -> search.Condition:
    if session_id is not None and not text.strip() and not filters:
        # As in the history of that session: its index gives the numbers in order.
        numbers = (
            "SELECT number FROM generations WHERE session_id = ? AND trashed_at IS NULL ORDER BY number DESC"
        )
        return numbers, [session_id]
    sql, parameters = search.statement(text, filters, session_id)
    return sql, [*parameters, -1, 0]


def _read(db: sqlite3.Connection, keys: frozenset[Key]) -> tuple[Picture, ...]:
    numbers = json.dumps(sorted({key.number for key in keys}))
    wanted = "SELECT value FROM json_each(?)"
    summaries = {summary.number: summary for summary in reading.chosen(db, wanted, (numbers,))}
    outputs = db.execute(f"SELECT * FROM outputs WHERE generation IN ({wanted})", (numbers,))  # noqa: S608 (ours)
    found = ((row["generation"], rows.output(row)) for row in outputs)
    return tuple(
        Picture(summaries[number], output)
        for number, output in found
        if Key(number, output.index) in keys and number in summaries
    )
