"""The parameter form as a whole: what others use of it, and what its fields ask for.

Lists and the editor are imported when they are opened: the first frame does without them.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding
from textual.message import Message

from darkroom.app.bindings import bindings
from darkroom.app.widgets.form.body import FormBody
from darkroom.app.widgets.form.prompt import PromptField
from darkroom.app.working import attempt, tell
from darkroom.domain.parameters import Kind, Role

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.binding import BindingType

    from darkroom.app.widgets.form.choice import ChoiceRow
    from darkroom.app.widgets.form.model import FormSource
    from darkroom.app.widgets.form.parameter import ParameterField
    from darkroom.app.widgets.form.section import Section
    from darkroom.domain.parameters import Value


class ParameterForm(FormBody, can_focus=False):
    """Draws any list of `ParameterSpec`s and edits their values."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings("global", only=("editor",)),
        Binding("pageup", "scroll_page(-1)", show=False),
        Binding("pagedown", "scroll_page(1)", show=False),
    ]

    class Told(Message):
        """Something of the values changed."""

        def __init__(self, form: ParameterForm) -> None:
            super().__init__()
            self._form = form

        @property
        def values(self) -> dict[str, Value]:
            """All values by address as they are now: whoever handles this loses nothing that was typed since.

            Put together when it is asked for: a key press must not cost what a large form has of fields.
            """
            return self._form.values()

    class Changed(Told):
        """A value was edited."""

    class RebuildWanted(Told):
        """A value was edited on which the set of fields may depend: rebuild the form and load it."""

    editor = ""
    """The editor that the person set in the configuration; "" for $EDITOR."""

    def load(self, state: FormSource, *, asked_with: Mapping[str, Value] | None = None) -> None:
        """Shows another form, or the same with other values; before it is mounted too.

        Widgets of parameters that stay are kept: with the same specs nothing is mounted or removed,
        and focus, cursors and scroll position stay.

        Args:
            state: What to show.
            asked_with: The values that `state` was made from, when making it took a while: what was
                typed since is kept.
        """
        self._flush()
        newer = self.model.typed_since(asked_with) if asked_with is not None else {}
        changed = state.form.specs != self._specs or state.form.notes != self.model.notes
        self.model.load(state.form, state.fields)
        self._specs = state.form.specs
        for address, value in newer.items():
            self.model.edit(address, value)
        if changed and self._begun:
            self._rebuild()
        self._values_changed()
        if newer:
            self._tell(rebuild=False)

    def values(self) -> dict[str, Value]:
        """Every value by address, what was typed a moment ago included."""
        self._flush()
        return dict(self.model.values)

    def set_values(self, values: Mapping[str, Value]) -> None:
        """Puts values in as if they were typed; addresses the form does not have are ignored."""
        self._flush()
        shapes = False
        changed = False
        for address, value in values.items():
            old = self.model.values.get(address)
            if self.model.edit(address, value):
                changed = True
                shapes = shapes or self.model.shapes_form(address, old)
        self._values_changed()
        if changed:
            self._tell(rebuild=shapes)

    def mark(self, problems: Mapping[str, str]) -> None:
        """Shows what a server refused beside the fields, until they are changed."""
        self._flush()
        self.model.mark(problems)
        self._values_changed()

    def focus_first_problem(self) -> bool:
        """Goes to the first wrong field, opening its section. False when nothing is wrong."""
        self._flush()
        address = self.model.first_problem()
        return address is not None and self.focus_field(address)

    def focus_field(self, address: str) -> bool:
        """Goes to a field, opening its section. False when the form has no such field."""
        spec = self.model.specs.get(address)
        if spec is None:
            return False
        self._complete()
        section = self._sections.get(spec.section)
        if section is not None and section.folded:
            section.fold(False, by_person=True)
        self._focus.want(address)
        return True

    def focus_first(self) -> bool:
        """Goes to the first field, the prompt. False when the form is empty."""
        address = next(iter(self.model.specs), None)
        return address is not None and self.focus_field(address)

    def take_focus(self) -> None:
        """Goes to the field that had the focus last, else to the first, as soon as there is one."""
        self._focus.want()

    def put_picture(self, path: str) -> bool:
        """Puts a picture into the first field that takes one, and goes there. False when there is none."""
        spec = next((spec for spec in self.model.specs.values() if spec.kind is Kind.IMAGE), None)
        if spec is None:
            return False
        self.set_values({spec.address: path})
        return self.focus_field(spec.address)

    def set_last_seed(self, seed: int | None) -> None:
        """Says which seed the newest generation has."""
        self._flush()
        self.model.last_seed = seed
        self._values_changed()

    def _tell(self, *, rebuild: bool) -> None:
        self.post_message(self.Changed(self))
        if rebuild:
            self.post_message(self.RebuildWanted(self))

    def on_parameter_field_edited(self, event: ParameterField.Edited) -> None:
        """A field was edited."""
        event.stop()
        spec = self.model.specs.get(event.address)
        if spec is None:
            return
        if spec.section in self._sections:
            self._sections[spec.section].header.refresh()
        self._tell(rebuild=self.model.shapes_form(event.address, event.old))

    def on_section_action_wanted(self, event: Section.ActionWanted) -> None:
        """Width and height: swap them, or choose a usual size."""
        event.stop()
        width, height = event.section.side(Role.WIDTH), event.section.side(Role.HEIGHT)
        if width is None or height is None:
            return
        if event.action_name == "swap":
            values = self.model.values
            self.set_values({width.address: values[height.address], height.address: values[width.address]})
        else:
            from darkroom.app.widgets.form.offering import offer_sizes
            from darkroom.domain.size import Size

            now = (self.model.values[side.address] for side in (width, height))
            offer_sizes(
                self.app,
                Size(*(side if isinstance(side, int) else 0 for side in now)),
                event.section.header.region,
                lambda size: self.set_values({width.address: size.width_px, height.address: size.height_px}),
            )

    def on_choice_row_open_wanted(self, event: ChoiceRow.OpenWanted) -> None:
        """Opens the list of a choice."""
        from darkroom.app.widgets.form.offering import offer_choices

        event.stop()
        offer_choices(event.row, event.typed)

    def action_editor(self) -> None:
        """Edits the prompt with the focus, else the first one, in the person's own editor."""
        prompts = [field for field in self.fields() if isinstance(field, PromptField)]
        if not prompts:
            tell(self, "This form has no text to edit")
            return
        prompt = next((field for field in prompts if field.has_focus_within), prompts[0])
        attempt(
            self, self._edit(prompt), group="editor", exclusive=True, description="editing in another program"
        )

    async def _edit(self, prompt: PromptField) -> None:
        from darkroom.app.editor import edit_text, editor_command

        before = prompt.editor.text
        after = await edit_text(self.app, before, editor_command(self.editor, os.environ))
        if after != before:
            prompt.editor.put(after)
        prompt.editor.focus()

    def action_scroll_page(self, by: int) -> None:
        """Scrolls by a page."""
        if by > 0:
            self.scroll_page_down(animate=False)
        else:
            self.scroll_page_up(animate=False)
