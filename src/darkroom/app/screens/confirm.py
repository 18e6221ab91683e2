"""Asking before something that cannot be undone."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding
from textual.widgets import Button

from darkroom.app.screens.dialog import Dialog, button, text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.binding import BindingType
    from textual.widget import Widget


class ConfirmScreen(Dialog[bool]):
    """Ends with true for yes; false, or `None`, for no. No has the focus: enter changes nothing.

    Args:
        question: One line.
        detail: What would happen, any number of lines.
        yes: Word on the button that does it.
        no: Word on the button that does not.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "say(True)", "yes"),
        Binding("n", "say(False)", "no"),
        Binding("left", "app.focus_previous", show=False),
        Binding("right", "app.focus_next", show=False),
    ]

    def __init__(self, question: str, detail: str = "", *, yes: str = "Yes", no: str = "Cancel") -> None:
        super().__init__()
        self.dialog_title = question
        self._detail = detail
        self._yes = yes
        self._no = no

    def content(self) -> Iterable[Widget]:
        """What would happen."""
        return (text(self._detail),) if self._detail else ()

    def buttons(self) -> Iterable[Button]:
        """No, and yes."""
        return button(self._no, id="no"), button(self._yes, id="yes", variant="error")

    def on_mount(self) -> None:
        """No has the focus."""
        self.query_one("#no", Button).focus()

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        event.stop()
        self.dismiss(event.button.id == "yes")

    def action_say(self, sure: bool) -> None:
        """Answers by a letter."""
        self.dismiss(sure)
