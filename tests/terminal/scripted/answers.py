"""What a terminal answers to questions.

Source: xterm, ctlseqs; kitty, docs/keyboard-protocol.rst; the answers of real terminals, recorded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.terminal.scripted.tokens import Csi

if TYPE_CHECKING:
    from tests.terminal.scripted.screen import Screen
    from tests.terminal.scripted.tokens import Escape

KNOWN_MODES = (7, 25, 1000, 1002, 1003, 1004, 1006, 1049, 2004, 2026)


def answer(screen: Screen, token: Csi | Escape) -> str | None:
    """The answer to a question, "" when this terminal is silent; `None` for what is none."""
    found = _answer(screen, token) if isinstance(token, Csi) else None
    return "" if found is not None and screen.profile.mute else found


def _answer(screen: Screen, token: Csi) -> str | None:
    profile, grid = screen.profile, screen.grid
    match token:
        case Csi(">", "" | "0", "", "q"):
            return f"\x1bP>|{profile.version}\x1b\\" if profile.version else ""
        case Csi("", "" | "0", "", "c"):
            return f"\x1b[?{profile.attributes}c"
        case Csi("", "5", "", "n"):
            return "\x1b[0n"
        case Csi("", "6", "", "n"):
            return f"\x1b[{grid.line + 1};{min(grid.column, grid.columns - 1) + 1}R"
        case Csi("?", mode, "$", "p") if mode.isdigit():
            known = int(mode) in KNOWN_MODES
            return f"\x1b[?{mode};{2 - screen.modes.get(int(mode), False) if known else 0}$y"
        case Csi("?", "", "", "u"):
            return "\x1b[?0u" if profile.graphics else ""
        case Csi("", "14" | "16" | "18", "", "t"):
            return _size(screen, token.args)
    return None


def _size(screen: Screen, what: str) -> str:
    width, height = screen.cell_px
    grid = screen.grid
    sizes = {"14": (4, height * grid.lines, width * grid.columns), "16": (6, height, width)}
    kind, down, across = sizes.get(what, (8, grid.lines, grid.columns))
    return f"\x1b[{kind};{down};{across}t"
