"""Widgets that do not repaint while nobody can see them.

Textual 8.2.8 arranges the whole screen anew when a widget that is not displayed asks for a repaint
(`Compositor.update_widgets`): eight previews a second would cost it eight layouts a second.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from textual.widget import Widget

if TYPE_CHECKING:
    from textual.geometry import Region


if TYPE_CHECKING:
    _Base = Widget
else:
    # No widget to Textual: of several widget classes it takes the styles of the first alone.
    _Base = object


class Sparing(_Base):
    """Beside a widget class: puts repaints off while the widget, or what it stands in, is not displayed."""

    _put_off = False

    def refresh(
        self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False
    ) -> Self:
        """As Textual's; a mere repaint is put off while the widget is not displayed."""
        if layout or recompose or not self._is_mounted or _is_displayed(self):
            return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)
        self._put_off = True
        return self

    def on_show(self) -> None:
        """Makes up for it."""
        if self._put_off:
            self._put_off = False
            super().refresh()


def _is_displayed(widget: Widget) -> bool:
    return all(node.display for node in widget.ancestors_with_self if isinstance(node, Widget))
