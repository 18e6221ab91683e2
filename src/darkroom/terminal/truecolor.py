"""How many colours the program writes: settled before Textual is imported, from the environment alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from darkroom.terminal.surroundings import Place, place

if TYPE_CHECKING:
    from collections.abc import Mapping, MutableMapping

VARIABLE = "TEXTUAL_COLOR_SYSTEM"
"""What Textual reads when it is imported: truecolor, 256, standard, or auto."""

TRUECOLOR_TERMS = ("kitty", "ghostty", "foot", "alacritty", "wezterm", "contour", "mlterm", "direct")
"""Parts of `TERM` of terminals that all draw 24-bit colours; SSH hands TERM on, but not COLORTERM."""

_ANNOUNCED = ("truecolor", "24bit")


def settle(environ: MutableMapping[str, str]) -> None:
    """Sets what Textual reads, where it would take too few colours by itself.

    Args:
        environ: The environment of the process; what the person set stays.
    """
    if not environ.get(VARIABLE) and (better := _better(environ)):
        environ[VARIABLE] = better


def is_truecolor(environ: Mapping[str, str]) -> bool:
    """Whether the program writes 24-bit colours; to be asked after `settle`."""
    return system(environ) == "truecolor"


def keeps_numbers(environ: Mapping[str, str], *, truecolor: bool) -> bool:
    """Whether the colour of a placeholder is written as it is: the number of its picture is one of 256.

    Without colours there are none; with 16, most numbers would be rounded to another.
    """
    return "NO_COLOR" not in environ and (truecolor or system(environ) == "256")


def colour_remedy(environ: Mapping[str, str]) -> str:
    """What the person can change where `keeps_numbers` is false."""
    return "Unset NO_COLOR" if "NO_COLOR" in environ else "export COLORTERM=truecolor"


def system(environ: Mapping[str, str]) -> str:
    """What Textual writes colours as: truecolor, 256 or standard (16).

    Source: rich 14, Console._detect_color_system; textual 8.2, constants.COLOR_SYSTEM.
    """
    chosen = environ.get(VARIABLE, "")
    if chosen in ("truecolor", "256", "standard"):
        return chosen
    if environ.get("COLORTERM", "").strip().lower() in _ANNOUNCED:
        return "truecolor"
    colours = environ.get("TERM", "").strip().lower().rpartition("-")[2]
    return "256" if colours in ("kitty", "256color") else "standard"


def _better(environ: Mapping[str, str]) -> str:
    """What Textual should write instead of what it would choose; "" where that is right."""
    if environ.get("COLORTERM", "").strip().lower() in _ANNOUNCED:
        return ""
    term = environ.get("TERM", "").strip().lower()
    if place(environ) in (Place.TMUX, Place.FAR_TMUX, Place.POPUP):
        # tmux takes 24-bit colours from every program and rounds them itself for each terminal behind it;
        # which one that is cannot be known here without waiting for tmux, and may change at any time.
        return "truecolor"
    if any(name in term for name in TRUECOLOR_TERMS) or "XTERM_VERSION" in environ:
        return "truecolor"
    # Rich takes the bare name for 16 colours; no xterm of this century has fewer than 256.
    return "256" if term == "xterm" else ""
