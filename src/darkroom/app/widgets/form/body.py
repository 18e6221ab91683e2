"""The widgets of the form: the first prompt in the first frame, the others right after it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import VerticalScroll

from darkroom.app.widgets.form.focus import FocusKeeper
from darkroom.app.widgets.form.model import FormModel
from darkroom.app.widgets.form.palette import Palette
from darkroom.app.widgets.form.prompt import PromptField
from darkroom.app.widgets.form.rows import SectionBody, put_in_order

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from textual import events
    from textual.app import ComposeResult
    from textual.widget import Widget

    from darkroom.app.widgets.form.notes import FormNotes
    from darkroom.app.widgets.form.parameter import Made, ParameterField
    from darkroom.app.widgets.form.section import Section, SectionHeader
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
        self._notes: FormNotes | None = None
        self._top: SectionBody | None = None
        self._sections: dict[str, Section] = {}
        self._folded: dict[str, bool] = {}
        self._begun = self._whole = False
        self._focus = FocusKeeper(self)

    def compose(self) -> ComposeResult:
        """The prompt of a form that was loaded before; all else follows once this is seen."""
        self._begun = True
        if self._specs:
            self._top = SectionBody(self.model.top()[:1], self.model, self.palette)
            yield self._top

    def on_mount(self) -> None:
        """Makes all fields after the first paint: they are most of the widgets of the screen."""
        self.call_after_refresh(self._complete)

    def fields(self) -> Iterator[ParameterField]:
        """The widgets of all fields that were ever shown, in the order of the form."""
        bodies = [self._top, *(section.body for section in self._sections.values())]
        for body in bodies:
            if body is not None:
                yield from body.fields

    def shown(self) -> Iterator[SectionHeader | ParameterField]:
        """Headings and fields from top to bottom, without those of closed sections.

        What is about to be removed is not among them; what is new may still be without its widgets.
        """
        if self._top is not None:
            yield from self._top.fields
        for section in self._sections.values():
            yield section.header
            if section.body is not None and not section.folded:
                yield from section.body.fields

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
        before = list(self.shown())
        top = self.model.top()
        sections = self.model.sections() if self._whole else {}
        leaving: list[Widget] = []
        with self.app.batch_update():
            if self._top is None:
                self._top = SectionBody(top, self.model, self.palette)
            else:
                leaving += self._top.update_specs(top)
            # Empty, it would still take a line.
            self._top.display = bool(top)
            leaving += self._place(self._top, sections)
            self._focus.release(leaving, before)

    def _place(self, top: SectionBody, specs: Mapping[str, Sequence[ParameterSpec]]) -> list[Widget]:
        """Puts the sections below `top`, in their order; gives what left."""
        from darkroom.app.widgets.form.section import Section

        leaving: list[Widget] = [section for title, section in self._sections.items() if title not in specs]
        room = OPEN_ROWS
        placed: dict[str, Section] = {}
        for title, own in specs.items():
            section = self._sections.get(title)
            if section is None:
                start = self._folded.get(title, own[0].advanced or room < len(own))
                section = Section(title, own, self.model, self.palette, folded=start)
            else:
                leaving += section.update_specs(own)
            room -= 0 if section.folded else len(own)
            placed[title] = section
        self._sections = placed
        notes = self._noted()
        put_in_order(self, [top, *notes, *placed.values()])
        return leaving

    def _noted(self) -> list[FormNotes]:
        """The line of the form's notes, once there were any; it stays, so that the focus need not go."""
        if self._notes is None and self.model.notes and self._whole:
            from darkroom.app.widgets.form.notes import FormNotes

            self._notes = FormNotes(self.palette)
        if self._notes is None:
            return []
        self._notes.show(self.model.notes)
        return [self._notes]

    def _values_changed(self) -> None:
        if self._top is not None:
            self._top.values_changed()
        for section in self._sections.values():
            section.values_changed()

    def on_made(self, event: Made) -> None:
        """Goes to a field that was waited for."""
        event.stop()
        self.call_after_refresh(self._focus.settle)

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Remembers where the focus was last."""
        self._focus.seen(event.widget)

    def on_section_folded(self, event: Section.Folded) -> None:
        """Remembers what a person opened and closed."""
        event.stop()
        self._folded[event.title] = event.folded
