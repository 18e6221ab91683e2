"""At most so often, however often it is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.message_pump import MessagePump


REST = 10
"""How many times longer than the work the time from one to the next is."""


class Throttle:
    """Calls something soon after it was asked for: at once after a rest, else when some time has passed.

    What takes long is called less often, so that it never takes more than a share of the time.
    """

    def __init__(
        self, node: MessagePump, every_s: float, clock: Callable[[], float], call: Callable[[], object]
    ) -> None:
        """`call` returns at once, and `done` is called when what it began is over.

        `every_s` is the least time between two calls; `clock` gives seconds that never go back; the timers
        are those of `node`.
        """
        self._node = node
        self._every_s = every_s
        self._clock = clock
        self._call = call
        self._called_at = float("-inf")
        self._took_s = 0.0
        self._is_due = False

    def ask(self) -> None:
        """Returns at once; calls that are asked for while one is due are that one."""
        if not self._is_due:
            self._is_due = True
            wait_s = self._called_at + max(self._every_s, self._took_s * REST) - self._clock()
            if wait_s > 0:
                self._node.set_timer(wait_s, self._now)
            else:
                self._node.call_later(self._now)

    def done(self) -> None:
        """What was begun last is over."""
        self._took_s = self._clock() - self._called_at

    def _now(self) -> None:
        self._is_due = False
        self._called_at = self._clock()
        self._call()
