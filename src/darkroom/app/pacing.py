"""Keys come first: while someone types, pictures in the making wait for a pause, and numbers move slowly.

A frame costs the event loop some milliseconds, and its preparation shares the interpreter with it.
Nobody watches a picture while typing; a key that is late is felt at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

REST_S = 0.25
"""A pause in typing: longer than between the keys of a word, shorter than a look at the picture."""

FRAME_EVERY_S = 0.12
"""No more frames than this are drawn, however many a server sends: a little over 8 a second."""

LONGEST_S = 3.0
"""However fast somebody types, a frame is drawn this often."""

NEWS_EVERY_S = 0.125
"""How often the numbers of running jobs move: faster than anybody reads, whatever the servers send."""

TYPING_NEWS_EVERY_S = 1.0
"""The same while somebody types."""


class Pacing:
    """When the next frame may be drawn, and how often the numbers move."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """`clock` gives seconds that never go back, as `time.monotonic` does."""
        self._clock = clock
        self._typed_at = float("-inf")
        self._drawn_at = float("-inf")

    def typed(self) -> None:
        """A key was pressed."""
        self._typed_at = self._clock()

    def drawn(self) -> None:
        """A frame is drawn now."""
        self._drawn_at = self._clock()

    def wait_s(self) -> float:
        """Seconds until a frame may be drawn; 0 when it may be now."""
        now = self._clock()
        rested_at = min(self._typed_at + REST_S, self._drawn_at + LONGEST_S)
        return max(0.0, rested_at - now, self._drawn_at + FRAME_EVERY_S - now)

    @property
    def typing(self) -> bool:
        """Whether a key was pressed a moment ago."""
        return self._clock() < self._typed_at + REST_S

    def news_every_s(self) -> float:
        """Seconds between two looks at how far jobs are."""
        return TYPING_NEWS_EVERY_S if self.typing else NEWS_EVERY_S
