"""The list of choices: thousands of them, filtered at every key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from darkroom.app.widgets.linelist import LineList
from darkroom.app.widgets.lines import Piece, fit
from darkroom.domain.fuzzy import Names
from darkroom.domain.text import printable

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from textual import events

    from darkroom.app.widgets.lines import Line
    from darkroom.domain.parameters import Value

MOST_LETTERS = 260
"""Letters of a name that are shown and searched: file names are no longer, hostile ones may be."""

MOST_FOUND = 500
"""Matches shown at most: nobody reads on, and sorting thousands at every key would be felt."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to choose.

    Attributes:
        value: What is chosen.
        label: How it is shown and found; foreign text.
        note: Shown quietly behind it.
        quiet: Shown as less than the others ("none").
    """

    value: Value
    label: str
    note: str = ""
    quiet: bool = False


class ChoiceList(LineList, can_focus=False):
    """Shows the choices that match what was typed, the best first."""

    def __init__(self, choices: Sequence[Choice], current: Value) -> None:
        super().__init__()
        self._choices = choices
        self._current = current
        self._shown: Sequence[int] = range(len(choices))
        self._letters: dict[int, tuple[int, ...]] = {}
        self._names: Names | None = None

    def on_mount(self) -> None:
        """Begins at the current choice."""
        self.set_length(len(self._choices))
        self.call_after_refresh(self._to_current)

    def _to_current(self) -> None:
        values = (choice.value for choice in self._choices)
        self.cursor = next((n for n, value in enumerate(values) if value == self._current), 0)

    def filter(self, query: str) -> None:
        """Shows what matches `query`, all of it in its own order when there is none."""
        if not query.strip():
            self._shown, self._letters = range(len(self._choices)), {}
            self.set_length(len(self._shown))
            self._to_current()
            return
        if self._names is None:
            self._names = Names([_shown(choice) for choice in self._choices])
        found = self._names.search(query, MOST_FOUND)
        self._shown = [match.order for match in found]
        self._letters = {match.order: match.positions for match in found}
        self.set_length(len(found))
        self.cursor = 0

    def picked(self) -> Choice | None:
        """The choice under the cursor, or `None` when nothing matches."""
        return self._choices[self._shown[self.cursor]] if self._shown else None

    def item_lines(self, index: int, columns: int) -> tuple[Line]:
        """A choice on its line; the current one has a mark."""
        choice = self._choices[self._shown[index]]
        current = choice.value == self._current
        mark = Piece("● " if current else "  ", "accent")
        tone = "quiet" if choice.quiet else "strong" if current else "text"
        note = [Piece(printable(choice.note) + " ", "quiet")] if choice.note else []
        letters = self._letters.get(self._shown[index], ())
        return (fit([mark, *marked(_shown(choice), letters, tone)], note, columns),)

    def on_click(self, event: events.Click) -> None:
        """A click chooses."""
        event.stop()
        event.prevent_default()
        index = event.y + self.scroll_offset.y
        if index < self.length:
            self.cursor = index
            self.choose()


def _shown(choice: Choice) -> str:
    return printable(choice.label[:MOST_LETTERS])


def marked(text: str, letters: Collection[int], tone: str) -> list[Piece]:
    """`text` with the letters at these places in the accent."""
    pieces: list[Piece] = []
    for place, char in enumerate(text):
        own = "accent" if place in letters else tone
        if pieces and pieces[-1].tone == own:
            pieces[-1] = Piece(pieces[-1].text + char, own)
        else:
            pieces.append(Piece(char, own))
    return pieces
