"""What the dialogs with a form share: the form, words below it, save and cancel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding
from textual.content import Content
from textual.widgets import Button, Static

from darkroom.app.screens.dialog import Dialog, button
from darkroom.app.widgets.form import ParameterForm
from darkroom.domain.errors import DarkroomError
from darkroom.domain.form import Field, Form
from darkroom.domain.parameters import Origin
from darkroom.domain.text import printable

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping

    from textual.binding import BindingType
    from textual.widget import Widget

    from darkroom.domain.parameters import ParameterSpec, Value

TONES = ("quiet", "good", "bad")


@dataclass(frozen=True)
class _State:
    form: Form
    fields: Mapping[str, Field]


class FormDialog(Dialog[str]):
    """Ends with the name of what was saved, or `None`. A subclass has an `action_save`."""

    DEFAULT_CSS: ClassVar[str] = """
    FormDialog ParameterForm { height: auto; max-height: 62vh; }
    FormDialog .form-dialog--words { height: auto; min-height: 2; margin-top: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+g", "save", "save", priority=True, tooltip="Keep it"),
    ]

    def content(self) -> Iterable[Widget]:
        """The fields, and the words below them."""
        yield ParameterForm()
        yield Static("", markup=False, classes="form-dialog--words")

    def buttons(self) -> Iterable[Button]:
        """Cancel, save; each has the name of an action."""
        return (button("Cancel", id="cancel"), button("Save (ctrl+g)", id="save", variant="primary"))

    @property
    def form(self) -> ParameterForm:
        """The fields."""
        return self.query_one(ParameterForm)

    def fill(self, specs: Iterable[ParameterSpec], values: Mapping[str, Value]) -> None:
        """Shows fields; those without a value are empty."""
        specs = tuple(specs)
        fields = {spec.address: Field(values.get(spec.address), Origin.SYSTEM) for spec in specs}
        self.form.load(_State(Form(specs), fields))

    def say(self, words: str, tone: str = "quiet") -> None:
        """Writes below the fields; `tone` is one of `TONES`."""
        shown = self.query_one(".form-dialog--words", Static)
        for known in TONES:
            shown.set_class(tone == known, f"-{known}")
        shown.update(Content(printable(words, keep_lines=True)))

    async def told(self, deed: Callable[[], Awaitable[None]]) -> None:
        """Does it; what goes wrong is told below the fields."""
        try:
            await deed()
        except DarkroomError as error:
            self.say("\n".join(error.lines()), "bad")

    @on(ParameterForm.Changed)
    @on(ParameterForm.RebuildWanted)
    def _edited(self, event: ParameterForm.Changed | ParameterForm.RebuildWanted) -> None:
        event.stop()  # nothing outside depends on the fields

    @on(Button.Pressed)
    async def _pressed(self, event: Button.Pressed) -> None:
        event.stop()
        if event.button.id == "cancel":
            self.dismiss(None)
        else:
            await self.run_action(event.button.id or "")
