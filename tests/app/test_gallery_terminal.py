"""The contact sheet in a scripted terminal: each picture in its place, and none left behind."""

from __future__ import annotations

import asyncio
import io
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from darkroom.domain.profile import Profile
from tests.app import seeding
from tests.app.shell import NOWHERE, opened_core
from tests.terminal.scripted import ScriptedTerminal
from tests.terminal.showing import Place, assert_clean, error, until_shown, way

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

COUNT = 60
SIZE = (100, 30)
GRID_LINES = 25
"""Lines of the grid: all but the title, two lines of words below a rule, and the keys."""

PICTURE, CELL, COLUMNS = (16, 8), (18, 9), 5
"""What a picture and its cell take in a window of that width, and how many stand side by side."""

SIDE_PX = 512
each_way = pytest.mark.parametrize("drawn", ["kitty", "sixel", "half"])


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home")

    async def fill() -> None:
        async with opened_core(folder, profiles=[Profile("box", url=f"http://{NOWHERE}")]) as core:
            rows = tuple(seeding.Row(width=SIDE_PX, height=SIDE_PX) for _ in range(COUNT))
            await seeding.fill(core, rows=rows, profile="box")

    asyncio.run(fill())
    return folder


@contextmanager
def sheet(home: Path, drawn: str) -> Iterator[ScriptedTerminal]:
    """Opens it, and leaves the program from there by its key."""
    with ScriptedTerminal(
        [sys.executable, "-m", "darkroom"],
        profile={"half": "plain"}.get(drawn, drawn),
        size=SIZE,
        environ={"DARKROOM_HOME": str(home)},
        from_shell=True,
    ) as terminal:
        terminal.until(lambda: "harbour studies" in terminal.text())
        terminal.press("alt+6")
        terminal.until(lambda: f"{COUNT} pictures" in terminal.text())
        yield terminal
        terminal.press("f10")
        terminal.ends()
        assert_clean(terminal)


def picture(position: int) -> Image.Image:
    """What stands there, the newest first."""
    number = COUNT - 1 - position
    with Image.open(io.BytesIO(seeding.picture(number * 7, SIDE_PX, SIDE_PX))) as image:
        return image.convert("RGB")


def place(position: int, scrolled: int = 0) -> Place:
    """Where that is on the screen."""
    row, column = divmod(position, COLUMNS)
    return Place(column * CELL[0] + 1, 1 + row * CELL[1] - scrolled, *PICTURE)


def until_all_shown(terminal: ScriptedTerminal, positions: range, drawn: str, scrolled: int = 0) -> None:
    for position in positions:
        where = place(position, scrolled)
        until_shown(terminal, picture(position), drawn, lambda _: where)  # noqa: B023 (it is called at once)


@each_way
def test_each_picture_is_in_its_place_also_after_scrolling(home: Path, drawn: str) -> None:
    with sheet(home, drawn) as terminal:
        whole_rows = GRID_LINES // CELL[1]
        until_all_shown(terminal, range(whole_rows * COLUMNS), drawn)
        wrong = place(0)
        assert error(terminal, picture(1), wrong) > error(terminal, picture(0), wrong) + 1

        terminal.press("end")
        rows = -(-COUNT // COLUMNS)
        scrolled = rows * CELL[1] - GRID_LINES
        first = (rows - whole_rows) * COLUMNS
        until_all_shown(terminal, range(first, COUNT), drawn, scrolled)

        terminal.press("home")
        until_all_shown(terminal, range(whole_rows * COLUMNS), drawn)


@pytest.mark.parametrize("drawn", ["kitty", "sixel"])
def test_under_letters_they_are_half_blocks_and_then_themselves_again(home: Path, drawn: str) -> None:
    with sheet(home, drawn) as terminal:
        until_all_shown(terminal, range(COLUMNS), drawn)
        terminal.press("t")
        terminal.until(lambda: "Type the letters of a place" in terminal.text())
        terminal.until(lambda: way(terminal, place(1)) in ("half", ""), "its first line is no half blocks")
        terminal.press("escape")
        until_all_shown(terminal, range(COLUMNS), drawn)
        terminal.press("right")
        until_all_shown(terminal, range(COLUMNS), drawn)


def test_the_terminal_keeps_only_what_is_near_and_nothing_after_leaving(home: Path) -> None:
    with sheet(home, "kitty") as terminal:
        until_all_shown(terminal, range(COLUMNS), "kitty")
        terminal.rest()
        pictures = terminal.screen.pictures
        in_sight = -(-GRID_LINES // CELL[1]) * COLUMNS
        assert in_sight < len(pictures.kept) <= 2 * in_sight + COLUMNS
        sent = len(pictures.sent)
        terminal.press("down", "up")
        terminal.rest()
        assert len(pictures.sent) == sent, "what is there is not sent again"
        terminal.press("+")
        terminal.until(lambda: len(pictures.sent) > sent)
        terminal.rest()
        assert all(kept.cells != PICTURE for kept in pictures.kept.values()), "another size is of no use"
        terminal.press("escape")
        terminal.until(lambda: len(pictures.kept) <= 1, "those of the sheet are deleted")


def test_a_step_of_scrolling_costs_little(home: Path) -> None:
    with sheet(home, "kitty") as terminal:
        until_all_shown(terminal, range(COLUMNS), "kitty")
        terminal.press("down", "down")
        terminal.rest()
        sent = len(terminal.screen.pictures.sent)
        terminal.press("down")
        terminal.rest()
        text = len(terminal.new.encode())
        grown = terminal.screen.pictures.sent[sent:]
        assert len(grown) <= 2 * COLUMNS, "a row came near"
        pieces = sum(len(terminal.screen.pictures.kept[number].data) for number in grown)
        assert text - pieces < 25_000
