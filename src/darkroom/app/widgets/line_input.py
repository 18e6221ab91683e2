"""One line of text to type, for dialogs and filters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.widgets import Input

from darkroom.domain.text import printable

if TYPE_CHECKING:
    from textual.suggester import Suggester


class LineInput(Input):
    """Textual's input, one line high, holding nothing that a terminal would act on.

    Seen on Textual 8.2.8: `Input` writes escape sequences in its value to the terminal as they are.
    """

    def __init__(
        self,
        value: str = "",
        *,
        placeholder: str = "",
        select_on_focus: bool = True,
        suggester: Suggester | None = None,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(
            printable(value),
            placeholder=placeholder,
            select_on_focus=select_on_focus,
            suggester=suggester,
            compact=True,
            id=id,
            classes=classes,
        )
        self.cursor_blink = False

    def validate_value(self, value: str) -> str:
        """Whatever is typed, pasted or set becomes printable."""
        return printable(value)
