"""The picture widget's line to the terminal: sequences that are no text, and what the terminal keeps."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from rich.color import ColorSystem
from rich.console import COLOR_SYSTEMS

from darkroom.terminal import kitty, sixel
from darkroom.terminal.cells import DEFAULT_CELL, cell_size
from darkroom.terminal.protocol import Protocol

if TYPE_CHECKING:
    from darkroom.app.widgets.picture.canvas import Canvas

LINGER_S = 0.1
"""How long kitty keeps the picture before: deleted at once, the screen blinks between the two."""

_IDS = kitty.Ids()
"""Numbers of pictures are the terminal's, and this process has one terminal."""


class Terminal:
    """Writes in the order of Textual's own output, and forgets no picture in the terminal."""

    def __init__(self, owner: Canvas) -> None:
        self._owner = owner
        self._kept: set[int] = set()
        self.suspended = False

    def write(self, sequence: str) -> None:
        """Hands `sequence` to Textual's writer thread as one item, so that nothing gets in between."""
        driver = self._owner.app._driver
        if driver is not None and not self.suspended:
            driver.write(sequence)
            driver.flush()

    def draw_at(self, sequence: str, column: int, line: int) -> None:
        """Paints a sixel with its corner at a cell of the screen."""
        self.write(sixel.at(sequence, column, line))

    def take(self) -> int:
        """A number for a kitty picture that will be sent."""
        number = _IDS.take()
        self._kept.add(number)
        return number

    def give_back(self, number: int) -> None:
        """Returns a number whose picture was never sent; 0 is none."""
        if number in self._kept:
            self._kept.discard(number)
            _IDS.give_back(number)

    def delete_soon(self, number: int) -> None:
        """Deletes a picture when its successor is on the screen."""
        self._owner.set_timer(LINGER_S, lambda: self._delete(number))

    def delete_all(self) -> None:
        """Deletes everything this widget has sent."""
        for number in tuple(self._kept):
            self._delete(number)

    def suspend(self) -> None:
        """Deletes everything and is silent until `suspended` is false again: the screen is another's."""
        self.delete_all()
        self.suspended = True

    def _delete(self, number: int) -> None:
        if number in self._kept:
            self.write(kitty.delete(number, tmux=self._owner.choice.tmux))
            self.give_back(number)

    def cell_px(self) -> tuple[int, int]:
        """Size of a cell in pixels, asked anew each time: a window may move to another display."""
        return self._known_cell() or DEFAULT_CELL

    def colours(self) -> ColorSystem:
        """What Textual writes colours as."""
        return COLOR_SYSTEMS.get(self._owner.app.console.color_system or "", ColorSystem.TRUECOLOR)

    def possible(self, wanted: Protocol) -> Protocol:
        """`wanted`, or half blocks where it could only show something wrong.

        Placeholders need their colour unchanged, so 256 colours at least; sixels need the size of a cell.
        """
        app = self._owner.app
        if wanted is Protocol.KITTY:
            unchanged = not app.no_color and app.console.color_system in ("256", "truecolor")
            return wanted if unchanged or app.is_headless else Protocol.HALF
        if wanted is Protocol.SIXEL:
            return wanted if self._known_cell() or app.is_headless else Protocol.HALF
        return wanted

    def _known_cell(self) -> tuple[int, int] | None:
        if self._owner.app.is_headless:
            return None
        for stream in (sys.__stderr__, sys.__stdin__, sys.__stdout__):
            if stream is not None and (size := cell_size(stream.fileno())):
                return size
        return None
