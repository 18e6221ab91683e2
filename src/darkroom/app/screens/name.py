"""Asking for a name or another line of text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.widgets import Button, Input

from darkroom.app.screens.dialog import Dialog, button, text
from darkroom.app.widgets.line_input import LineInput

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.widget import Widget


class NameScreen(Dialog[str]):
    """Ends with what was typed, without the spaces around it; `None` when nothing is to change.

    Args:
        title: What is asked for.
        value: What stands there first, selected.
        detail: Words above the line.
        placeholder: Shown while the line is empty.
        empty: Whether nothing is an answer too.
    """

    def __init__(
        self, title: str, value: str = "", *, detail: str = "", placeholder: str = "", empty: bool = False
    ) -> None:
        super().__init__()
        self.dialog_title = title
        self._value = value
        self._detail = detail
        self._placeholder = placeholder
        self._empty = empty

    def content(self) -> Iterable[Widget]:
        """The line."""
        if self._detail:
            yield text(self._detail)
        yield LineInput(self._value, placeholder=self._placeholder)

    def buttons(self) -> Iterable[Button]:
        """Cancel, and done."""
        return button("Cancel", id="no"), button("OK", id="yes", variant="primary")

    def on_mount(self) -> None:
        """The line has the focus."""
        self.query_one(LineInput).focus()

    @on(Button.Pressed, "#no")
    def _no(self, event: Button.Pressed) -> None:
        event.stop()
        self.dismiss(None)

    @on(Button.Pressed, "#yes")
    @on(Input.Submitted)
    def _done(self) -> None:
        typed = self.query_one(LineInput).value.strip()
        if typed or self._empty:
            self.dismiss(typed)
