"""The rows of a section, two short ones side by side where there is room."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.containers import Grid

from darkroom.app.widgets.form.choice import ChoiceRow, ToggleRow
from darkroom.app.widgets.form.entry import EntryRow
from darkroom.app.widgets.form.field import WHOLE_ROW, FieldRow
from darkroom.app.widgets.form.numbers import NumberRow, SeedRow
from darkroom.app.widgets.form.picture import PictureRow
from darkroom.app.widgets.form.prompt import PromptField
from darkroom.domain.parameters import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events
    from textual.app import ComposeResult

    from darkroom.app.widgets.form.model import FormModel
    from darkroom.app.widgets.form.palette import Palette
    from darkroom.domain.parameters import ParameterSpec

FormField = FieldRow | PromptField

_ROWS: dict[Kind, type[FieldRow]] = {
    Kind.INTEGER: NumberRow,
    Kind.NUMBER: NumberRow,
    Kind.SEED: SeedRow,
    Kind.BOOLEAN: ToggleRow,
    Kind.CHOICE: ChoiceRow,
    Kind.IMAGE: PictureRow,
    Kind.TEXT: EntryRow,
}

GUTTER = 2
"""Cells between two rows side by side."""


def field_for(spec: ParameterSpec, model: FormModel, palette: Palette) -> FormField:
    """The widget that edits `spec`."""
    if spec.kind is Kind.TEXT and spec.multiline:
        return PromptField(spec, model, palette)
    return _ROWS[spec.kind](spec, model, palette)


def same_widget(old: ParameterSpec, new: ParameterSpec) -> bool:
    """Whether the widget of `old` can edit `new`."""
    return old.kind is new.kind and (old.multiline == new.multiline or old.kind is not Kind.TEXT)


class SectionBody(Grid):
    """Rows in two columns; those that need the room take both."""

    DEFAULT_CSS: ClassVar[str] = """
    SectionBody { height: auto; grid-size: 2; grid-gutter: 0 2; grid-rows: auto; }
    SectionBody > * { column-span: 2; }
    SectionBody > .-half { column-span: 1; }
    """

    def __init__(self, specs: Sequence[ParameterSpec], model: FormModel, palette: Palette) -> None:
        super().__init__()
        self._specs = tuple(specs)
        self._model = model
        self._palette = palette
        self._fields = [field_for(spec, model, palette) for spec in self._specs]
        self._composed = False

    def compose(self) -> ComposeResult:
        """A widget for each parameter."""
        self._composed = True
        yield from self._fields

    @property
    def fields(self) -> Sequence[FormField]:
        """The widgets in the order of the form."""
        return self._fields

    def on_resize(self, event: events.Resize) -> None:
        """Pairs the rows anew."""
        self._arrange(event.size.width)

    def values_changed(self) -> None:
        """Draws all values again."""
        for field in self._fields:
            field.value_changed()

    def update_specs(self, specs: Sequence[ParameterSpec]) -> None:
        """Keeps the widgets of parameters that stay, in their places; adds and removes the others."""
        kept = {field.address: field for field in self._fields}
        fields: list[FormField] = []
        for spec in specs:
            field = kept.get(spec.address)
            if field is not None and same_widget(field.spec, spec):
                del kept[spec.address]
                field.update_spec(spec)
            else:
                field = field_for(spec, self._model, self._palette)
            fields.append(field)
        self._specs, self._fields = tuple(specs), fields
        if not self._composed:
            return
        with self.app.batch_update():
            for old in kept.values():
                old.remove()
            self._place()
        self._arrange(self.size.width)
        self.values_changed()

    def _place(self) -> None:
        before: FormField | None = None
        for field in self._fields:
            if not field.is_attached:
                self.mount(field, after=before) if before else self.mount(
                    field, before=0 if self.children else None
                )
            elif before is not None and field.parent is self:
                self.move_child(field, after=before)
            before = field

    def _arrange(self, columns: int) -> None:
        """Decides which rows stand side by side, and how wide the labels are, so that values line up."""
        lines = paired([_short_width(field) for field in self._fields], (columns - GUTTER) // 2)
        for side in (0, 1):
            rows = [(self._fields[line[side]], len(line) == 2) for line in lines if len(line) > side]
            wanted = max((len(field.label) for field, _ in rows), default=0)
            for field, half in rows:
                field.set_class(half, "-half")
                if isinstance(field, FieldRow):
                    field.label_width = min(wanted, max(8, columns // 4 if half else columns * 2 // 5))
                    field.redraw()


def _short_width(field: FormField) -> int:
    return field.short_width() if isinstance(field, FieldRow) else WHOLE_ROW


def paired(widths: Sequence[int], half: int) -> list[tuple[int, ...]]:
    """Indexes line by line: neighbours that both fit `half` cells share one."""
    lines: list[tuple[int, ...]] = []
    index = 0
    while index < len(widths):
        both = index + 1 < len(widths) and max(widths[index], widths[index + 1]) <= half
        lines.append((index, index + 1) if both else (index,))
        index += len(lines[-1])
    return lines
