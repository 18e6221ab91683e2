"""The keys that move about in a picture, wherever one is large enough to be looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from darkroom.app.widgets.picture.looking import LookedAt

MOVES = ("viewer_next", "viewer_previous", "viewer_up", "viewer_down")
"""Actions of the arrow keys."""

TURNS = ("viewer_turn", "viewer_turn_back")
"""Actions that go to another picture, whatever is seen of this one."""

ZOOMS = ("viewer_fit", "viewer_fill", "viewer_actual", "viewer_nearer", "viewer_farther")


class ViewKeys:
    """For widgets and screens bound to the group `viewer` of the key table.

    While only a part of the picture is seen, the arrow keys move over it; otherwise they turn to another one.
    """

    def looked_at(self) -> LookedAt | None:
        """The picture; `None` while there is none."""
        raise NotImplementedError

    def turn(self, by: int) -> None:
        """Goes to the next picture (1) or the one before (-1)."""
        raise NotImplementedError

    @property
    def is_part(self) -> bool:
        """Whether only a part of the picture is seen."""
        picture = self.looked_at()
        return picture is not None and picture.is_part

    def action_viewer_next(self) -> None:
        """To the right in the picture, or the next one."""
        self._move(1, 0)

    def action_viewer_previous(self) -> None:
        """To the left in the picture, or the one before."""
        self._move(-1, 0)

    def action_viewer_down(self) -> None:
        """Down in the picture, or the next one."""
        self._move(0, 1)

    def action_viewer_up(self) -> None:
        """Up in the picture, or the one before."""
        self._move(0, -1)

    def action_viewer_turn(self) -> None:
        """The next picture."""
        self.turn(1)

    def action_viewer_turn_back(self) -> None:
        """The picture before."""
        self.turn(-1)

    def action_viewer_fit(self) -> None:
        """All of the picture."""
        if (picture := self.looked_at()) is not None:
            picture.fit()

    def action_viewer_fill(self) -> None:
        """As much of the picture as fills the room."""
        if (picture := self.looked_at()) is not None:
            picture.fill()

    def action_viewer_actual(self) -> None:
        """The picture's own pixels."""
        if (picture := self.looked_at()) is not None:
            picture.actual()

    def action_viewer_nearer(self) -> None:
        """A step nearer."""
        if (picture := self.looked_at()) is not None:
            picture.zoom(1)

    def action_viewer_farther(self) -> None:
        """A step back."""
        if (picture := self.looked_at()) is not None:
            picture.zoom(-1)

    def _move(self, across: int, down: int) -> None:
        picture = self.looked_at()
        if picture is None or not self.is_part:
            self.turn(across or down)
        else:
            picture.step(across, down)
