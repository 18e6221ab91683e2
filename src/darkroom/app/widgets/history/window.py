"""What is known of a long list: how long it is, and the rows near the eye."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from darkroom.domain.generation import Summary

BLOCK = 64
"""Rows asked for at once."""

KEPT = 16 * BLOCK
"""Rows farther than this from the newest block are forgotten."""


class Change(NamedTuple):
    """What a row did to the list: at index `at`, `grown` by 1, 0 or -1."""

    at: int
    grown: int


class Window:
    """Rows by index, newest first (index 0), with gaps where nobody has looked.

    `version` changes whenever indexes change their meaning: an answer to a question that was asked
    before is not put in.
    """

    def __init__(self) -> None:
        self.count = 0
        self.version = 0
        self._rows: dict[int, Summary] = {}

    def reset(self, count: int, rows: Sequence[Summary] = ()) -> None:
        """Starts anew with `count` rows, the first of which may be known."""
        self.count = count
        self.version += 1
        self._rows = dict(enumerate(rows))

    def row(self, index: int) -> Summary | None:
        """The row at `index`; `None` while it is not known."""
        return self._rows.get(index)

    def index_of(self, generation_id: str) -> int | None:
        """Where a generation stands, when its row is known."""
        return next((i for i, row in self._rows.items() if row.id == generation_id), None)

    def missing(self, first: int, last: int) -> range | None:
        """The first block with a gap between `first` and `last` (exclusive), to be asked for."""
        last = min(last, self.count)
        gap = next((i for i in range(max(first, 0), last) if i not in self._rows), None)
        if gap is None:
            return None
        start = gap - gap % BLOCK
        return range(start, min(start + BLOCK, self.count))

    def put(self, version: int, offset: int, rows: Sequence[Summary]) -> bool:
        """Takes in rows that were asked for at `version`; false when they came too late."""
        if version != self.version:
            return False
        self._rows.update(enumerate(rows, offset))
        if len(self._rows) > KEPT * 2:
            self._rows = {i: row for i, row in self._rows.items() if abs(i - offset) <= KEPT}
        return True

    def update(self, summary: Summary) -> Change | None:
        """Takes in a row that changed, came, or left.

        Returns:
            Where and by how much the list grew; `None` when nothing that is known here is concerned.
        """
        index = self.index_of(summary.id)
        if index is not None:
            if summary.trashed:
                return self._remove(index)
            self._rows[index] = summary
            return Change(index, 0)
        place = None if summary.trashed else self._place(summary.number)
        return None if place is None else self._insert(place, summary)

    def _place(self, number: int) -> int | None:
        """Where a row that is not in the list belongs; `None` when it may be in it, unread."""
        above = max((i for i, row in self._rows.items() if row.number > number), default=-1)
        below = self._rows.get(above + 1)
        known_gap = below is not None and below.number < number
        return above + 1 if known_gap or above + 1 == self.count else None

    def _insert(self, index: int, summary: Summary) -> Change:
        self._rows = {i + (i >= index): row for i, row in self._rows.items()} | {index: summary}
        self.count += 1
        self.version += 1
        return Change(index, 1)

    def _remove(self, index: int) -> Change:
        self._rows = {i - (i > index): row for i, row in self._rows.items() if i != index}
        self.count -= 1
        self.version += 1
        return Change(index, -1)
