"""One line of text under edit: cursor, selection, and the part of it that fits a width."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from rich.cells import cell_len

_WORD = re.compile(r"\w+|[^\w\s]+")


class Window(NamedTuple):
    """The part of a line that is seen, cut at the cursor and at the selection.

    Attributes:
        before: Text left of the selection, or of the cursor when nothing is selected.
        inside: What is selected; the character under the cursor when nothing is, a space at the end.
        after: The rest.
        selected: Whether `inside` is a selection.
    """

    before: str
    inside: str
    after: str
    selected: bool


@dataclass(slots=True)
class LineBuffer:
    """A line of text, a cursor in it and the other end of a selection.

    Attributes:
        text: The line; it holds no newline.
        cursor: Index of the character the cursor stands on; `len(text)` behind the last.
        anchor: Where the selection began; `None` when nothing is selected.
        scroll: Index of the first character in sight.
    """

    text: str = ""
    cursor: int = 0
    anchor: int | None = None
    scroll: int = 0

    def set(self, text: str) -> None:
        """Replaces everything; the cursor goes to the end."""
        self.text, self.cursor, self.anchor, self.scroll = text, len(text), None, 0

    @property
    def selection(self) -> tuple[int, int]:
        """Start and end of what is selected; both are the cursor when nothing is."""
        other = self.cursor if self.anchor is None else self.anchor
        return min(other, self.cursor), max(other, self.cursor)

    @property
    def selected(self) -> str:
        """The selected text, "" when nothing is."""
        start, end = self.selection
        return self.text[start:end]

    def select_all(self) -> None:
        """Selects the whole line."""
        self.anchor, self.cursor = 0, len(self.text)

    def insert(self, text: str) -> None:
        """Puts `text` in the place of the selection, or at the cursor."""
        start, end = self.selection
        self.text = self.text[:start] + text + self.text[end:]
        self.cursor, self.anchor = start + len(text), None

    def erase(self, to: int) -> None:
        """Removes the selection; without one, what is between the cursor and the index `to`."""
        if not self.selected:
            self.anchor = max(0, min(to, len(self.text)))
        self.insert("")

    def move(self, to: int, *, select: bool = False) -> None:
        """Puts the cursor at the index `to`, stretching the selection when `select` is set."""
        if not select:
            self.anchor = None
        elif self.anchor is None:
            self.anchor = self.cursor
        self.cursor = max(0, min(to, len(self.text)))

    def word_left(self) -> int:
        """Index where the word before the cursor starts; 0 when there is none."""
        starts = [match.start() for match in _WORD.finditer(self.text, 0, self.cursor)]
        return starts[-1] if starts else 0

    def word_right(self) -> int:
        """Index behind the word at or after the cursor; the end when there is none."""
        match = _WORD.search(self.text, self.cursor)
        return match.end() if match else len(self.text)

    def window(self, columns: int) -> Window:
        """The part that fits `columns` cells, scrolled as little as keeps the cursor in sight."""
        self._scroll_to_cursor(columns)
        end = self.scroll
        # Measured as a whole: a variation selector widens the character before it.
        while end < len(self.text) and cell_len(self.text[self.scroll : end + 1]) <= columns:
            end += 1
        start, stop = self.selection
        selected = start != stop
        start, stop = max(start, self.scroll), min(stop if selected else start + 1, end)
        inside = self.text[start:stop]
        return Window(self.text[self.scroll : start], inside or " ", self.text[stop:end], selected)

    def _scroll_to_cursor(self, columns: int) -> None:
        under = self.text[self.cursor : self.cursor + 1] or " "
        first = self.cursor
        while first and cell_len(self.text[first - 1 : self.cursor] + under) <= columns:
            first -= 1
        self.scroll = min(max(self.scroll, first), self.cursor)

    def index_at(self, column: int) -> int:
        """Index of the character `column` cells right of the first one in sight."""
        index = self.scroll
        while index < len(self.text) and (column := column - cell_len(self.text[index])) >= 0:
            index += 1
        return index
