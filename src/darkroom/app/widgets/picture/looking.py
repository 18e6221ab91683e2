"""A picture that can be moved about in: by the methods that keys call, by the mouse wheel and by dragging."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.message import Message

from darkroom.app.widgets.picture.view import FIT, Mode, View, overhangs, panned, place, zoomed
from darkroom.app.widgets.picture.widget import Picture

if TYPE_CHECKING:
    from textual import events

STEP_PARTS = 6
"""A key moves by one so manieth of what is seen."""


class LookedAt(Picture):
    """As `Picture`; the view stays when another picture is shown, so that the same part of it is seen."""

    class Moved(Message):
        """Another part is seen, or it is seen in another size."""

    _grip: tuple[int, int] | None = None

    @property
    def is_part(self) -> bool:
        """Whether there is more of the picture than is seen."""
        natural = self.natural_px
        return natural is not None and any(overhangs(self.view, natural, self.room))

    @property
    def percent(self) -> float | None:
        """How large it is drawn: 100 is pixel by pixel; `None` while nobody knows its size."""
        natural = self.natural_px
        return None if natural is None else place(natural, self.room, self.view).percent

    def look(self, view: View) -> None:
        """Looks at it that way."""
        if view != self.view:
            self.view = view
            self.post_message(self.Moved())

    def fit(self) -> None:
        """Shows all of it."""
        self.look(FIT)

    def fill(self) -> None:
        """Fills the room, around what is in the middle now."""
        self.look(View(Mode.FILL, centre=self.view.centre))

    def actual(self) -> None:
        """Shows its pixels as they are, around what is in the middle now."""
        self.look(View(Mode.ACTUAL, centre=self.view.centre))

    def zoom(self, steps: int, at: tuple[float, float] = (0.5, 0.5)) -> None:
        """Goes nearer, or back when `steps` is negative; `at` keeps its place (parts of the room)."""
        if (natural := self.natural_px) is not None:
            self.look(zoomed(self.view, steps, natural, self.room, at))

    def step(self, across: int, down: int) -> None:
        """Moves by a part of what is seen: 1 is to the right and down."""
        columns = across * max(1, self.room.columns // STEP_PARTS)
        lines = down * max(1, self.room.lines // STEP_PARTS)
        self._pan(columns, lines)

    def _pan(self, columns: int, lines: int) -> None:
        natural, (width, height) = self.natural_px, self.room.cell_px
        if natural is not None:
            self.look(panned(self.view, (columns * width, lines * height), natural, self.room))

    # The mouse

    def _point(self, event: events.MouseEvent) -> tuple[float, float]:
        """Where the mouse is, as parts of the room."""
        return (event.x + 0.5) / max(1, self.size.width), (event.y + 0.5) / max(1, self.size.height)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Nearer, where the mouse is."""
        event.stop()
        self.zoom(1, self._point(event))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Back."""
        event.stop()
        self.zoom(-1, self._point(event))

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Takes hold of a picture of which a part is seen."""
        if event.button == 1 and self.is_part:
            self._grip = event.screen_x, event.screen_y
            self.capture_mouse()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Drags it."""
        if self._grip is not None:
            columns, lines = self._grip[0] - event.screen_x, self._grip[1] - event.screen_y
            self._grip = event.screen_x, event.screen_y
            self._pan(columns, lines)

    def on_mouse_up(self) -> None:
        """Lets it go."""
        if self._grip is not None:
            self._grip = None
            self.release_mouse()
