"""Which way pictures are drawn: a pure function of the setting and of what is known of the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from darkroom.terminal.brands import brand
from darkroom.terminal.decide_tmux import SIXELS, behind_tmux, limit
from darkroom.terminal.first import SETTLED, at_first
from darkroom.terminal.protocol import Choice, Protocol
from darkroom.terminal.surroundings import Place, place
from darkroom.terminal.truecolor import colour_remedy, keeps_numbers

if TYPE_CHECKING:
    from darkroom.terminal.brands import Brand
    from darkroom.terminal.evidence import Evidence

__all__ = ["at_first", "decide"]

_FORCE = "If it draws sixels nevertheless: images = sixel"

_LOOK = "Run outside of the program: darkroom doctor --terminal"

_UPDATE = "kitty draws them from version 0.28 on"

_REMEDIES = {
    "xterm": "xterm draws sixels when it is started as: xterm -ti vt340",
    "vte": "VTE (GNOME Terminal and its kin) draws sixels only where it was built with them",
}
"""By name, where a terminal of that name can draw pictures."""


def decide(setting: str, evidence: Evidence) -> Choice:
    """How pictures are drawn, why, and what would make something better possible.

    Args:
        setting: The setting `images`: auto, kitty, sixel, half or none; anything else counts as auto.
        evidence: What is known; a probe that was not answered is evidence as well.
    """
    choice = _automatic(evidence)
    if setting not in set(Protocol):
        return choice
    wanted = Protocol(setting)
    reason = f"the setting images = {wanted}"
    if choice.protocol is wanted:
        return choice._replace(reason=f"{reason}, as auto would: {choice.reason}")
    would = f"images = auto would take {choice.protocol}: {choice.reason}"
    remedy = "\n".join(filter(None, (would, choice.remedy)))
    version = evidence.client.version if evidence.client else evidence.version
    is_limited = choice.tmux and wanted is Protocol.SIXEL
    return Choice(wanted, reason, choice.tmux, remedy, limit(version) if is_limited else None)


def _automatic(evidence: Evidence) -> Choice:
    where = place(evidence.environ)
    settled = SETTLED.get(where)
    if settled is not None:
        return settled
    named = brand(evidence.version)
    if where is Place.TMUX and named.name in ("", "tmux"):
        return behind_tmux(evidence)
    if where is Place.FAR_TMUX or named.is_multiplexer:
        name = named.name or "tmux"
        return Choice(
            Protocol.HALF,
            f"{name} at the near end of the line cannot be asked what the terminal behind it draws",
            name == "tmux",
            "Try images = sixel; in kitty or ghostty, with allow-passthrough on, images = kitty",
        )
    return _in_terminal(evidence, named)


def _in_terminal(evidence: Evidence, named: Brand) -> Choice:
    if named.draws_placeholders and evidence.graphics:
        if keeps_numbers(evidence.environ, truecolor=evidence.truecolor):
            return Choice(Protocol.KITTY, f"{named} draws pictures by kitty's protocol")
        return Choice(
            Protocol.HALF,
            f"{named} draws pictures, but their numbers travel as colours, of which there are too few",
            remedy=colour_remedy(evidence.environ),
        )
    if evidence.attributes is None:
        return Choice(Protocol.HALF, "the terminal did not answer", remedy=_FORCE)
    if SIXELS in evidence.attributes[1:]:
        choice = _by_sixels(str(named) or "the terminal", evidence.cell_px)
        return choice._replace(limit_px=named.largest_sixel_px)
    return _half_blocks(evidence, named)


def _by_sixels(name: str, cell_px: tuple[int, int] | None) -> Choice:
    """Sixels, where the size of a cell is known: a picture must fill whole cells."""
    if cell_px is None:
        return Choice(
            Protocol.HALF,
            f"{name} draws sixels, but does not say how large a cell is",
            remedy="If pictures look right with it: images = sixel",
        )
    return Choice(Protocol.SIXEL, f"{name} draws sixels")


def _half_blocks(evidence: Evidence, named: Brand) -> Choice:
    """Half blocks in a terminal that answered, and says nothing of sixels."""
    if named.draws_placeholders:
        return Choice(Protocol.HALF, f"{named} did not confirm that pictures reach it", remedy=_LOOK)
    if named.may_draw_placeholders:
        return Choice(Protocol.HALF, f"{named} is too old for pictures in text", remedy=_UPDATE)
    if not named.name and _is_mosh(evidence):
        return Choice(Protocol.HALF, "mosh hands no pictures on", remedy="Connect by ssh")
    if evidence.environ.get("TERM_PROGRAM") == "Apple_Terminal":
        remedy = "iTerm2, kitty, ghostty and wezterm do"
        return Choice(Protocol.HALF, "Terminal of macOS draws no pictures", remedy=remedy)
    remedy = _REMEDIES.get(named.name.lower(), "")
    return Choice(Protocol.HALF, f"{str(named) or 'the terminal'} draws no pictures", remedy=remedy)


def _is_mosh(evidence: Evidence) -> bool:
    """Source: mosh, src/terminal/terminalfunctions.cc (DA1), src/frontend/mosh-server.cc (the variable)."""
    return evidence.attributes == (62,) and "NCURSES_NO_UTF8_ACS" in evidence.environ
