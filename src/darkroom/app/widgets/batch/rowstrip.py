"""Lines of many small pictures, written with as few escape sequences as they need."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from darkroom.app.widgets.picture.strips import PlaceholderStrip
from darkroom.terminal.diacritics import DIACRITICS
from darkroom.terminal.kitty import PLACEHOLDER

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rich.console import Console
    from rich.style import Style
    from textual.strip import Strip

_RUN = re.compile(r"\x1b\[([0-9;]+)m([^\x1b]*)\x1b\[0m")
"""Text in a style, as Textual writes it: the style, the text, a reset."""

_COLOURS = re.compile(r"(?:(38;5;\d+|38;2;\d+;\d+;\d+)(?:;|$))?(48;5;\d+|48;2;\d+;\d+;\d+)?")
"""A style of nothing but colours: that of the text, that of the background, or both."""


_SAME = re.compile(f"{PLACEHOLDER}({PLACEHOLDER}{{3,}})(?![{DIACRITICS}])")
"""Placeholders that say nothing, and so are all the same."""


class RowStrip(PlaceholderStrip):
    """A strip of which each colour is written where it changes, and not with every piece of text.

    Textual writes both colours and a reset with each piece: of a row of thumbnails that would be half of
    all bytes.
    """

    __slots__ = ()

    def divide(self, cuts: Iterable[int]) -> Sequence[Strip]:
        """As the base class, with parts that are written short."""
        return [RowStrip(part, part.cell_length) for part in super().divide(cuts)]

    def crop(self, start: int, end: int | None = None) -> Strip:
        """As the base class, with a part that is written short."""
        part = super().crop(start, end)
        return part if part is self else RowStrip(part, part.cell_length)

    def adjust_cell_length(self, cell_length: int, style: Style | None = None) -> Strip:
        """As the base class, written short."""
        part = super().adjust_cell_length(cell_length, style)
        return part if part is self else RowStrip(part, part.cell_length)

    def render(self, console: Console) -> str:
        """The escape sequences."""
        if self._render_cache is None:
            self._render_cache = _short(super().render(console))
        return self._render_cache


@lru_cache(maxsize=256)
def _short(written: str) -> str:
    """While it scrolls most rows are the same, in another place."""
    return repeated(frugal(written))


def frugal(written: str) -> str:
    """The same text with the same looks, each colour written where it changes.

    What is no run of mere colours stays as it is. Source: ECMA-48 SGR: a colour lasts until the next one.
    """
    parts: list[str] = []
    now, at = ("", ""), 0
    for run in _RUN.finditer(written):
        colours = _COLOURS.fullmatch(run[1])
        if run.start() != at or colours is None:
            # Something else: it begins and ends without colours.
            parts.append(_to(now, ("", "")) + written[at : run.end()])
            now = ("", "")
        else:
            # The colour of blanks does not matter.
            wanted = (now[0] if run[2].isspace() else colours[1] or "", colours[2] or "")
            parts.append(_to(now, wanted) + run[2])
            now = wanted
        at = run.end()
    return "".join((*parts, _to(now, ("", "")), written[at:]))


def repeated(written: str) -> str:
    """The same text, placeholders that are the same written once with their number.

    The first of them is written: terminals differ in what they repeat after a combining character.
    Source: ECMA-48 REP; kitty, ghostty and tmux know it, and no others get placeholders.
    """
    return _SAME.sub(lambda run: f"{PLACEHOLDER}\x1b[{len(run[1])}b", written)


def _to(now: tuple[str, str], wanted: tuple[str, str]) -> str:
    """What changes the colours of text and background; "" for the terminal's own."""
    if now == wanted:
        return ""
    if wanted == ("", ""):
        return "\x1b[0m"
    text = wanted[0] or "39" if wanted[0] != now[0] else ""
    ground = wanted[1] or "49" if wanted[1] != now[1] else ""
    return f"\x1b[{text}{';' if text and ground else ''}{ground}m"
