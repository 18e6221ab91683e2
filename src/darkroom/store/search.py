"""Finding generations again: full text and filters.

What a person types is never query syntax: its pieces are quoted, and the last word matches as a
prefix, so that results come while typing.
"""

from __future__ import annotations

import unicodedata
from datetime import datetime
from typing import TYPE_CHECKING

from darkroom.domain.query import FIELDS, FieldKind, Filter, Op
from darkroom.store import codec, reading

if TYPE_CHECKING:
    from collections.abc import Sequence

    from darkroom.domain.generation import Summary
    from darkroom.store.connection import Database

_COLUMNS = {
    "created": "created_at",
    "finished": "finished_at",
    "duration": "duration_s",
    "lora": "loras",
    "outputs": "output_count",
}
"""Columns of fields that are called otherwise."""

_PIECES_MAX = 32
_LENGTH_MAX = 2000
"""More words, and more letters, than this narrow nothing down any more."""

_LIKE_MAX = 10_000
"""SQLite refuses LIKE patterns of 50,000 bytes. Source: SQLite, "Limits"."""

_LETTERS = frozenset(("Lu", "Ll", "Lt", "Lm", "Lo", "Nd", "Nl", "No", "Co"))
"""What the index makes words of. Source: SQLite, FTS5, "Unicode61 Tokenizer"."""

_UNSPACED = frozenset(("Lo",))
"""Letters without case: Chinese, Japanese, Thai … (others among them lose nothing by it)."""

_ANYWHERE = "instr(g.prompt, ?) OR instr(g.negative, ?) OR instr(g.checkpoint, ?) OR instr(g.loras, ?)"

Condition = tuple[str, list[str | int | float]]
"""A piece of SQL and its parameters."""


class Search:
    """Search over all sessions, without the trash."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(
        self,
        text: str = "",
        *,
        filters: Sequence[Filter] = (),
        session_id: str | None = None,
        limit: int = 50,
        offset: int = 0,
    ) -> tuple[Summary, ...]:
        """Generations that hold all words of `text` and pass all `filters`, newest first.

        Args:
            text: Words to find in prompts, checkpoints and LoRAs; none find everything.
            filters: Conditions on columns.
            session_id: Only this session's.
            limit: At most so many.
            offset: After so many.
        """
        sql, parameters = statement(text, filters, session_id)
        return await self._database.read(
            lambda db: reading.chosen(db, sql, [*parameters, max(limit, 0), max(offset, 0)])
        )


def statement(text: str, filters: Sequence[Filter], session_id: str | None) -> Condition:
    """The query for their numbers; limit and offset are its last two parameters, to be added."""
    conditions: list[Condition] = [
        ("g.trashed_at IS NULL", []),
        ("g.session_id NOT IN (SELECT id FROM sessions WHERE trashed_at IS NOT NULL)", []),
        *map(_condition, filters),
    ]
    if session_id is not None:
        conditions.append(("g.session_id = ?", [session_id]))
    source, order = "generations AS g", "g.number"
    match, parts = words(text)
    conditions += [(_ANYWHERE, [part] * _ANYWHERE.count("?")) for part in parts]
    if match:
        # The index gives its rows newest first by itself: reading ends with the last one wanted.
        # CROSS JOIN fixes the order of the loops. Source: SQLite, "Manual Control Of Query Plans".
        source, order = (
            "generations_text AS t CROSS JOIN generations AS g ON g.number = t.rowid",
            "t.rowid",
        )
        conditions.insert(0, ("generations_text MATCH ?", [match]))
    where = " AND ".join(f"({sql})" for sql, _ in conditions)
    sql = (
        f"SELECT g.number FROM {source} WHERE {where}"  # noqa: S608 (values are parameters)
        f" ORDER BY {order} DESC LIMIT ? OFFSET ?"
    )
    return sql, [value for _, values in conditions for value in values]


def words(text: str) -> tuple[str, list[str]]:
    """What to look for when a person typed `text`.

    Each piece between spaces becomes a quoted phrase, which the index cuts into words as it cut the
    prompts: `(mist:1.2)` finds what it stands in, and `AND`, `*` and quotes mean nothing. Pieces
    without a word are passed over by SQLite. Source: SQLite, FTS5, 3.1 and 3.2.

    Returns:
        The full-text query, "" when there is nothing for the index; and pieces to be found anywhere
        in the texts, for scripts that put no spaces between words (港 in 雨の港).
    """
    # The parser ends at a NUL; in the index it divides words.
    pieces = codec.text(text[:_LENGTH_MAX]).replace("\0", " ").replace('"', " ").split()[:_PIECES_MAX]
    parts = [piece for piece in pieces if _has(piece, _UNSPACED)]
    indexed = [piece for piece in pieces if not _has(piece, _UNSPACED)]
    if not any(_has(piece, _LETTERS) for piece in indexed):
        return "", parts
    return " ".join(f'"{piece}"' for piece in indexed) + "*", parts


def _has(piece: str, categories: frozenset[str]) -> bool:
    return any(unicodedata.category(char) in categories for char in piece)


def _condition(condition: Filter) -> Condition:
    kind = FIELDS[condition.field]
    column = f"g.{_COLUMNS.get(condition.field, condition.field)}"
    value = condition.value
    if isinstance(value, datetime):
        value = codec.micros(value)
    elif isinstance(value, str):
        value = codec.text(value)
    if condition.op is Op.CONTAINS:
        if len(str(value)) > _LIKE_MAX:
            return f"instr(lower({column}), lower(?))", [value]
        return f"{column} LIKE ? ESCAPE '\\'", [_like(str(value))]
    if kind is FieldKind.SEED and condition.op not in (Op.EQUAL, Op.UNEQUAL):
        return _seed_order(column, condition.op, str(value))
    collation = " COLLATE NOCASE" if kind is FieldKind.TEXT else ""
    # "IS NOT" finds also rows that have no such value at all.
    op = "IS NOT" if condition.op is Op.UNEQUAL else str(condition.op)
    return f"{column} {op} ?{collation}", [value]


def _like(part: str) -> str:
    for special in ("\\", "%", "_"):
        part = part.replace(special, f"\\{special}")
    return f"%{part}%"


def _seed_order(column: str, op: Op, seed: str) -> Condition:
    """Seeds are digits without leading zeros: first by length, then as text."""
    negative = seed.startswith("-")
    if negative:
        # No kept seed is negative: each is greater.
        return ("1" if op in (Op.GREATER, Op.AT_LEAST) else "0") + f" AND {column} <> ''", []
    return (
        f"{column} <> '' AND (length({column}), {column}) {op} (?, ?)",
        [len(seed), seed],
    )
