"""Controls that move the cursor, erase, and colour text. Source: ECMA-48; xterm, ctlseqs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.terminal.scripted.grid import DEFAULT, RGB

if TYPE_CHECKING:
    from tests.terminal.scripted.grid import Grid
    from tests.terminal.scripted.tokens import Csi


def character(grid: Grid, code: str) -> None:
    """Carries out a control character; those that move nothing are ignored."""
    if code == "\r":
        grid.column = 0
    elif code == "\n":
        grid.new_line()
    elif code == "\b":
        grid.go(grid.line, grid.column - 1)
    elif code == "\t":
        grid.go(grid.line, (grid.column // 8 + 1) * 8)


def sequence(grid: Grid, token: Csi) -> None:
    """Carries out a control sequence without a mark; others than these are ignored."""
    numbers = token.numbers()
    count = max(1, numbers[0])
    if token.final == "m":
        _colours(grid, token.args)
    elif token.final in "Hf":
        grid.go(count - 1, max(1, (*numbers, 1)[1]) - 1)
    elif token.final in "ABCDGd":
        _move(grid, token.final, count)
    elif token.final in "JKX":
        _erase(grid, token.final, numbers[0])
    elif token.final == "b":
        grid.write(grid.latest * count)


def _move(grid: Grid, final: str, count: int) -> None:
    line, column = grid.line, grid.column
    places = {
        "A": (line - count, column),
        "B": (line + count, column),
        "C": (line, column + count),
        "D": (line, column - count),
        "G": (line, count - 1),
        "d": (count - 1, column),
    }
    grid.go(*places[final])


def _erase(grid: Grid, final: str, what: int) -> None:
    if final == "X":
        grid.erase(grid.line, grid.column, grid.column + max(1, what))
        return
    start, end = (0 if what else grid.column), (grid.column + 1 if what == 1 else grid.columns)
    grid.erase(grid.line, start, end)
    if final == "J":
        others = range(grid.line) if what == 1 else range(0 if what else grid.line + 1, grid.lines)
        for line in others:
            grid.erase(line, 0, grid.columns)


def _colours(grid: Grid, args: str) -> None:
    """SGR. Source: ISO 8613-6 for 38 and 48; aixterm for 90 to 107."""
    numbers = iter(int(part or 0) for part in args.replace(":", ";").split(";"))
    for number in numbers:
        if number == 0:
            grid.fore, grid.back, grid.reverse = DEFAULT, DEFAULT, False
        elif number in (7, 27):
            grid.reverse = number == 7
        elif number in (38, 48):
            kind, value = next(numbers, 5), next(numbers, 0)
            if kind == 2:
                value = RGB | value << 16 | next(numbers, 0) << 8 | next(numbers, 0)
            _set(grid, number, value)
        elif number in (39, 49):
            _set(grid, number - 1, DEFAULT)
        elif 30 <= number < 38 or 40 <= number < 48:
            _set(grid, number // 10 * 10 + 8, number % 10)
        elif 90 <= number < 98 or 100 <= number < 108:
            _set(grid, 38 if number < 100 else 48, number % 10 + 8)


def _set(grid: Grid, ground: int, value: int) -> None:
    if ground == 38:
        grid.fore = value
    else:
        grid.back = value
