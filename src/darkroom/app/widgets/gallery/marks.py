"""Which pictures of a sheet are marked: one by one, in ranges, or all. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from darkroom.domain.pictures import Key, PictureIndex


class Marks:
    """Marked pictures by their keys, so that they stay marked while others come and go.

    A range goes from its anchor to the cursor and is part of the marks at once; `keep_range` makes it last,
    `drop_range` forgets it.

    Attributes:
        anchor: Where the open range began; `None` when there is none.
        held: The range is held open by shift alone: the next move without it ends it.
    """

    def __init__(self) -> None:
        self._keys: dict[Key, None] = {}
        self.anchor: Key | None = None
        self.held = False

    def toggle(self, key: Key) -> None:
        """Marks a picture, or not any more."""
        if key in self._keys:
            del self._keys[key]
        else:
            self._keys[key] = None

    def add(self, keys: Iterable[Key]) -> None:
        """Marks pictures."""
        self._keys.update(dict.fromkeys(keys))

    def clear(self) -> None:
        """Marks nothing."""
        self._keys.clear()
        self.anchor = None

    def begin_range(self, key: Key, *, held: bool = False) -> None:
        """Opens a range at a picture."""
        self.anchor = key
        self.held = held

    def keep_range(self, index: PictureIndex, cursor: int) -> None:
        """Ends the range; what is in it stays marked."""
        span = self.span(index, cursor)
        self.add(index.keys(span.start, span.stop))
        self.anchor = None

    def drop_range(self) -> None:
        """Ends the range; what is in it alone is marked no more."""
        self.anchor = None

    def span(self, index: PictureIndex, cursor: int) -> range:
        """Positions of the open range; empty without one, or when its anchor is gone."""
        at = None if self.anchor is None else index.position(self.anchor)
        return range(0) if at is None else range(min(at, cursor), max(at, cursor) + 1)

    def is_marked(self, key: Key) -> bool:
        """Whether a picture is marked by itself, the open range not counted."""
        return key in self._keys

    def count(self, index: PictureIndex, cursor: int) -> int:
        """How many are marked, the open range among them."""
        span = self.span(index, cursor)
        return len(self._keys) + sum(key not in self._keys for key in index.keys(span.start, span.stop))

    def all(self, index: PictureIndex, cursor: int) -> list[Key]:
        """The marked pictures, the open range among them, in the order of marking."""
        span = self.span(index, cursor)
        return [*{**self._keys, **dict.fromkeys(index.keys(span.start, span.stop))}]

    def prune(self, index: PictureIndex) -> None:
        """What is not in the list any more is not marked any more."""
        if self._keys:
            # One walk through the list costs less than finding each by itself.
            there = set(index.keys(0, len(index)))
            self._keys = {key: None for key in self._keys if key in there}
        if self.anchor is not None and index.position(self.anchor) is None:
            self.anchor = None
