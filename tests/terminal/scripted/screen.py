"""What a terminal has after reading a stream: two screens of cells, pictures, modes."""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING

from tests.terminal.scripted import controls, sixels
from tests.terminal.scripted.answers import answer
from tests.terminal.scripted.grid import DEFAULT, Grid
from tests.terminal.scripted.pictures import Pictures
from tests.terminal.scripted.tokens import Control, Csi, Escape, String, Text, Tokens

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.terminal.scripted.profiles import Profile
    from tests.terminal.scripted.tokens import Token

SYNCHRONIZED, ALTERNATE, CURSOR, WRAPS = 2026, 1049, 25, 7

LEFT_ON = {1000, 1002, 1003, 1004, 1006, 1015, 1016, 1049, 2004, 2026, 2031, 2048}
"""Modes that a shell does not expect to be on."""


class Screen:
    """Reads what a program writes. It knows nothing of time."""

    def __init__(self, profile: Profile, columns: int, lines: int, cell_px: tuple[int, int]) -> None:
        """An empty screen.

        Args:
            profile: Which terminal is played.
            columns: Cells across.
            lines: Cells down.
            cell_px: Width and height of a cell.
        """
        self.profile = profile
        self.cell_px = cell_px
        self.main, self.alternate = Grid(columns, lines), Grid(columns, lines)
        self.modes: dict[int, bool] = {CURSOR: True, WRAPS: True}
        self.keyboard = 0
        """Depth of the stack of kitty's keyboard protocol."""
        self.pictures = Pictures()
        self.sixels: list[sixels.Sixel] = []
        """All that were painted, in order."""
        self.queries: list[str] = []
        self.faults: list[str] = []
        """What a real terminal would stumble over, beside the faults of `pictures`."""
        self.version = 0
        """Grows with all that can be seen."""
        self.heard: Callable[[str], object] = lambda _: None
        """Is given each answer as its question is read."""
        self._text = codecs.getincrementaldecoder("utf-8")("replace")
        self._tokens = Tokens()

    @property
    def grid(self) -> Grid:
        """The screen that is seen."""
        return self.alternate if self.modes.get(ALTERNATE) else self.main

    @property
    def is_whole(self) -> bool:
        """Whether nothing is half read or held back until it is complete (synchronized output)."""
        return self._tokens.is_between and not self.modes.get(SYNCHRONIZED)

    def resize(self, columns: int, lines: int, cell_px: tuple[int, int]) -> None:
        """Another size of window or font."""
        self.cell_px = cell_px
        self.main.resize(columns, lines)
        self.alternate.resize(columns, lines)

    def feed(self, data: bytes) -> None:
        """Reads what was written."""
        for token in self._tokens.feed(self._text.decode(data)):
            self._read(token)

    def lines(self) -> list[str]:
        """The text that is seen, line by line, without blanks at the ends."""
        return [self.grid.text(line).rstrip() for line in range(self.grid.lines)]

    def leftovers(self) -> list[str]:
        """What a program that has ended left behind, in words; empty when the terminal is clean."""
        found = [f"mode {mode} is on" for mode in sorted(LEFT_ON) if self.modes.get(mode)]
        found += [f"mode {mode} is off" for mode in (WRAPS, CURSOR) if not self.modes.get(mode)]
        found += [f"kitty's keyboard protocol is on, {self.keyboard} deep"] * bool(self.keyboard)
        found += [f"picture {number} is kept" for number in self.pictures.kept]
        found += ["a picture is half sent"] * self.pictures.is_loading
        grid = self.main
        coloured = (grid.fore, grid.back, grid.reverse) != (DEFAULT, DEFAULT, False)
        found += ["text is coloured"] * coloured
        return found

    def _read(self, token: Token) -> None:
        if isinstance(token, Text):
            self.grid.write(token.text)
            self.version += 1
        elif isinstance(token, Csi):
            self._csi(token)
        elif isinstance(token, String):
            self._string(token)
        elif isinstance(token, Control):
            controls.character(self.grid, token.character)
        elif token.code == "7":
            self.grid.save()
        elif token.code == "8":
            self.grid.restore()
        self._answer(token)

    def _answer(self, token: Token) -> None:
        if isinstance(token, Csi | Escape) and (reply := answer(self, token)) is not None:
            self.queries.append(f"{token}")
            if reply:
                self.heard(reply)

    def _csi(self, token: Csi) -> None:
        if token.mark == "?" and token.final in "hl" and not token.middle:
            self._set_modes(token.numbers(), on=token.final == "h")
        elif token.mark in ("<", ">") and token.final == "u":
            self.keyboard = max(0, self.keyboard + (1 if token.mark == ">" else -max(1, token.numbers()[0])))
        elif not token.mark and not token.middle:
            controls.sequence(self.grid, token)
            self.version += token.final in "JKX"

    def _set_modes(self, numbers: list[int], *, on: bool) -> None:
        for number in numbers:
            changed = self.modes.get(number, False) != on
            self.modes[number] = on
            if number == WRAPS:
                self.main.wraps = self.alternate.wraps = on
            if number == ALTERNATE and changed:
                self.version += 1
                if on:
                    size = self.main.columns, self.main.lines
                    self.alternate = Grid(*size, wraps=self.modes[WRAPS])

    def _string(self, token: String) -> None:
        if not token.whole:
            self.faults.append(f"a string of {len(token.body)} characters was cut: {token.body[:40]!r}")
            return
        if token.kind == "_" and token.body.startswith("G"):
            self._graphics(token.body[1:])
        elif token.kind == "P" and sixels.is_sixel(token.body):
            self._sixel(token.body)

    def _graphics(self, body: str) -> None:
        if not self.profile.graphics:
            self.faults.append(
                "a command of kitty's that this terminal does not know"
            ) if "a=q" not in body else None
            return
        reply = self.pictures.command(body)
        self.version += 1
        if "a=q" in body:
            self.queries.append(f"_G{body}")
        if reply and not self.profile.mute:
            self.heard(reply)

    def _sixel(self, body: str) -> None:
        if not self.profile.sixel:
            self.faults.append("a sixel, which this terminal does not draw")
            return
        sixel = sixels.Sixel(body, self.profile.selects)
        self.sixels.append(sixel)
        self.version += 1
        if not sixels.draw(self.grid, sixel, self.cell_px):
            self.faults.append(f"a sixel of {sixel.size} reaches beyond the edge of the screen")
