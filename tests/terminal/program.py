"""A small program with a picture, for terminals of all kinds: `python -m tests.terminal.program IMAGES`.

IMAGES is the setting of that name. f2 opens a dialog (escape closes it), f3 turns to a page of text and back,
f4 shows another picture, f6 a live preview 8 times a second, f7 scrolls down a line and f5 up, f8 leaves the
screen to another program for a moment, ctrl+z stops it, f9 quits.
"""

from __future__ import annotations

import io
import os
import sys
from typing import TYPE_CHECKING, ClassVar

from darkroom.app.main import prepare_terminal

prepare_terminal(os.environ)  # before Textual is imported

from PIL import Image, ImageChops  # noqa: E402
from textual.app import App  # noqa: E402
from textual.containers import Horizontal, VerticalScroll  # noqa: E402
from textual.screen import ModalScreen  # noqa: E402
from textual.widgets import ContentSwitcher, Input, Static  # noqa: E402

from darkroom.app.graphics import graphics_of  # noqa: E402
from darkroom.app.graphics.driver import GraphicsDriver  # noqa: E402
from darkroom.app.widgets.picture import Picture  # noqa: E402
from tests.terminal import decoders  # noqa: E402

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.timer import Timer


class Dialog(ModalScreen[None]):
    """A box in the middle."""

    CSS = "Dialog { align: center middle; } Static { width: 24; height: 3; border: round $primary; }"
    BINDINGS: ClassVar[list[BindingType]] = [("escape", "dismiss", "close")]

    def compose(self) -> ComposeResult:
        yield Static("really?")


class Program(App[None]):
    """A text field below a picture; more text below it, to scroll to."""

    CSS = """
    ContentSwitcher { height: 1fr; }
    #page { scrollbar-size: 0 0; }
    #page Horizontal { height: 100%; }
    #side { width: 20; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        ("f2", "ask", "ask"),
        ("f3", "turn", "turn"),
        ("f4", "other", "other"),
        ("f5", "scroll(-1)", "up"),
        ("f6", "live", "live"),
        ("f7", "scroll(1)", "down"),
        ("f8", "aside", "step aside"),
        ("ctrl+z", "suspend_process", "stop"),
        ("f9", "quit", "quit"),
    ]

    def __init__(self, images: str) -> None:
        super().__init__(driver_class=GraphicsDriver)
        self.picture = Picture()
        graphics_of(self).use(images)
        self.source = decoders.harbour()
        self.count = 0
        self.frames: Timer | None = None
        self.scrolled = 0

    def compose(self) -> ComposeResult:
        with ContentSwitcher(initial="page"):
            with VerticalScroll(id="page", can_focus=False):
                with Horizontal():
                    yield Static("side", id="side")
                    yield self.picture
                yield Static("\n".join(f"line {number}" for number in range(9)))
            yield Static("another page", id="other")
        yield Input()

    def on_mount(self) -> None:
        field = self.query_one(Input)
        field.cursor_blink = False  # so that the program rests
        field.focus()
        self.picture.show(decoders.HARBOUR, ident="harbour")

    def action_ask(self) -> None:
        self.push_screen(Dialog())

    def action_turn(self) -> None:
        switcher = self.query_one(ContentSwitcher)
        switcher.current = "other" if switcher.current == "page" else "page"

    def action_other(self) -> None:
        if self.frames is not None:
            self.frames.stop()
        self._show(self.source.transpose(Image.Transpose.FLIP_LEFT_RIGHT), "other")

    def action_scroll(self, lines: int) -> None:
        self.scrolled += lines
        self.query_one("#page").scroll_to(y=self.scrolled, animate=False)

    def action_aside(self) -> None:
        with self.suspend():
            sys.stdout.write("the screen is another's\n")
            sys.stdout.flush()

    def action_live(self) -> None:
        self.frames = self.set_interval(1 / 8, self._frame)

    def _frame(self) -> None:
        self.count += 1
        self._show(ImageChops.offset(self.source, 13 * self.count, 0), "live", live=True)

    def _show(self, image: Image.Image, ident: str, *, live: bool = False) -> None:
        data = io.BytesIO()
        image.save(data, "JPEG", quality=95)
        self.picture.show(data.getvalue(), ident=ident, live=live)


if __name__ == "__main__":
    Program(sys.argv[1]).run()
