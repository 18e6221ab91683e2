"""What was changed on the way into the form, line by line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.content import Content
from textual.widgets import Button, Static

from darkroom.app.screens.dialog import Dialog, button
from darkroom.domain.text import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from textual.widget import Widget


class NotesScreen(Dialog[None]):
    """Notes to be read; the form is filled already. Enter and escape end it, arrow keys scroll.

    Args:
        title: What happened.
        notes: A line each, foreign text in them.
    """

    AUTO_FOCUS = ""
    """Going to the button would begin with the last note."""

    def __init__(self, title: str, notes: Sequence[str]) -> None:
        super().__init__()
        self.dialog_title = title
        self._notes = notes

    def content(self) -> Iterable[Widget]:
        """Each note, with what it is about in bold."""
        for note in self._notes:
            label, colon, rest = printable(note).partition(": ")
            yield Static(Content.assemble((label + colon, "bold"), rest), classes="dialog--text")

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
