"""What the small dialogs share: a frame in the middle, a title, buttons, escape."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

from textual.binding import Binding
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Static

from darkroom.domain.text import printable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual import events
    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.widget import Widget

Result = TypeVar("Result")


class Dialog(ModalScreen[Result | None], Generic[Result]):
    """A frame over the screen behind it. Escape, and a click beside it, end it with `None`.

    A subclass says what stands in it (`content`) and which buttons there are (`buttons`).
    """

    DEFAULT_CSS: ClassVar[str] = """
    Dialog { align: center middle; }
    Dialog > .dialog { width: 64; max-width: 96%; height: auto; max-height: 94%; padding: 0 1; }
    Dialog .dialog--text { height: auto; }
    Dialog .dialog--buttons { height: auto; align-horizontal: right; margin-top: 1; }
    Dialog .dialog--buttons Button { min-width: 10; width: auto; height: 1; margin-left: 2; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "back", tooltip="Close it and change nothing"),
    ]

    dialog_title = ""

    def compose(self) -> ComposeResult:
        """The frame with what belongs in it."""
        frame = VerticalScroll(classes="dialog", can_focus=False)
        # A string would be read as markup.
        frame.border_title = Content(printable(self.dialog_title))
        with frame:
            yield from self.content()
            buttons = list(self.buttons())
            if buttons:
                with Horizontal(classes="dialog--buttons"):
                    yield from buttons

    def content(self) -> Iterable[Widget]:
        """What stands above the buttons."""
        return ()

    def buttons(self) -> Iterable[Button]:
        """From left to right."""
        return ()

    def on_click(self, event: events.Click) -> None:
        """A click beside the frame closes it."""
        if event.widget is self:
            self.dismiss(None)


def text(words: str, *, classes: str = "dialog--text") -> Static:
    """Text that is shown as it is, line by line."""
    return Static(printable(words, keep_lines=True), markup=False, classes=classes)


def button(label: str, *, id: str, variant: str = "default") -> Button:
    """A button one line high; `variant` is `default`, `primary` or `error`."""
    made = Button(Content(printable(label)), id=id, compact=True)
    made.variant = variant
    return made
