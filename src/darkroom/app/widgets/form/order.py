"""The order of the children of a widget."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.widget import Widget


def put_in_order(parent: Widget, wanted: Iterable[Widget]) -> None:
    """Mounts those of `wanted` that are new to `parent`, and moves no more of the others than it must.

    Other children of `parent` stay among them.
    """
    wanted = list(wanted)
    waiting = [child for child in parent.children if child in wanted]
    before: Widget | None = None
    for widget in wanted:
        if waiting and waiting[0] is widget:
            waiting.pop(0)
        elif widget in waiting:
            waiting.remove(widget)
            parent.move_child(widget, **({"after": before} if before else {"before": 0}))
        elif before is not None:
            parent.mount(widget, after=before)
        else:
            parent.mount(widget, before=0 if parent.children else None)
        before = widget
