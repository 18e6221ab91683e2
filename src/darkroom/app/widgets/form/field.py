"""A row of the form: label, value, and what is wrong with it. Subclasses edit one kind of value."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding
from textual.widget import Widget

from darkroom.app.widgets.form.parameter import ParameterField
from darkroom.app.widgets.form.reading import NONE, show
from darkroom.app.widgets.lines import Piece, clip, fit, width

if TYPE_CHECKING:
    from textual.binding import BindingType
    from textual.geometry import Size
    from textual.strip import Strip

    from darkroom.app.widgets.form.model import FormModel
    from darkroom.app.widgets.form.palette import Palette
    from darkroom.domain.parameters import ParameterSpec, Value

MARK_WIDTH = 2
GAP = 2
EMPTY = "—"
"""Stands where there is nothing."""


class FieldRow(ParameterField, Widget, can_focus=True):
    """One parameter, drawn by itself: a row is a single widget however much stands in it.

    Attributes:
        label_width: Cells that the label takes, set by the section so that values line up.
    """

    DEFAULT_CSS: ClassVar[str] = "FieldRow { height: auto; width: 1fr; }"
    BINDINGS: ClassVar[list[BindingType]] = []

    def __init__(self, spec: ParameterSpec, model: FormModel, palette: Palette) -> None:
        super().__init__()
        self.label_width = 12
        self.tie(spec, model, palette)

    # -- what it holds

    def value_changed(self) -> None:
        """Draws the value again; called when something else than this row set it."""
        self.redraw()

    def edit(self, value: Value) -> None:
        """Sets the value as a person typed it, and tells the form."""
        self.put(value)
        self.redraw()

    # -- how it looks

    def value_pieces(self, columns: int) -> list[Piece]:
        """The value in at most `columns` cells."""
        text = show(self.spec, self.value)
        return [Piece(clip(text, columns)) if text else Piece(NONE if self.spec.optional else EMPTY, "quiet")]

    def trailing(self) -> list[Piece]:
        """What stands quietly at the end of the row."""
        return []

    def label_columns(self) -> int:
        """All of the label."""
        return len(self.label)

    def align(self, label_width: int) -> None:
        """Sets the width of the label, so that the values of a section line up."""
        if label_width != self.label_width:
            self.label_width = label_width
            self.refresh()

    def redraw(self) -> None:
        """Draws the row again, and lays the form out again when its height changed."""
        lines = self._line_count(self.size.width)
        self.refresh(layout=lines != self.size.height and self.is_mounted)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002 - Textual's signature
        """One line; two when what is wrong has no room beside the value."""
        return self._line_count(width)

    def _value_start(self) -> int:
        return MARK_WIDTH + self.label_width + GAP

    def _line_count(self, columns: int) -> int:
        problem = self.problem
        return 2 if problem and columns and not self._fits_beside(problem, columns) else 1

    def _fits_beside(self, problem: str, columns: int) -> bool:
        value = max(8, width(self.value_pieces(10_000)))
        needed = self._value_start() + min(value, 24) + width(self.trailing()) + len(problem) + 5
        return needed <= columns

    def render_line(self, y: int) -> Strip:
        """A line of the row."""
        columns = self.size.width
        base = self.rich_style
        problem = self.problem
        if y:
            indent = " " * min(self._value_start(), max(columns - 20, 2))
            line = [Piece(indent), Piece(clip("✗ " + (problem or ""), columns - len(indent)), "bad")]
            return self.palette.strip(line, base, columns)
        right = self.trailing()
        if problem and self.size.height == 1:
            right = [Piece("✗ " + problem, "bad"), *([Piece(" "), *right] if right else [])]
        room = columns - self._value_start() - width(right) - bool(right)
        left = [*self._heading(), *self.value_pieces(max(room, 4))]
        return self.palette.strip(fit(left, right, columns), base, columns)

    def _heading(self) -> list[Piece]:
        label = clip(self.label, self.label_width)
        padding = " " * (self.label_width + GAP - width([Piece(label)]))
        tone = "label-focus" if self.has_focus else "label"
        return [Piece("• " if self.typed else "  ", "accent"), Piece(label, tone), Piece(padding)]

    def on_enter(self) -> None:
        """Has its tooltip ready: most rows never need theirs."""
        self.tooltip = self.tip()

    def on_focus(self) -> None:
        """Brings the row into sight."""
        self.redraw()

    def on_blur(self) -> None:
        """Draws it without the accent."""
        self.redraw()


FIELD_BINDINGS: list[BindingType] = [
    Binding("up", "app.focus_previous", "previous field", show=False),
    Binding("down", "app.focus_next", "next field", show=False),
]
"""Arrow keys of fields that do not use them otherwise."""
