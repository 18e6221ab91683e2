"""Jump mode: letters over everything that can be reached."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding
from textual.screen import ModalScreen
from textual.widgets import Static

from darkroom.app.jumper import labels

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from darkroom.app.jumper import Target


class JumpScreen(ModalScreen["Target | None"]):
    """Ends with the place whose letters were typed, or that was clicked; `None` for any other key."""

    DEFAULT_CSS: ClassVar[str] = """
    JumpScreen { align: left top; }
    JumpScreen Static { position: absolute; width: auto; height: 1; }
    JumpScreen #jump-hint { dock: bottom; position: relative; width: 100%; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "back")]

    def __init__(self, places: Sequence[Target]) -> None:
        super().__init__()
        self._places = dict(zip(labels(len(places)), places, strict=False))
        self._typed = ""

    def compose(self) -> ComposeResult:
        """A label on each place."""
        for letters, place in self._places.items():
            label = Static(letters, markup=False, classes="jump-label", name=letters)
            label.styles.offset = (place.region.x, place.region.y)
            yield label
        yield Static(" Type the letters of a place · escape to stay", markup=False, id="jump-hint")

    def on_resize(self, event: events.Resize) -> None:
        """Places move when the window does: ends."""
        if event.size != self.app.size:
            self.dismiss(None)

    def on_key(self, event: events.Key) -> None:
        """Takes letters; any other key ends it."""
        event.stop()
        event.prevent_default()
        if event.key == "escape" or event.character is None:
            self.dismiss(None)
            return
        self._typed += event.character.lower()
        left = [letters for letters in self._places if letters.startswith(self._typed)]
        if not left or left == [self._typed]:
            self.dismiss(self._places.get(self._typed))
            return
        for label in self.query(".jump-label"):
            label.set_class(label.name not in left, "-out")

    def on_click(self, event: events.Click) -> None:
        """A click goes to the place under it."""
        event.stop()
        at = event.screen_offset
        found = [place for place in self._places.values() if place.region.contains_point(at)]
        self.dismiss(min(found, key=lambda place: place.region.area) if found else None)
