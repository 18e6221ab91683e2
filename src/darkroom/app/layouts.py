"""Screens whose widgets hear of every new size, whatever is asked while they are made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual._compositor import Compositor, ReflowResult
from textual.screen import Screen, ScreenResultType

if TYPE_CHECKING:
    from textual._compositor import CompositorMap
    from textual.geometry import Size
    from textual.widget import Widget


class TellingCompositor(Compositor):
    """Compares each layout with the one that the widgets were told of last.

    Textual compares it with its newest map of the screen, which is also made anew when the region of a
    widget is asked for (by the focus, by scrolling, for the terminal's cursor) between a mount and the
    layout. Widgets that are in that map count as known: no `Resize` has them wrap text, no `Show` comes.
    Seen on Textual 8.2.8, `Compositor.full_map` and `Compositor.reflow`.
    """

    def __init__(self) -> None:
        super().__init__()
        self._told: CompositorMap = {}

    def reflow(self, parent: Widget, size: Size) -> ReflowResult:
        """Lays out `parent`; tells what changed since it was told last."""
        hidden, shown, resized = super().reflow(parent, size)
        told, self._told = self._told, self._full_map
        for widget, place in self._told.items():
            before = told.get(widget)
            if before is None:
                shown.add(widget)
            elif before.region.size != place.region.size:
                resized.add(widget)
        return ReflowResult(hidden, shown, resized)


class StagedScreen(Screen[ScreenResultType]):
    """A screen that makes widgets while others have the focus already."""

    def __init__(self, *, classes: str | None = None) -> None:
        super().__init__(classes=classes)
        self._compositor = TellingCompositor()
