"""Rows for choices and for yes or no."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding
from textual.message import Message

from darkroom.app.widgets.form.field import FIELD_BINDINGS, FieldRow
from darkroom.app.widgets.form.parameter import WHOLE_ROW
from darkroom.app.widgets.form.reading import NONE, without_ending
from darkroom.app.widgets.lines import Piece, clip
from darkroom.domain.text import printable

if TYPE_CHECKING:
    from textual import events
    from textual.binding import BindingType

    from darkroom.domain.parameters import ParameterSpec, Value

MOST_SHARED = 200
"""Choices up to which two fields may share a line."""

LONG_NAME, USUAL_NAME = 32, 18
"""Letters from which a name is long, and letters of one that are sure to be seen."""


class ChoiceRow(FieldRow):
    """Shows one of many; a list to choose from opens over it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,space", "open", "choose", tooltip="Open the list; typing a letter opens it too"),
        Binding("right,plus", "turn(1)", "next", show=False, tooltip="Take the next of the list"),
        Binding("left,minus", "turn(-1)", "before", show=False, tooltip="Take the one before"),
        Binding(
            "backspace,delete", "clear", "none", show=False, tooltip="Choose none, where that is allowed"
        ),
        *FIELD_BINDINGS,
    ]

    class OpenWanted(Message):
        """The list is asked for.

        Attributes:
            row: The row to open it over.
            typed: What was typed already.
        """

        def __init__(self, row: ChoiceRow, typed: str) -> None:
            super().__init__()
            self.row = row
            self.typed = typed

    def options(self) -> tuple[str | None, ...]:
        """What may be chosen, none first where it is allowed."""
        return (None, *self.spec.choices) if self.spec.optional else self.spec.choices

    def choose(self, value: Value) -> None:
        """Sets what was chosen from the list."""
        self.edit(value)

    def action_open(self) -> None:
        """Asks for the list."""
        self.post_message(self.OpenWanted(self, ""))

    def check_action(
        self,
        action: str,
        parameters: tuple[object, ...],  # noqa: ARG002 - Textual's signature
    ) -> bool | None:
        """None can be chosen only where the server allows it."""
        return action != "clear" or self.spec.optional

    def action_clear(self) -> None:
        """Chooses none."""
        self.edit(None)

    def action_turn(self, by: int) -> None:
        """Takes the next of the list, or the one before."""
        options = self.options()
        if not options:
            return
        try:
            index = options.index(self.value) + by
        except ValueError:
            index = 0
        if 0 <= index < len(options):
            self.edit(options[index])

    def check_consume_key(self, key: str, character: str | None) -> bool:  # noqa: ARG002 - Textual's signature
        """Letters open the list."""
        return character is not None and character.isalpha()

    def on_key(self, event: events.Key) -> None:
        """A letter opens the list and is the first of its filter."""
        if event.character is not None and event.character.isalpha():
            event.stop()
            event.prevent_default()
            self.post_message(self.OpenWanted(self, event.character))

    def on_click(self, event: events.Click) -> None:
        """A click opens the list."""
        event.stop()
        self.action_open()

    def value_pieces(self, columns: int) -> list[Piece]:
        """What is chosen."""
        if self.value is None:
            return [Piece(NONE if self.spec.optional else "choose…", "quiet")]
        return [Piece(clip(without_ending(printable(str(self.value))), columns))]

    def trailing(self) -> list[Piece]:
        """A mark that there is a list."""
        return [Piece("▾", "accent" if self.has_focus else "faint")]

    def take_spec(self, spec: ParameterSpec) -> None:
        """Takes another description; how much room its choices want is told once, not at each layout."""
        super().take_spec(spec)
        self._short_width = self._room_wanted()

    def short_width(self) -> int:
        """The label and a usual choice; files and other long names have a row alone."""
        return self._short_width

    def _room_wanted(self) -> int:
        choices = self.spec.choices
        longest = max(map(len, choices), default=4) if len(choices) <= MOST_SHARED else WHOLE_ROW
        if longest > LONG_NAME or any(without_ending(choice) != choice for choice in choices):
            return WHOLE_ROW
        return len(self.label) + 8 + min(longest, USUAL_NAME)


class ToggleRow(FieldRow):
    """Yes or no."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,space", "flip", "turn over", tooltip="Turn it on or off"),
        Binding("y,right,plus", "say(True)", "yes", show=False),
        Binding("n,left,minus", "say(False)", "no", show=False),
        *FIELD_BINDINGS,
    ]

    def action_flip(self) -> None:
        """Turns it over."""
        self.edit(self.value is not True)

    def action_say(self, value: bool) -> None:
        """Sets it."""
        self.edit(value)

    def on_click(self, event: events.Click) -> None:
        """A click turns it over."""
        event.stop()
        self.action_flip()

    def value_pieces(self, columns: int) -> list[Piece]:
        """A switch with its word."""
        if isinstance(self.value, bool):
            return [Piece("■ yes", "accent")] if self.value else [Piece("□ no")]
        return super().value_pieces(columns)

    def short_width(self) -> int:
        """The label and the word."""
        return len(self.label) + 10
