"""Darkroom's own themes: the only place, with Textual's, where a colour is written down.

Near-black and warm like a room under a safelight, with one amber accent; and the same on paper.
"""

from __future__ import annotations

from textual.theme import Theme

DARK = Theme(
    name="darkroom-dark",
    primary="#f0933e",
    secondary="#b98a5e",
    accent="#f0933e",
    foreground="#e6ddd2",
    background="#12100e",
    surface="#191613",
    panel="#26211c",
    success="#93b27b",
    warning="#dcb65a",
    error="#e5645c",
    dark=True,
    variables={
        "quiet": "#8f8478",
        "faint": "#5d554c",
        "line": "#322c26",
        "cursor-row": "#352819",
        "cursor-row-blurred": "#221d18",
        "block-cursor-foreground": "#12100e",
        "block-cursor-background": "#f0933e",
        "block-cursor-text-style": "none",
        "input-selection-background": "#f0933e 30%",
        "footer-key-foreground": "#f0933e",
        "scrollbar": "#322c26",
        "scrollbar-hover": "#4a4138",
        "scrollbar-active": "#f0933e",
        "scrollbar-background": "#12100e",
        "scrollbar-background-hover": "#12100e",
        "scrollbar-background-active": "#12100e",
        "scrollbar-corner-color": "#12100e",
        "border": "#f0933e",
        "border-blurred": "#322c26",
    },
)
"""The default."""

LIGHT = Theme(
    name="darkroom-light",
    primary="#a84f0c",
    secondary="#7d5a38",
    accent="#a84f0c",
    foreground="#2b2520",
    background="#f7f3ec",
    surface="#efe9df",
    panel="#e4dccf",
    success="#4c6f34",
    warning="#8a6508",
    error="#b3261e",
    dark=False,
    variables={
        "quiet": "#71675c",
        "faint": "#a89d90",
        "line": "#d8cfc1",
        "cursor-row": "#f3dcc3",
        "cursor-row-blurred": "#e9e2d6",
        "block-cursor-foreground": "#f7f3ec",
        "block-cursor-background": "#a84f0c",
        "block-cursor-text-style": "none",
        "input-selection-background": "#a84f0c 25%",
        "footer-key-foreground": "#a84f0c",
        "scrollbar": "#d8cfc1",
        "scrollbar-hover": "#bfb4a4",
        "scrollbar-active": "#a84f0c",
        "scrollbar-background": "#f7f3ec",
        "scrollbar-background-hover": "#f7f3ec",
        "scrollbar-background-active": "#f7f3ec",
        "scrollbar-corner-color": "#f7f3ec",
        "border": "#a84f0c",
        "border-blurred": "#d8cfc1",
    },
)
"""The same on paper."""

THEMES = (DARK, LIGHT)


def fallback_variables(theme: Theme) -> dict[str, str]:
    """Darkroom's own tokens by means of Textual's, for themes that do not know them; else none."""
    if "quiet" in theme.variables:
        return {}
    colours = theme.to_color_system().generate()
    return {
        "quiet": colours["foreground-muted"],
        "faint": colours["foreground-disabled"],
        "line": colours["panel"],
        "cursor-row": colours["primary-muted"],
        "cursor-row-blurred": colours["panel"],
    }
