"""Painting a widget again when something else was laid over it, for the sake of short placeholders.

A short placeholder shows what follows from the cell to its left. When another widget appears there, or moves,
Textual writes the cells of that widget alone; the placeholders to the right of it stay on the screen as they
are, and show the wrong part until they are written again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.geometry import Region
    from textual.screen import Screen
    from textual.widget import Widget


def repaint_when_covered(widget: Widget) -> None:
    """Paints `widget` again whenever something comes to lie above it. To be called when it is mounted."""
    before: frozenset[Region] = frozenset()

    def laid_out(_screen: Screen[object]) -> None:
        nonlocal before
        now = covering(widget)
        if now - before:
            widget.refresh()
        before = now

    widget.screen.screen_layout_refresh_signal.subscribe(widget, laid_out, immediate=True)


def covering(widget: Widget) -> frozenset[Region]:
    """The regions of the screen, in cells, where something else of the same screen lies above `widget`."""
    found: list[Region] = []
    above = set(widget.ancestors_with_self)
    # Textual tells one point at a time which widget is on top; the compositor knows them all, front to back.
    for other, (place, clip) in widget.screen._compositor.visible_widgets.items():
        if other is widget:
            seen = place.intersection(clip)
            return frozenset(region for region in found if region.overlaps(seen))
        if other not in above:
            found.append(place.intersection(clip))
    return frozenset()
