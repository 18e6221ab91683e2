"""The small program in a scripted terminal, and whether what is seen there is the picture."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from PIL import Image

from darkroom.terminal.cells import fit
from tests.terminal import decoders
from tests.terminal.scripted import ScriptedTerminal
from tests.terminal.scripted.placeholders import PLACEHOLDER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SIDE, FOOT = 20, 3
"""Cells to the left of the program's picture, and lines below it."""

CLOSE = 1.6
"""Mean difference of a colour channel, in half cells: a shift by one cell to a side makes it 2 at least."""

SETTINGS = {"kitty": "kitty", "sixel": "sixel", "half": "plain"}
"""Ways to draw, each with a terminal that shows it without being told."""


class Place(NamedTuple):
    """Cells of the screen."""

    left: int
    top: int
    columns: int
    lines: int

    def moved(self, lines: int) -> Place:
        """So many lines further up, cut off at the top of the screen."""
        return Place(self.left, 0, self.columns, self.lines - lines)


def place(terminal: ScriptedTerminal) -> Place:
    """Where the program's picture, a square one, has to be."""
    grid = terminal.screen.main
    box = fit((480, 480), grid.columns - SIDE, grid.lines - FOOT, terminal.screen.cell_px)
    return Place(SIDE + box.left, box.top, box.columns, box.lines)


def flipped() -> Image.Image:
    """The other picture."""
    return decoders.harbour().transpose(Image.Transpose.FLIP_LEFT_RIGHT)


def half_cells(image: Image.Image, where: Place) -> Image.Image:
    """As much of a picture as half blocks in so many cells would show."""
    return image.resize((where.columns, where.lines * 2), Image.Resampling.BOX)


def error(terminal: ScriptedTerminal, image: Image.Image, where: Place) -> float:
    """How different that part of the screen is from `image`."""
    seen = terminal.image(*where)
    return decoders.mean_error(half_cells(image, where), half_cells(seen, where))


def way(terminal: ScriptedTerminal, where: Place) -> str:
    """How that part of the screen is drawn, as its first line tells; "" when there is no picture."""
    grid = terminal.screen.grid
    line = slice(where.left, where.left + where.columns)
    if any(grid.pixels[where.top][line]):
        return "sixel"
    text = "".join(cell.text for cell in grid.cells[where.top][line])
    return "kitty" if PLACEHOLDER in text else "half" if "▀" in text else ""


def until_shown(
    terminal: ScriptedTerminal,
    image: Image.Image,
    drawn: str = "",
    where: Callable[[ScriptedTerminal], Place | None] = place,
    *,
    timeout_s: float = 20.0,
) -> float:
    """Lets time pass until the picture is seen; that moment.

    Args:
        terminal: That runs the program.
        image: The whole picture.
        drawn: How it has to be drawn ("kitty", "sixel", "half"); "" for any way.
        where: Tells its place, `None` while it has none; if not given, where the small program has it.
        timeout_s: How long it may take.
    """
    looked = -1

    def is_shown() -> bool:
        nonlocal looked
        if looked == terminal.screen.version or not terminal.screen.is_whole:
            return False
        looked = terminal.screen.version
        at = where(terminal)
        if at is None or (drawn and way(terminal, at) != drawn):
            return False
        return error(terminal, image, at) < CLOSE

    try:
        return terminal.until(is_shown, timeout_s=timeout_s)
    except AssertionError as missing:
        if (at := where(terminal)) is None:
            raise
        off, found = error(terminal, image, at), way(terminal, at)
        raise AssertionError(f"{at} is {off:.1f} off, drawn by {found!r}") from missing


def is_plain(terminal: ScriptedTerminal, where: Place) -> bool:
    """Whether nothing of a picture is seen there: one colour."""
    return all(len(set(channel.tobytes())) == 1 for channel in terminal.image(*where).split())


@contextmanager
def program(profile: str, images: str = "auto", *said: str, **options: Any) -> Iterator[ScriptedTerminal]:
    """Runs the program, and ends it by its key; what it leaves behind is looked at.

    Args:
        profile: Of the terminal.
        images: The setting.
        said: Lines that will stand on the shell's screen in the end.
        options: Of the terminal.
    """
    command = [sys.executable, "-m", "tests.terminal.program", images]
    with ScriptedTerminal(command, profile=profile, from_shell=True, **options) as terminal:
        terminal.until(lambda: "▊" in terminal.text(), "the field is not painted")
        yield terminal
        terminal.press("f9")
        terminal.ends()
        assert_clean(terminal, *said)


def assert_clean(terminal: ScriptedTerminal, *said: str) -> None:
    """The program ended well, every picture was deleted, and the shell has its screen again as it was.

    Args:
        terminal: That ran the program.
        said: Lines between the shell's two prompts.
    """
    screen = terminal.screen
    assert terminal.process.returncode == 0
    assert screen.leftovers() == []
    assert set(screen.pictures.sent) <= set(screen.pictures.deleted)
    assert screen.pictures.faults + screen.faults == []
    seen = [line for line in screen.lines() if line]
    assert seen == ["$ darkroom", *said, "$"], "\n".join(seen)


def field(terminal: ScriptedTerminal) -> str:
    """The text in the program's field."""
    return terminal.screen.grid.text(terminal.screen.grid.lines - 2).strip("│▊▎ \u2588")
