"""Which way pictures are drawn in this terminal, and why."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Protocol(StrEnum):
    """How a picture reaches the screen."""

    HALF = "half"
    """Half blocks: two coloured pixels a cell, in any terminal with colours."""
    KITTY = "kitty"
    """kitty's graphics protocol with Unicode placeholders (kitty ≥ 0.28, ghostty)."""
    SIXEL = "sixel"
    """Sixels (xterm -ti vt340, foot, konsole, mlterm, tmux ≥ 3.4 built with them)."""
    NONE = "none"
    """A line of text instead."""


class Choice(NamedTuple):
    """A decision and what it rests on.

    Attributes:
        protocol: How to draw.
        reason: Why, in words for the status line and `doctor`.
        tmux: The program runs in tmux: what is meant for the terminal itself must be wrapped.
        remedy: What would make something better possible, for `doctor`; a line each, "" for nothing.
        limit_bytes: Most bytes of one sequence; what is longer would be dropped. `None` for no limit.
        limit_px: Most pixels of a picture's width and height; more would be cut off. `None` for no limit.
    """

    protocol: Protocol
    reason: str
    tmux: bool = False
    remedy: str = ""
    limit_bytes: int | None = None
    limit_px: int | None = None
