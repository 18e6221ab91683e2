"""Jump mode: which places of a screen can be reached, and by which letters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from textual.geometry import Region

from darkroom.app.widgets.linelist import LineList

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from textual.screen import Screen
    from textual.widget import Widget

LETTERS = "asdfghjklqwertyuiopzxcvbnm"
"""The home row first."""


@dataclass(frozen=True, slots=True)
class Target:
    """A place to jump to.

    Attributes:
        region: Where it is seen, in cells of the screen.
        go: What going there does.
    """

    region: Region
    go: Callable[[], object]


@runtime_checkable
class Jumpable(Protocol):
    """A widget with several places in it."""

    def jump_targets(self) -> Iterable[Target]:
        """Its places that are in sight."""
        ...


def targets(screen: Screen[object]) -> list[Target]:
    """All places in sight that take the focus, row by row: fields, sections, rows of lists."""
    found: list[Target] = []
    for widget in screen.focus_chain:
        if isinstance(widget, Jumpable):
            found += widget.jump_targets()
        elif isinstance(widget, LineList) and widget.length:
            found += _rows(widget)
        else:
            found.append(Target(_seen(widget), widget.focus))
    found = [target for target in found if target.region.area]
    return sorted(found, key=lambda target: (target.region.y, target.region.x))


def _seen(widget: Widget) -> Region:
    """The part of a widget that no container has scrolled out of sight."""
    region = widget.region
    for node in widget.ancestors:
        outside = getattr(node, "content_region", None)
        if isinstance(outside, Region) and node is not widget.screen:
            region = region.intersection(outside)
    return region.intersection(widget.screen.region)


def _rows(rows: LineList) -> Iterator[Target]:
    seen = _seen(rows)
    for index in rows.visible_range():
        top = rows.content_region.y + index * rows.ITEM_HEIGHT - rows.scroll_offset.y
        region = Region(seen.x, top, seen.width, 1).intersection(seen)
        yield Target(region, _to_row(rows, index))


def _to_row(rows: LineList, index: int) -> Callable[[], None]:
    def go() -> None:
        rows.focus()
        rows.cursor = index
        rows.post_message(LineList.Highlighted(rows, index))

    return go


def labels(count: int) -> Sequence[str]:
    """Letters for `count` places: single ones as far as they go, none the beginning of another."""
    size = len(LETTERS)
    pairs = 0
    while size - pairs + size * pairs < count and pairs < size:
        pairs += 1
    single = list(LETTERS[: size - pairs])
    double = [first + second for first in LETTERS[size - pairs :] for second in LETTERS]
    return (single + double)[:count]
