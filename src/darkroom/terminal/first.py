"""How pictures are drawn before the terminal has answered, and where it is never asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from darkroom.terminal.protocol import Choice, Protocol
from darkroom.terminal.surroundings import Place, place

if TYPE_CHECKING:
    from collections.abc import Mapping

_OUTSIDE = "For pictures, run Darkroom outside of it, or try images = sixel and images = kitty"

SETTLED = {
    Place.DUMB: Choice(Protocol.NONE, "TERM is dumb: the terminal can only print lines"),
    Place.NAMELESS: Choice(Protocol.HALF, "TERM is not set, so the terminal is not asked"),
    Place.CONSOLE: Choice(Protocol.HALF, "the Linux console draws no pictures"),
    Place.POPUP: Choice(
        Protocol.HALF, "a popup of tmux shows no pictures", tmux=True, remedy="Run Darkroom in a pane"
    ),
    Place.SCREEN: Choice(Protocol.HALF, "GNU screen hands no pictures on", remedy="Use tmux instead of it"),
    Place.ZELLIJ: Choice(Protocol.HALF, "zellij does not say what is behind it", remedy=_OUTSIDE),
    Place.NESTED: Choice(
        Protocol.HALF, "a multiplexer runs within another: only the inner one can be asked", remedy=_OUTSIDE
    ),
}
"""Where nothing is asked."""


def at_first(setting: str, environ: Mapping[str, str], truecolor: bool) -> Choice:
    """The choice before anything was answered: half blocks, or what the setting forces.

    Args:
        setting: The setting `images`: auto, kitty, sixel, half or none; anything else counts as auto.
        environ: The environment of the process.
        truecolor: Whether the program writes 24-bit colours.
    """
    if setting in set(Protocol):
        # Spares the start the modules that a decision needs, where nobody forces one.
        from darkroom.terminal.decide import decide
        from darkroom.terminal.evidence import Evidence, spoken

        return decide(setting, Evidence(environ=spoken(environ), truecolor=truecolor))
    where = place(environ)
    reason = "half blocks until the terminal has answered"
    return SETTLED.get(where) or Choice(Protocol.HALF, reason, tmux=where in (Place.TMUX, Place.FAR_TMUX))
