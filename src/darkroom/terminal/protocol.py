"""Which way pictures are drawn in this terminal, and why."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping


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
    """

    protocol: Protocol
    reason: str
    tmux: bool = False
    remedy: str = ""
    limit_bytes: int | None = None


def choose(setting: str, environ: Mapping[str, str]) -> Choice:
    """How pictures are drawn.

    `auto` means half blocks wherever there are colours: environment variables cannot tell what the
    terminal at the far end of tmux or SSH draws, so nothing better is chosen without asking it.

    Args:
        setting: The setting `images`: auto, kitty, sixel, half or none; anything else counts as auto.
        environ: The environment of the process.
    """
    tmux = bool(environ.get("TMUX"))
    if setting in set(Protocol):
        return Choice(Protocol(setting), f"the setting images = {setting}", tmux)
    if environ.get("TERM", "") == "dumb":
        return Choice(Protocol.NONE, "TERM is dumb", tmux)
    return Choice(Protocol.HALF, "half blocks work everywhere", tmux)
