"""Telling the person at the terminal that something is done, also when they look elsewhere."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from darkroom.domain.text import excerpt
from darkroom.terminal.tmux import passthrough

if TYPE_CHECKING:
    from collections.abc import Mapping

BELL = "\x07"
"""Passes everything: tmux marks the window, the terminal the tab."""

LENGTH = 200
"""Most characters of a title and of a body."""

_DEFUSED = str.maketrans({";": ",", "<": "‹", ">": "›", "&": "＆"})
"""`;` would begin another field. The others are markup to the desktop's notification server, which draws
what kitty and foot hand on to it (Desktop Notifications Specification, "Markup")."""


class Way(StrEnum):
    """How a terminal is asked for a notification; by the number of its sequence."""

    KITTY = "OSC 99"
    """kitty. Source: kitty, docs/desktop-notifications.rst."""
    NOTIFY = "OSC 777"
    """urxvt with its extension, foot, ghostty, wezterm, contour, Windows Terminal since 2026.

    Source: urxvt, src/perl/notify; foot-ctlseqs(7); microsoft/terminal#20012.
    """
    MESSAGE = "OSC 9"
    """iTerm2, and many after it; those that know none of the three ignore it.

    Source: iTerm2, "Proprietary Escape Codes". Where ConEmu's commands share the number, a message
    must not begin with a number and a semicolon.
    """
    NONE = "none"
    """Nothing is sent; the bell is left."""


_BRANDS = {
    "kitty": Way.KITTY,
    "foot": Way.NOTIFY,
    "ghostty": Way.NOTIFY,
    "wezterm": Way.NOTIFY,
    "rxvt": Way.NOTIFY,
    "contour": Way.NOTIFY,
    "windows_terminal": Way.NOTIFY,
    "apple_terminal": Way.NONE,
    "iterm": Way.MESSAGE,
}
"""Parts of names, as terminals tell them; the first that fits decides."""

_MARKS = {"KITTY_WINDOW_ID": "kitty", "WT_SESSION": "windows_terminal"}
"""Variables that only one terminal sets."""


def way(environ: Mapping[str, str], client: str = "") -> Way:
    """How the terminal is told, as far as its names give it away.

    SSH hands on TERM, and from iTerm2 LC_TERMINAL, but not TERM_PROGRAM: a terminal that calls itself
    xterm there gets OSC 9, which kitty, foot, ghostty and wezterm understand as well.

    Args:
        environ: The environment of the process.
        client: Inside tmux, what `tmux.client` says of the terminal before it. Without it the variables
            count, and those are of whoever started tmux.
    """
    if environ.get("STY"):
        return Way.NONE  # GNU screen hands on none of them
    term = environ.get("TERM", "").lower()
    names = [term, *(environ.get(name, "").lower() for name in ("TERM_PROGRAM", "LC_TERMINAL"))]
    names += [brand for mark, brand in _MARKS.items() if environ.get(mark)]
    if environ.get("TMUX") and client:
        names = client.lower().split()
    known = next((told for brand, told in _BRANDS.items() if any(brand in name for name in names)), None)
    if known is not None:
        return known
    # The Linux console, and what calls itself dumb, print what they do not understand.
    looks_like_xterm = any(name.startswith(("xterm", "tmux")) for name in names)
    return Way.MESSAGE if looks_like_xterm else Way.NONE


def notification(title: str, body: str, environ: Mapping[str, str], client: str = "") -> str:
    """The sequence that shows a notification, or "" where the terminal is known for none.

    Inside tmux it is wrapped, and arrives only with `allow-passthrough` (`on`: while the pane is in
    sight; `all`: always). Otherwise tmux drops it, and the bell, which is the caller's to add, is left.

    Args:
        title: One line; foreign text, made safe here.
        body: Likewise; may be empty.
        environ: The environment of the process.
        client: As for `way`.
    """
    sequences = _sequences(way(environ, client), _clean(title), _clean(body))
    return "".join(map(passthrough, sequences) if environ.get("TMUX") else sequences)


def _sequences(told: Way, title: str, body: str) -> tuple[str, ...]:
    match told:
        case Way.KITTY:
            # One id: a later one takes the place of an earlier one. f is the program's name in base64.
            return (
                f"\x1b]99;i=darkroom:f=RGFya3Jvb20=:d=0:p=title;{title}\x1b\\",
                f"\x1b]99;i=darkroom:d=1:p=body;{body}\x1b\\",
            )
        case Way.NOTIFY:
            return (f"\x1b]777;notify;{title};{body}\x1b\\",)
        case Way.MESSAGE:
            return (f"\x1b]9;Darkroom: {title}{': ' if body else ''}{body}\x1b\\",)
        case Way.NONE:
            return ()


def _clean(text: str) -> str:
    return excerpt(text, LENGTH).translate(_DEFUSED)
