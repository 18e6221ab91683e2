"""Where the program runs, as far as the environment tells it: what may be asked there without harm."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class Place(StrEnum):
    """What stands between the program and the glass."""

    PLAIN = "a terminal"
    """A terminal, near or at the far end of a line, or something that does not show in the environment."""
    DUMB = "a terminal that can only print lines"
    NAMELESS = "a terminal without a name"
    CONSOLE = "the Linux console"
    TMUX = "tmux"
    """A pane of a tmux that can be asked."""
    FAR_TMUX = "tmux at the near end of the line"
    """A tmux that runs on another machine, or as another user: nobody here can ask it."""
    POPUP = "a popup of tmux"
    SCREEN = "GNU screen"
    ZELLIJ = "zellij"
    NESTED = "a multiplexer within another"

    @property
    def is_askable(self) -> bool:
        """Whether questions do no harm, and the answers change something."""
        return self in (Place.PLAIN, Place.TMUX, Place.FAR_TMUX)


def place(environ: Mapping[str, str]) -> Place:
    """Where the program runs.

    SSH hands on TERM alone, so a multiplexer at the near end of the line shows in TERM only. A terminal that
    was opened from within tmux inherits `TMUX`, so what calls itself by another name there is believed.

    Source: tmux(1), default-terminal ("should be screen, tmux or a derivative"); screen(1), TERM, STY;
    zellij, documentation, "Environment variables": ZELLIJ.
    """
    term = environ.get("TERM", "").lower()
    if term == "dumb":
        return Place.DUMB
    if not term:
        return Place.NAMELESS
    if term == "linux" or term.startswith("linux-"):
        return Place.CONSOLE
    inside = [name for name in ("TMUX", "STY", "ZELLIJ") if environ.get(name)]
    if len(inside) > 1:
        return Place.NESTED
    if inside == ["TMUX"]:
        return Place.TMUX if environ.get("TMUX_PANE") else Place.POPUP
    if inside:
        return Place.SCREEN if inside == ["STY"] else Place.ZELLIJ
    if term.startswith("tmux"):
        return Place.FAR_TMUX
    return Place.SCREEN if term.startswith("screen") else Place.PLAIN
