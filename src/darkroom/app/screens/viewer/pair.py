"""Two pictures in turn: which one is marked, and which one is compared with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from darkroom.domain.pictures import Picture


@dataclass(slots=True)
class Pair:
    """A is the marked picture; B is whichever other one was on the screen when they were flipped.

    Attributes:
        a: `None` while nothing is marked.
        b: `None` until they are flipped for the first time.
    """

    a: Picture | None = None
    b: Picture | None = None

    def mark(self, shot: Picture) -> None:
        """Marks a picture, or not any more."""
        self.a, self.b = (None if self._is_a(shot) else shot), None

    def other(self, shot: Picture) -> Picture | None:
        """What a flip shows in place of `shot`; `None` where there is nothing to flip to."""
        if self._is_a(shot):
            return self.b
        if self.a is not None:
            self.b = shot
        return self.a

    def came_to(self, shot: Picture) -> None:
        """Another picture was turned to: from now on that one is compared."""
        if self.b is not None and not self._is_a(shot):
            self.b = shot

    def base(self, shot: Picture) -> Picture:
        """Whose neighbours come next: those of B, whichever of both is shown."""
        return self.b if self._is_a(shot) and self.b is not None else shot

    def letter(self, shot: Picture) -> str:
        """“A” or "B"; "" for a picture outside of the comparison."""
        if self._is_a(shot):
            return "A"
        return "B" if self.b is not None and self.b.key == shot.key else ""

    def _is_a(self, shot: Picture) -> bool:
        return self.a is not None and self.a.key == shot.key
