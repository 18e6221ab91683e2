"""The layout of a section: short neighbours share a line where there is room."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.geometry import NULL_OFFSET, Region, Size, Spacing
from textual.layout import Layout, WidgetPlacement

from darkroom.app.widgets.form.parameter import WHOLE_ROW, ParameterField

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.layout import ArrangeResult
    from textual.widget import Widget

GUTTER = 2
"""Cells between two rows side by side."""

LEAST_LABEL = 8


class PairLayout(Layout):
    """Rows from top to bottom, two on a line where both fit half of it; labels are aligned on the way.

    Textual's grid measures what spans two columns by the width of one, which makes rows too high.
    Seen on Textual 8.2.8, `GridLayout.arrange`.
    """

    name = "pairs"

    def arrange(
        self,
        parent: Widget,
        children: list[Widget],
        size: Size,
        greedy: bool = True,  # noqa: ARG002 - Textual's signature
    ) -> ArrangeResult:
        """Places `children` in the width of `size`."""
        half = (size.width - GUTTER) // 2
        lines = paired([_short_width(child) for child in children], half)
        _align(children, lines, size.width)
        viewport = parent.app.viewport_size
        placements: list[WidgetPlacement] = []
        y = 0
        for line in lines:
            widths = (size.width,) if len(line) == 1 else (half, size.width - half - GUTTER)
            x = height = 0
            for index, width in zip(line, widths, strict=True):
                child = children[index]
                gutter = child.gutter
                inside = max(width - gutter.width, 0)
                own = child.get_content_height(size, viewport, inside) + gutter.height
                region = Region(x, y, width, own)
                placements.append(WidgetPlacement(region, NULL_OFFSET, Spacing(), child))
                x, height = width + GUTTER, max(height, own)
            y += height
        return placements


def _short_width(child: Widget) -> int:
    return child.short_width() if isinstance(child, ParameterField) else WHOLE_ROW


def _align(children: Sequence[Widget], lines: Sequence[tuple[int, ...]], columns: int) -> None:
    """Gives the labels of each side one width."""
    for side in (0, 1):
        rows = [(children[line[side]], len(line) == 2) for line in lines if len(line) > side]
        wanted = max((row.label_columns() for row, _ in rows if isinstance(row, ParameterField)), default=0)
        for row, shares in rows:
            if isinstance(row, ParameterField):
                row.align(min(wanted, max(LEAST_LABEL, columns // 4 if shares else columns * 2 // 5)))


def paired(widths: Sequence[int], half: int) -> list[tuple[int, ...]]:
    """Indexes line by line: neighbours that both fit `half` cells share one."""
    lines: list[tuple[int, ...]] = []
    index = 0
    while index < len(widths):
        both = index + 1 < len(widths) and max(widths[index], widths[index + 1]) <= half
        lines.append((index, index + 1) if both else (index,))
        index += len(lines[-1])
    return lines
