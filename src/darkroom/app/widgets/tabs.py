"""The row of pane names on a narrow screen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message

from darkroom.app.widgets.lines import Line, Piece, width
from darkroom.app.widgets.textlines import TextLines

if TYPE_CHECKING:
    from textual import events

NAMES = {"sessions": "sessions", "form": "form", "preview": "picture", "history": "history", "queue": "queue"}
"""What each pane is called; the queue is a screen of its own."""


class PaneTabs(TextLines):
    """“1 sessions  2 form  3 picture  4 history  5 queue”; a click goes there."""

    @dataclass
    class Picked(Message):
        """A tab was clicked."""

        index: int

    def __init__(self, *, id: str = "tabs") -> None:
        super().__init__(id=id)
        self._shown = "form"

    def show(self, pane: str) -> None:
        """Marks a pane as the one that is shown."""
        self._shown = pane
        self.refresh()

    def _tabs(self, columns: int) -> list[Line]:
        roomy = columns >= 46
        tabs: list[Line] = []
        for number, (pane, name) in enumerate(NAMES.items(), 1):
            shown = pane == self._shown
            label = name if roomy or shown else name[:4]
            tabs.append(
                (
                    Piece(f" {number} ", "accent" if shown else "faint"),
                    Piece(f"{label} ", "strong" if shown else "quiet"),
                )
            )
        return tabs

    def lines(self, columns: int) -> tuple[Line, ...]:
        """The line."""
        return (tuple(piece for tab in self._tabs(columns) for piece in tab),)

    def on_click(self, event: events.Click) -> None:
        """Tells which tab was clicked."""
        at = 0
        for index, tab in enumerate(self._tabs(self.size.width)):
            at += width(tab)
            if event.x < at:
                self.post_message(self.Picked(index))
                return
