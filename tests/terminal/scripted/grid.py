"""The cells of a screen: text, two colours each, and what was painted over them in pixels."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from rich.cells import get_character_cell_size

if TYPE_CHECKING:
    from tests.terminal.scripted.sixels import Part

DEFAULT = -1
"""The colour of a terminal that was told none. Others: 0 to 255 of the palette, or `RGB | 0xRRGGBB`."""

RGB = 1 << 24


class Cell(NamedTuple):
    """A character with what combines with it, and its colours."""

    text: str = " "
    fore: int = DEFAULT
    back: int = DEFAULT


@dataclass
class Grid:
    """Cells in lines, top first, and a cursor.

    Attributes:
        columns: Cells across.
        lines: Cells down.
        line: Of the cursor, 0-based.
        column: Of the cursor; `columns` when the next character goes to the next line.
        wraps: Whether it does (DECAWM).
        fore: Colour of the next text.
        back: Likewise, of its background.
        reverse: Whether the two are exchanged.
        latest: The character that was written last, without what combined with it (REP repeats it).
    """

    columns: int
    lines: int
    line: int = 0
    column: int = 0
    wraps: bool = True
    fore: int = DEFAULT
    back: int = DEFAULT
    reverse: bool = False
    latest: str = ""
    cells: list[list[Cell]] = field(default_factory=list)
    pixels: list[list[tuple[Part, ...]]] = field(default_factory=list)
    _saved: tuple[int, int, int, int, bool] = (0, 0, DEFAULT, DEFAULT, False)

    def __post_init__(self) -> None:
        self.resize(self.columns, self.lines)

    def resize(self, columns: int, lines: int) -> None:
        """Another size; what still fits stays."""
        self.columns, self.lines = columns, lines
        self.cells = [line[:columns] + [Cell()] * (columns - len(line)) for line in self.cells[:lines]]
        self.pixels = [line[:columns] + [()] * (columns - len(line)) for line in self.pixels[:lines]]
        while len(self.cells) < lines:
            self._append()
        self.go(self.line, self.column)

    def _append(self) -> None:
        self.cells.append([Cell()] * self.columns)
        self.pixels.append([()] * self.columns)

    def go(self, line: int, column: int) -> None:
        """Moves the cursor, within the screen."""
        self.line = min(max(line, 0), self.lines - 1)
        self.column = min(max(column, 0), self.columns - 1)

    def save(self) -> None:
        """Remembers cursor and colours (DECSC)."""
        self._saved = self.line, self.column, self.fore, self.back, self.reverse

    def restore(self) -> None:
        """Takes them back (DECRC)."""
        self.line, self.column, self.fore, self.back, self.reverse = self._saved

    def new_line(self) -> None:
        """Down; at the foot all is pushed up."""
        if self.line < self.lines - 1:
            self.line += 1
            return
        del self.cells[0], self.pixels[0]
        self._append()

    def write(self, text: str) -> None:
        """Puts text where the cursor is; it erases what was painted there."""
        for character in text:
            if unicodedata.combining(character) or character in "\u200d\ufe0f":
                self._combine(character)
                continue
            self.latest = character
            width = 1 if character.isascii() else max(1, get_character_cell_size(character))
            if self.column + width > self.columns:
                if self.wraps:
                    self.column = 0
                    self.new_line()
                else:
                    self.column = self.columns - width
            self._put(character)
            for _ in range(width - 1):
                self._put("")

    def _put(self, character: str) -> None:
        fore, back = (self.back, self.fore) if self.reverse else (self.fore, self.back)
        self.cells[self.line][self.column] = Cell(character, fore, back)
        self.pixels[self.line][self.column] = ()
        self.column += 1

    def _combine(self, character: str) -> None:
        line = self.cells[self.line]
        at = max(0, self.column - 1)
        line[at] = line[at]._replace(text=line[at].text + character)

    def erase(self, line: int, start: int, end: int) -> None:
        """Blanks cells of a line in the colour of the background."""
        blank = Cell(" ", DEFAULT, self.back)
        for column in range(max(0, start), min(end, self.columns)):
            self.cells[line][column] = blank
            self.pixels[line][column] = ()

    def text(self, line: int) -> str:
        """The characters of a line."""
        return "".join(cell.text for cell in self.cells[line])
