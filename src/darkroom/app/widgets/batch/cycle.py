"""A few choices on one line: space or the arrow keys go on to the next."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

from textual.binding import Binding
from textual.message import Message

from darkroom.app.widgets.lines import Line, Piece
from darkroom.app.widgets.textlines import TextLines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events
    from textual.binding import BindingType

T = TypeVar("T")


class Cycle(TextLines, Generic[T], can_focus=True):
    """Shows all choices side by side, the chosen one in bold."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space,right,l", "step(1)", "next", tooltip="The next choice"),
        Binding("left,h", "step(-1)", "back", show=False, tooltip="The choice before"),
    ]

    class Changed(Message):
        """Another one was chosen."""

    def __init__(self, choices: Sequence[tuple[T, str]], value: T, *, id: str, help: str = "") -> None:
        """Choices with their words; `value` is chosen at first."""
        super().__init__(id=id, classes="cycle")
        self._choices = tuple(choices)
        self._at = next((n for n, (choice, _) in enumerate(choices) if choice == value), 0)
        self.help_text = help

    @property
    def value(self) -> T:
        """What is chosen."""
        return self._choices[self._at][0]

    def lines(self, columns: int) -> tuple[Line, ...]:
        """All of them; those that have no room are left out, never the chosen one."""
        del columns
        pieces: list[Piece] = []
        for place, (_, word) in enumerate(self._choices):
            chosen = place == self._at
            mark = "● " if chosen else "○ "
            tone = ("accent" if self.has_focus else "strong") if chosen else "quiet"
            pieces += [Piece(mark, tone if chosen else "faint"), Piece(f"{word}   ", tone)]
        return (tuple(pieces),)

    def action_step(self, by: int) -> None:
        """Chooses the next one, or the one before."""
        self._choose((self._at + by) % len(self._choices))

    def on_click(self, event: events.Click) -> None:
        """Chooses what was clicked."""
        event.stop()
        at = 0
        for place, (_, word) in enumerate(self._choices):
            at += len(word) + 5
            if event.x < at:
                self._choose(place)
                return

    def _choose(self, place: int) -> None:
        if place != self._at:
            self._at = place
            self.refresh()
            self.post_message(self.Changed())

    def on_focus(self) -> None:
        """The chosen one is seen better."""
        self.refresh()

    def on_blur(self) -> None:
        """Likewise."""
        self.refresh()
