"""A small program with a picture, for terminals of all kinds: `python -m tests.terminal.program PROTOCOL`.

f2 opens a dialog (escape closes it), f4 shows another picture, f6 a live preview 8 times a second, f8 leaves
the screen to another program for a moment, f9 quits.
"""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING, ClassVar

from PIL import Image, ImageChops
from textual.app import App
from textual.containers import Horizontal
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from darkroom.app.graphics import graphics_of
from darkroom.app.graphics.driver import GraphicsDriver
from darkroom.app.widgets.picture import Picture
from tests.terminal import decoders

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType


class Dialog(ModalScreen[None]):
    """A box in the middle."""

    CSS = "Dialog { align: center middle; } Static { width: 24; height: 3; border: round $primary; }"
    BINDINGS: ClassVar[list[BindingType]] = [("escape", "dismiss", "close")]

    def compose(self) -> ComposeResult:
        yield Static("really?")


class Program(App[None]):
    """A text field below a picture."""

    CSS = "#side { width: 20; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        ("f2", "ask", "ask"),
        ("f4", "other", "other"),
        ("f6", "live", "live"),
        ("f8", "aside", "step aside"),
        ("f9", "quit", "quit"),
    ]

    def __init__(self, protocol: str) -> None:
        super().__init__(driver_class=GraphicsDriver)
        self.picture = Picture()
        graphics_of(self).use(protocol)
        self.source = decoders.harbour()
        self.count = 0

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield Static("side", id="side")
            yield self.picture
        yield Input()

    def on_mount(self) -> None:
        self.picture.show(decoders.HARBOUR, ident="harbour")

    def action_ask(self) -> None:
        self.push_screen(Dialog())

    def action_other(self) -> None:
        self._show(self.source.transpose(Image.Transpose.FLIP_LEFT_RIGHT), "other")

    def action_aside(self) -> None:
        with self.suspend():
            sys.stdout.write("the screen is another's\n")
            sys.stdout.flush()

    def action_live(self) -> None:
        self.set_interval(1 / 8, self._frame)

    def _frame(self) -> None:
        self.count += 1
        self._show(ImageChops.offset(self.source, 13 * self.count, 0), "live", live=True)

    def _show(self, image: Image.Image, ident: str, *, live: bool = False) -> None:
        data = io.BytesIO()
        image.save(data, "JPEG", quality=95)
        self.picture.show(data.getvalue(), ident=ident, live=live)


if __name__ == "__main__":
    Program(sys.argv[1]).run()
