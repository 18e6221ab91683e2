"""The widgets of the form: the first prompt in the first frame, the others right after it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import VerticalScroll

from darkroom.app.widgets.form.model import FormModel
from darkroom.app.widgets.form.palette import Palette
from darkroom.app.widgets.form.prompt import PromptField
from darkroom.app.widgets.form.rows import FormField, SectionBody

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from textual.app import ComposeResult

    from darkroom.app.widgets.form.section import Section
    from darkroom.domain.parameters import ParameterSpec

OPEN_ROWS = 40
"""Rows that a form shows unfolded at first; sections beyond start folded, so that any form opens at once."""


class FormBody(VerticalScroll, can_focus=False):
    """Makes and keeps the widgets for the specs of `model`.

    Attributes:
        model: What the form holds.
        palette: The colours of its rows.
    """

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.model = FormModel()
        self.palette = Palette(self)
        self._specs: tuple[ParameterSpec, ...] = ()
        self._top: SectionBody | None = None
        self._sections: dict[str, Section] = {}
        self._folded: dict[str, bool] = {}
        self._begun = self._whole = False

    def compose(self) -> ComposeResult:
        """The prompt of a form that was loaded before; all else follows once this is seen."""
        self._begun = True
        if self._specs:
            self._top = SectionBody(self.model.top()[:1], self.model, self.palette)
            yield self._top

    def on_mount(self) -> None:
        """Makes all fields after the first paint: they are most of the widgets of the screen."""
        self.call_after_refresh(self._complete)

    def fields(self) -> Iterator[FormField]:
        """The widgets of all fields that were ever shown, in the order of the form."""
        bodies = [self._top, *(section.body for section in self._sections.values())]
        for body in bodies:
            if body is not None:
                yield from body.fields

    def notify_style_update(self) -> None:
        """Reads the colours anew: the theme has changed."""
        super().notify_style_update()
        self.palette.forget()

    def _flush(self) -> None:
        for field in self.fields():
            if isinstance(field, PromptField):
                field.flush()

    def _complete(self) -> None:
        """Makes the other fields of a form that shows its first one only."""
        if self._begun and not self._whole:
            self._whole = True
            if self._specs:
                self._rebuild()

    def _rebuild(self) -> None:
        top = self.model.top()
        sections = self.model.sections() if self._whole else {}
        with self.app.batch_update():
            for title in [title for title in self._sections if title not in sections]:
                self._sections.pop(title).remove()
            if self._top is None:
                self._top = SectionBody(top, self.model, self.palette)
                self.mount(self._top)
            else:
                self._top.update_specs(top)
            self._place(sections)

    def _place(self, sections: Mapping[str, Sequence[ParameterSpec]]) -> None:
        from darkroom.app.widgets.form.section import Section

        before: SectionBody | Section = self._top  # type: ignore[assignment]
        room = OPEN_ROWS
        placed: dict[str, Section] = {}
        for title, specs in sections.items():
            section = self._sections.get(title)
            if section is None:
                start = self._folded.get(title, specs[0].advanced or room < len(specs))
                section = Section(title, specs, self.model, self.palette, folded=start)
                self.mount(section, after=before)
            else:
                section.update_specs(specs)
                self.move_child(section, after=before)
            room -= 0 if section.folded else len(specs)
            placed[title] = section
            before = section
        self._sections = placed

    def _values_changed(self) -> None:
        if self._top is not None:
            self._top.values_changed()
        for section in self._sections.values():
            section.values_changed()

    def on_section_folded(self, event: Section.Folded) -> None:
        """Remembers what a person opened and closed."""
        event.stop()
        self._folded[event.title] = event.folded
