"""Looking again, some times, whether there is something to be done."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.timer import Timer
    from textual.widget import Widget

EVERY_S = 0.4
"""A picture that was sent less than perfect is sent again when nothing else was asked for so long."""

TIMES = 8
"""So often it is looked whether the line affords that: a terminal may take seconds to answer at first."""


class Looks:
    """Looks now and then while nothing lies above the widget: below a dialog it is half blocks."""

    def __init__(self, widget: Widget, look: Callable[[], None]) -> None:
        """Looks only once `begin` was called.

        Args:
            widget: The picture.
            look: Is called each time.
        """
        self._widget = widget
        self._look = look
        self._left = 0
        self._timer: Timer | None = None

    def begin(self) -> None:
        """From now on, `TIMES` times."""
        self.end()
        self._left = TIMES
        self._timer = self._widget.set_interval(EVERY_S, self._once)

    def end(self) -> None:
        """No more."""
        if self._timer is not None:
            self._timer.stop()
            self._timer = None

    def _once(self) -> None:
        if not self._widget.screen.is_active:
            return
        self._left -= 1
        if self._left == 0:
            self.end()
        self._look()
