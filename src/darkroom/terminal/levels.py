"""How good a picture is sent, by what the line can carry in the time there is."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

from darkroom.terminal.protocol import Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

LIVE_S = 0.1
"""A frame of a live preview may take the line this long: eight come in a second."""

FINAL_S = 2.0
"""A picture that stays may take it this long."""


class Level(IntEnum):
    """How good, worst first; half blocks have levels too (their colours are rounded)."""

    QUARTER = 0
    """A quarter of the width and height, few colours."""
    HALF = 1
    """Half of the width and height, few colours."""
    PALETTE = 2
    """Every pixel, 256 colours."""
    FULL = 3
    """Every pixel, every colour; for sixels the same as `PALETTE`."""


BYTES_PER_PIXEL: Mapping[Protocol, tuple[float, float, float, float]] = {
    Protocol.KITTY: (0.055, 0.18, 0.70, 2.6),
    Protocol.SIXEL: (0.16, 0.38, 1.30, 1.30),
    Protocol.HALF: (0.075, 0.105, 0.14, 0.20),
}
"""Bytes of a sequence for each pixel of the cells that it fills, by level.

Measured with a picture like a photo at 400 × 400 and 1000 × 1000 pixels (`benchmarks/pictures.py`); most
pictures that models make take half of it.
"""


def affordable(protocol: Protocol, pixels: int, budget_bytes: float, *, now: Level | None = None) -> Level:
    """The best level whose bytes are within the budget; the lowest when none is.

    Args:
        protocol: How the picture is drawn.
        pixels: Of the cells that it fills, width × height.
        budget_bytes: What the line carries in the time there is.
        now: The level of the frame before: a better one is taken only where there is room to spare, so that
            the quality does not go up and down with every frame.
    """
    costs = BYTES_PER_PIXEL.get(protocol, BYTES_PER_PIXEL[Protocol.HALF])
    best = Level.QUARTER
    for level in Level:
        spare = 1.25 if now is not None and level > now else 1.0
        if costs[level] * pixels * spare <= budget_bytes:
            best = level
    return best
