"""Telling the person at the terminal that something is done, also when they look elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from darkroom.domain.text import excerpt
from darkroom.terminal.tmux import passthrough

if TYPE_CHECKING:
    from collections.abc import Mapping

BELL = "\x07"
"""Passes everything: tmux marks the window, the terminal the tab."""


def notification(title: str, body: str, environ: Mapping[str, str]) -> str:
    """The sequence that shows a notification, or "" where the terminal is known for none.

    Inside tmux the variables are those of whoever started it, so all three ways would be guesses; the one
    they name is sent through, and arrives only with `allow-passthrough on`. The bell is the caller's to add.

    Args:
        title: One line; foreign text, made safe here.
        body: Likewise; may be empty.
        environ: The environment of the process.

    Source: OSC 99: kitty, docs/desktop-notifications.rst; OSC 777: urxvt's notify extension, foot(1),
    ghostty, wezterm; OSC 9: iTerm2, "Proprietary escape codes".
    """
    head, text = _clean(title), _clean(body)
    match _brand(environ):
        case "kitty":
            sequence = (
                f"\x1b]99;i=darkroom:d=0:p=title;{head}\x1b\\\x1b]99;i=darkroom:d=1:p=body;{text}\x1b\\"
            )
        case "foot" | "ghostty" | "wezterm" | "rxvt":
            sequence = f"\x1b]777;notify;{head.replace(';', ',')};{text}\x1b\\"
        case "iterm":
            sequence = f"\x1b]9;{head}{': ' if text else ''}{text}\x1b\\"
        case _:
            return ""
    return passthrough(sequence) if environ.get("TMUX") else sequence


def _clean(text: str) -> str:
    return excerpt(text, 200)


def _brand(environ: Mapping[str, str]) -> str:
    """The terminal's family, from the variables each one sets; "" when none is known."""
    program = environ.get("TERM_PROGRAM", "").lower()
    term = environ.get("TERM", "").lower()
    if environ.get("KITTY_WINDOW_ID") or "kitty" in term:
        return "kitty"
    if program in ("ghostty", "wezterm"):
        return program
    if program == "iterm.app" or environ.get("LC_TERMINAL") == "iTerm2":
        return "iterm"
    return next((brand for brand in ("foot", "ghostty", "wezterm", "rxvt") if term.startswith(brand)), "")
