"""Knowing when and where Textual paints, for pictures that are painted over its text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.strip import Strip

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from rich.console import Console
    from textual.geometry import Region
    from textual.screen import Screen
    from textual.widget import Widget


class Watched(Strip):
    """A strip that tells when it goes to the terminal.

    Textual asks a widget for its strips far more often than it paints them: whenever anything changes in the
    rectangle around all changes. Drawing a sixel again each time would send 100 kB a key press; drawing
    it too seldom leaves holes where text was painted. Only a strip that is rendered has been painted.
    """

    __slots__ = ("_painted",)

    def __init__(self, strip: Strip, painted: Callable[[], None]) -> None:
        super().__init__(strip, strip.cell_length)
        self._painted = painted

    def divide(self, cuts: Iterable[int]) -> Sequence[Strip]:
        """As the base class, with watched parts."""
        return [Watched(part, self._painted) for part in Strip(self, self.cell_length).divide(cuts)]

    def crop(self, start: int, end: int | None = None) -> Strip:
        """As the base class, with a watched part."""
        part = super().crop(start, end)
        return part if part is self else Watched(part, self._painted)

    def render(self, console: Console) -> str:
        """As the base class, and says so."""
        self._painted()
        return super().render(console)


def visible(screen: Screen[object]) -> bool:
    """Whether `screen` can be seen: it is the top one, or shines through all that lie above it.

    Textual 8.2 counts the screen below an opaque one as visible (`Screen.is_current`).
    """
    return screen.is_active or (screen.is_current and screen.app.screen.styles.background.a < 1)


def unobstructed(widget: Widget, region: Region) -> bool:
    """Whether every cell of `region`, in cells of the screen, is in sight and shows `widget` alone.

    False while another screen lies above, even a part of the widget is scrolled out of sight, or something
    floats above it: a toast, a tooltip, an open menu.
    """
    screen = widget.screen
    if not screen.is_active:
        return False
    above = set(widget.ancestors_with_self)
    # Textual tells one point at a time which widget is on top; the compositor knows them all, front to back.
    for other, (place, clip) in screen._compositor.visible_widgets.items():
        if other is widget:
            return clip.contains_region(region) and screen.region.contains_region(region)
        if other not in above and place.intersection(clip).overlaps(region):
            return False
    return False
