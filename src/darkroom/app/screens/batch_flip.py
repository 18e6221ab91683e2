"""Two pictures in one place: a key flips between them, and the title says in what they differ."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, NamedTuple

from textual.binding import Binding
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from darkroom.app.widgets.picture import Picture
from darkroom.domain.text import excerpt

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from darkroom.domain.generation import Summary
    from darkroom.services.core import Core


class Side(NamedTuple):
    """One of the two.

    Attributes:
        summary: Its generation, which has a picture.
        coordinates: Name and label on each axis.
    """

    summary: Summary
    coordinates: tuple[tuple[str, str], ...]


class BatchFlipScreen(Screen[None]):
    """Shows one of two pictures, as large as there is room."""

    help_text = "Two pictures of a batch in the same place; what stays the same is quiet in the title."
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space,left,right,h,l,f,tab", "flip", "flip", tooltip="Show the other one"),
        Binding("escape", "dismiss(None)", "back", tooltip="Back to the grid"),
    ]

    def __init__(self, core: Core, sides: tuple[Side, Side]) -> None:
        super().__init__()
        self._core = core
        self._sides = sides
        self.at = 0
        self.picture = Picture()

    def compose(self) -> ComposeResult:
        """What it is, and the picture."""
        yield Static(id="flip-title", markup=False)
        yield self.picture
        yield Static("  space flips · escape goes back", id="flip-keys", markup=False)

    def on_mount(self) -> None:
        """Begins with the one that was marked first."""
        self._show()

    def action_flip(self) -> None:
        """Shows the other one."""
        self.at = 1 - self.at
        self._show()

    def _show(self) -> None:
        side, other = self._sides[self.at], self._sides[1 - self.at]
        parts: list[Content] = []
        for (name, label), (_, beside) in zip(side.coordinates, other.coordinates, strict=True):
            tone = "bold $accent" if label != beside else "$quiet"
            parts.append(Content.assemble((f"{name} ", "$quiet"), (excerpt(label, 60), tone)))
        title = Content.assemble(
            (f"  {'AB'[self.at]}  ", "bold $accent"), (f"#{side.summary.number}  ", "$quiet"), *_apart(parts)
        )
        self.query_one("#flip-title", Static).update(title)
        output = side.summary.first_output
        if output is not None:
            self.picture.show(self._core.store.blobs.path(output.hash), ident=output.hash)


def _apart(parts: list[Content]) -> list[Content]:
    return [part for known in parts for part in (known, Content("   "))]
