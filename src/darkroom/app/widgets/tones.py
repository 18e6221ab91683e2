"""What each tone of a `Piece` looks like, by the tokens of the theme."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.style import Style
    from textual.dom import DOMNode

_STYLES = {
    "text": "$foreground",
    "strong": "bold $foreground",
    "quiet": "$quiet",
    "faint": "$faint",
    "accent": "$accent",
    "good": "$success",
    "warn": "$warning",
    "bad": "$error",
    "label": "$quiet",
    "label-focus": "bold $accent",
    "cursor": "$block-cursor-foreground on $block-cursor-background",
    "selection": "underline $foreground on $cursor-row",
    "ghost": "$faint",
}


def tone_style(node: DOMNode, tone: str) -> Style:
    """The style of a tone in the theme of now; without a background, but for cursors and selections.

    These are no component classes: each widget would have the style sheets applied once for every tone,
    which was a third of all styling at the start.
    """
    return node.app.stylesheet.parse_style(_STYLES[tone]).rich_style
