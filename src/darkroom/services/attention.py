"""Whether the person is at the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

IDLE_S = 180.0
"""Who has not touched a key for so long may have gone; shorter, and watching a picture come would count."""


class Attention:
    """When somebody was last seen, and whether the terminal has the focus.

    A terminal that tells nothing of its focus counts as focused: then only the time without a key tells.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        """Somebody is there when it begins. `clock` gives seconds that never go back."""
        self._clock = clock
        self._seen_at = clock()
        self._focused = True

    def seen(self) -> None:
        """A key or the mouse was used; that cannot be without the focus."""
        self._seen_at = self._clock()
        self._focused = True

    def focus(self, focused: bool) -> None:
        """The terminal said that it gained the focus, or lost it."""
        if focused:
            self.seen()
        self._focused = focused

    def away(self) -> bool:
        """Whether the person probably looks elsewhere."""
        return not self._focused or self._clock() - self._seen_at >= IDLE_S
