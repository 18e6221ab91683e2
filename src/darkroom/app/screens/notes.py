"""What was changed on the way into the form, line by line."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding
from textual.widgets import Button

from darkroom.app.screens.dialog import Dialog, button, text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from textual.binding import BindingType
    from textual.widget import Widget


class NotesScreen(Dialog[None]):
    """Notes to be read; the form is filled already. Enter and escape end it, arrow keys scroll.

    Args:
        title: What happened.
        notes: A line each, foreign text in them.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "scroll(-1)", show=False),
        Binding("down,j", "scroll(1)", show=False),
        Binding("pageup", "scroll(-10)", show=False),
        Binding("pagedown", "scroll(10)", show=False),
    ]

    def __init__(self, title: str, notes: Sequence[str]) -> None:
        super().__init__()
        self.dialog_title = title
        self._notes = notes

    def content(self) -> Iterable[Widget]:
        """A line for each note."""
        for note in self._notes:
            label, colon, rest = note.partition(": ")
            yield text(f"· {label}: {rest}" if colon else f"· {note}")

    def buttons(self) -> Iterable[Button]:
        """One, to go on."""
        return (button("OK", id="ok", variant="primary"),)

    def on_mount(self) -> None:
        """Enter goes on."""
        self.query_one(Button).focus(scroll_visible=False)

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        event.stop()
        self.dismiss(None)

    def action_scroll(self, lines: int) -> None:
        """Moves the notes up or down."""
        self.query_one(".dialog").scroll_relative(y=lines, animate=False)
