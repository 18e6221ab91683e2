"""The widget that shows a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from darkroom.app.widgets.picture.covered import repaint_when_covered
from darkroom.app.widgets.picture.preparing import Preparing
from darkroom.app.widgets.picture.viewing import Wanted

if TYPE_CHECKING:
    from pathlib import Path

    from textual.geometry import Region
    from textual.strip import Strip
    from textual.timer import Timer

    from darkroom.images.decoded import DecodedCache

SHARPEN_S = 0.15
"""After a resize the picture is decoded anew when the size has rested this long."""


class Picture(Preparing):
    """Shows one picture, or what the view says of it, as large as it fits, in the middle.

    The picture that is shown stays until the next one is ready. Decoding and encoding happen in a thread, one
    picture at a time and always the latest that was asked for, so frames that come too fast are skipped and
    keys never wait for them; nothing is done while the widget is out of sight. Bytes that cannot be decoded
    become a line of text over the picture that was there.
    """

    def __init__(
        self,
        *,
        id: str | None = None,
        classes: str | None = None,
        decoded: DecodedCache | None = None,
        keeps: int = 0,
    ) -> None:
        super().__init__(id=id, classes=classes, decoded=decoded, keeps=keeps)
        self._resting: Timer | None = None

    def show(self, source: bytes | Path | None, *, ident: str = "", live: bool = False) -> None:
        """Shows a picture as soon as it is ready.

        Args:
            source: Encoded bytes or the file that has them; untrusted. `None` empties the area at once.
            ident: What it is a picture of. Of the same thing a frame that was begun earlier may still appear
                before this one; of anything else never.
            live: A frame of many: fewer colours, so that it is sent quickly.
        """
        self._due = source is not None
        self._wanted = None if source is None else Wanted(source, ident, live)
        if source is None:
            self._good = None
            self.say("")
            self.put(None)
        self._work()

    @property
    def shown(self) -> str | None:
        """The `ident` of the picture that is on the screen, `None` when there is none."""
        return None if self._shown is None else self._shown.request.ident

    @property
    def words(self) -> str:
        """What is written over the picture or instead of it; "" as a rule."""
        return self._words or ("" if self._shown is None else self._shown.words)

    def on_mount(self) -> None:
        """Hears when pictures are to be drawn another way, or to another terminal."""
        self.graphics.begin()
        repaint_when_covered(self)
        self.graphics.changed.subscribe(self, self._changed, immediate=True)

    def on_unmount(self) -> None:
        """Frees what the terminal keeps."""
        if self._sending is not None:
            self._sending.cancel()
        for number in tuple(self._numbers):
            self.drop(number)

    def on_show(self) -> None:
        """Catches up with what was asked for in the meantime."""
        self._in_sight = True
        self._work()

    def on_hide(self) -> None:
        """Works no more."""
        self._in_sight = False

    def on_resize(self) -> None:
        """Draws the picture that is there in the new size at once, and well when the size has rested."""
        self.graphics.ask_again()
        shown = self._shown
        if shown is None or shown.decoded is None:
            self._again()
        elif (shown.request.columns, shown.request.lines) != self.drawn_area:
            self._rough = True
            if self._resting is not None:
                self._resting.stop()
            self._resting = self.set_timer(SHARPEN_S, self._again)
            self._work()

    def render_lines(self, crop: Region) -> list[Strip]:
        """The lines. Being asked for them means being in sight, also after another screen went away."""
        self._in_sight = True
        if (self._due or self._rough) and not self._busy:
            self.call_later(self._work)
        return super().render_lines(crop)
