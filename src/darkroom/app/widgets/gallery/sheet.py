"""What is known of a contact sheet: which pictures there are, and all about those near the eye."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

from darkroom.app.widgets.gallery.marks import Marks
from darkroom.domain.pictures import Key, Picture, PictureIndex

if TYPE_CHECKING:
    from collections.abc import Iterable

KEPT = 2000
"""Pictures of which all is remembered; those read longest ago go first."""


class Sheet:
    """Pictures by their position, the newest first.

    Attributes:
        index: Which there are.
        marks: Which of them are marked.
    """

    def __init__(self) -> None:
        self.index = PictureIndex()
        self.marks = Marks()
        self._known: OrderedDict[Key, Picture] = OrderedDict()

    def __len__(self) -> int:
        return len(self.index)

    def key(self, position: int) -> Key | None:
        """What stands there; `None` beyond the end."""
        return self.index.key(position) if 0 <= position < len(self.index) else None

    def picture(self, position: int) -> Picture | None:
        """All about what stands there; `None` while that is not read."""
        key = self.key(position)
        return None if key is None else self._known.get(key)

    def missing(self, positions: Iterable[int]) -> list[Key]:
        """Keys of those that are not read yet."""
        keys = (self.key(position) for position in positions)
        return [key for key in keys if key is not None and key not in self._known]

    def put(self, pictures: Iterable[Picture]) -> None:
        """Takes in what was read."""
        for picture in pictures:
            self._known[picture.key] = picture
            self._known.move_to_end(picture.key)
        while len(self._known) > KEPT:
            self._known.popitem(last=False)

    def forget(self, number: int | None = None) -> None:
        """What was read of a generation, or (`None`) of all, may not be true any more."""
        for key in [key for key in self._known if number in (None, key.number)]:
            del self._known[key]

    def replace(self, index: PictureIndex, cursor: int) -> int:
        """Takes in another list.

        Args:
            index: Which pictures there are.
            cursor: Position of the cursor in the list before.

        Returns:
            Its position in the new one: on the same picture, else near where it was. Who looks at the newest
            goes on looking at the newest.
        """
        key = self.key(cursor) if cursor else None
        self.index = index
        self.marks.prune(index)
        found = index.position(key) if key is not None else None
        return max(0, min(cursor if found is None else found, len(index) - 1))
