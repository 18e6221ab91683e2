"""A picture above a text field: `python -m benchmarks.preview_app ours|textual-image PROTOCOL FOLDER`.

f6 begins to show the frames in FOLDER, 8 a second; f9 quits. Both sides run as Darkroom does, with its beat
and its interval between threads.
"""

from __future__ import annotations

import gc
import io
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from darkroom.app.main import SWITCH_S, prepare_terminal

prepare_terminal(os.environ)  # before Textual is imported
sys.setswitchinterval(SWITCH_S)

from textual.app import App  # noqa: E402
from textual.widgets import Input  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.driver import Driver
    from textual.widget import Widget

EVERY_S = 1 / 8


class PreviewApp(App[None]):
    """Shows frames by a widget of either side."""

    CSS = "#picture { width: 40; height: 20; } Input { border: none; height: 1; padding: 0; }"
    BINDINGS: ClassVar[list[BindingType]] = [("f6", "begin", "begin"), ("f9", "quit", "quit")]

    def __init__(
        self, folder: Path, picture: Widget, show: Callable[[bytes], object], driver: type[Driver] | None
    ) -> None:
        """A program that shows nothing yet.

        Args:
            folder: Of the frames.
            picture: What they are shown in.
            show: Shows one there.
            driver: Of the terminal; `None` for Textual's own.
        """
        super().__init__(driver_class=driver)
        self._frames = [path.read_bytes() for path in sorted(folder.glob("*.jpg"))]
        self._count = 0
        self._picture = picture
        self._show = show

    def compose(self) -> ComposeResult:
        self._picture.id = "picture"
        yield self._picture
        yield Input()

    def on_ready(self) -> None:
        self.query_one(Input).focus()
        self._show(self._frames[0])

    def action_begin(self) -> None:
        self.set_interval(EVERY_S, self._next)

    def _next(self) -> None:
        self._count += 1
        self._show(self._frames[self._count % len(self._frames)])


def ours(protocol: str, folder: Path) -> PreviewApp:
    """With the project's own widget and driver."""
    from darkroom.app.graphics import graphics_of
    from darkroom.app.graphics.driver import GraphicsDriver
    from darkroom.app.widgets.picture import Picture

    picture = Picture()
    app = PreviewApp(
        folder, picture, lambda data: picture.show(data, ident="preview", live=True), GraphicsDriver
    )
    graphics_of(app).use(protocol)
    return app


def theirs(protocol: str, folder: Path) -> PreviewApp:
    """With the widgets of textual-image."""
    from PIL import Image
    from textual_image.widget import HalfcellImage, SixelImage, TGPImage

    kinds: dict[str, type[HalfcellImage | SixelImage | TGPImage]] = {
        "kitty": TGPImage,
        "sixel": SixelImage,
        "half": HalfcellImage,
    }
    picture = kinds[protocol]()

    def show(data: bytes) -> None:
        picture.image = Image.open(io.BytesIO(data))

    return PreviewApp(folder, picture, show, None)


if __name__ == "__main__":
    side, protocol, folder = sys.argv[1:]
    make = {"ours": ours, "textual-image": theirs}[side]
    try:
        make(protocol, Path(folder)).run()
    finally:
        gc.freeze()  # as Darkroom does at its end
