"""The rows of a section, two short ones side by side where there is room."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.widget import Widget

from darkroom.app.widgets.form.pairing import PairLayout
from darkroom.app.widgets.form.parameter import Made, ParameterField
from darkroom.app.widgets.form.prompt import PromptField
from darkroom.domain.parameters import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from textual.app import ComposeResult
    from textual.layout import Layout

    from darkroom.app.widgets.form.model import FormModel
    from darkroom.app.widgets.form.palette import Palette
    from darkroom.domain.parameters import ParameterSpec


def field_for(spec: ParameterSpec, model: FormModel, palette: Palette) -> ParameterField:
    """The widget that edits `spec`."""
    if spec.kind is Kind.TEXT and spec.multiline:
        return PromptField(spec, model, palette)
    # Prompts alone are drawn in the first frame; the other kinds of rows are imported after it.
    from darkroom.app.widgets.form.kinds import ROWS

    return ROWS[spec.kind](spec, model, palette)


def same_widget(old: ParameterSpec, new: ParameterSpec) -> bool:
    """Whether the widget of `old` can edit `new`."""
    return old.kind is new.kind and (old.multiline == new.multiline or old.kind is not Kind.TEXT)


class SectionBody(Widget):
    """The rows of a section."""

    DEFAULT_CSS: ClassVar[str] = "SectionBody { height: auto; width: 1fr; }"

    def __init__(self, specs: Sequence[ParameterSpec], model: FormModel, palette: Palette) -> None:
        super().__init__()
        self._specs = tuple(specs)
        self._model = model
        self._palette = palette
        self._fields = [field_for(spec, model, palette) for spec in self._specs]
        self._space()
        self._composed = False
        self._pairs = PairLayout()

    @property
    def layout(self) -> Layout:
        """Rows in pairs; Textual's styles know no layouts but its own."""
        return self._pairs

    def compose(self) -> ComposeResult:
        """A widget for each parameter."""
        self._composed = True
        yield from self._fields

    def render(self) -> str:
        """Nothing: without rows (a form without prompts) Textual would write the class's name."""
        return ""

    @property
    def fields(self) -> Sequence[ParameterField]:
        """The widgets in the order of the form."""
        return self._fields

    def values_changed(self) -> None:
        """Draws all values again."""
        for field in self._fields:
            field.value_changed()

    def on_mount(self) -> None:
        """Says that its fields are there."""
        self.post_message(Made())

    def update_specs(self, specs: Sequence[ParameterSpec]) -> list[ParameterField]:
        """Keeps the widgets of parameters that stay, in their places, and makes those of new ones.

        Returns:
            The widgets of parameters that left. Whoever asked removes them, once they have lost the focus.
        """
        if self._specs == tuple(specs):
            return []
        left = {field.address: field for field in self._fields}
        fields: list[ParameterField] = []
        for spec in specs:
            field = left.get(spec.address)
            if field is not None and same_widget(field.spec, spec):
                del left[spec.address]
                field.take_spec(spec)
            else:
                field = field_for(spec, self._model, self._palette)
            fields.append(field)
        self._specs, self._fields = tuple(specs), fields
        self._space()
        if not self._composed:
            return []
        put_in_order(self, fields)
        self.refresh(layout=True)
        return list(left.values())

    def _space(self) -> None:
        """An empty line below each prompt but the last; `:last-child` has each of them styled twice."""
        for field in self._fields:
            if isinstance(field, PromptField):
                field.styles.padding = (0, 0, int(field is not self._fields[-1]), 0)


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
            if before is None:
                parent.move_child(widget, before=0)
            else:
                parent.move_child(widget, after=before)
        elif before is not None:
            parent.mount(widget, after=before)
        else:
            parent.mount(widget, before=0 if parent.children else None)
        before = widget
