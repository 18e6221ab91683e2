"""Darkroom itself in a scripted terminal: its pictures, its keys, and the shell afterwards."""

from __future__ import annotations

import asyncio
import io
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from darkroom.domain.profile import Profile
from tests.app import seeding
from tests.app.shell import NOWHERE, opened_core
from tests.terminal.scripted import ScriptedTerminal
from tests.terminal.scripted.placeholders import PLACEHOLDER
from tests.terminal.showing import Place, assert_clean, until_shown

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NEWEST = len(seeding.FULL) - 1
each_way = pytest.mark.parametrize("drawn", ["kitty", "sixel"])


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home")

    async def fill() -> None:
        async with opened_core(folder, profiles=[Profile("box", url=f"http://{NOWHERE}")]) as core:
            await seeding.fill(core, profile="box")

    asyncio.run(fill())
    return folder


@contextmanager
def darkroom(home: Path, profile: str, **options: Any) -> Iterator[ScriptedTerminal]:
    """Runs it, and leaves it by its key."""
    with ScriptedTerminal(
        [sys.executable, "-m", "darkroom"],
        profile=profile,
        size=(150, 40),
        environ={"DARKROOM_HOME": str(home)},
        from_shell=True,
        **options,
    ) as terminal:
        terminal.until(lambda: "harbour studies" in terminal.text())
        yield terminal
        terminal.press("f10")
        terminal.ends()
        assert_clean(terminal)


def seeded(number: int) -> Image.Image:
    """The first picture of a generation of the session."""
    row = seeding.FULL[number]
    with Image.open(io.BytesIO(seeding.picture(number * 7, row.width, row.height))) as image:
        return image.convert("RGB")


def pictured(terminal: ScriptedTerminal) -> Place | None:
    """The cells with a picture that is no half blocks: all of them lie in this place."""
    grid = terminal.screen.grid
    found = [
        (line, column)
        for line, cells in enumerate(grid.cells)
        for column, cell in enumerate(cells)
        if cell.text.startswith(PLACEHOLDER) or grid.pixels[line][column]
    ]
    if not found:
        return None
    lines, columns = {line for line, _ in found}, {column for _, column in found}
    left, top = min(columns), min(lines)
    return Place(left, top, max(columns) - left + 1, max(lines) - top + 1)


def until_pictured(terminal: ScriptedTerminal, number: int, drawn: str) -> None:
    until_shown(terminal, seeded(number), drawn, pictured)


def one_down_in_the_history(terminal: ScriptedTerminal) -> float:
    """Moves on to the generation before the newest; the moment of the key."""
    terminal.press("alt+4")
    terminal.until(lambda: "enter open" in terminal.text(), "the history has no focus")
    return terminal.press("down")


@each_way
def test_what_is_shown_is_the_picture_and_where_it_is_not_there_is_no_ghost(home: Path, drawn: str) -> None:
    with darkroom(home, drawn) as terminal:
        until_pictured(terminal, NEWEST, drawn)

        one_down_in_the_history(terminal)
        until_pictured(terminal, NEWEST - 1, drawn)

        terminal.press("ctrl+l")
        terminal.until(lambda: "History" not in terminal.text(), "the queue's screen")
        terminal.until(lambda: pictured(terminal) is None, "the queue's screen has no picture")
        terminal.press("escape")
        terminal.until(lambda: "History" in terminal.text(), "the main screen")
        until_pictured(terminal, NEWEST - 1, drawn)

        terminal.press("f5")
        terminal.until(lambda: (found := pictured(terminal)) and found.lines > 30, "it is not large")
        until_pictured(terminal, NEWEST - 1, drawn)


@pytest.mark.parametrize("latency_s", [0.3, 1.0])
def test_keys_are_kept_while_the_terminal_is_asked_and_answers_are_no_keys(
    home: Path, latency_s: float
) -> None:
    with darkroom(home, "kitty", latency_s=latency_s) as terminal:
        terminal.until(lambda: "soft light" in terminal.text())
        for key in "quokka ":
            terminal.press(key)
            terminal.pump(0.05 + latency_s / 6)
        until_pictured(terminal, NEWEST, "kitty")
        terminal.rest()
        assert " quokka a quiet harbour" in terminal.text()
        for _ in range(7):
            terminal.press("backspace")
        terminal.until(lambda: "quokka" not in terminal.text())


def test_a_slow_line_by_ssh_shows_keys_at_once_and_the_picture_in_time(home: Path) -> None:
    environ = {"COLORTERM": None, "KITTY_WINDOW_ID": None}
    with ScriptedTerminal(
        [sys.executable, "-m", "darkroom"],
        profile="kitty",
        size=(150, 40),
        environ={"DARKROOM_HOME": str(home), **environ},
        from_shell=True,
        rate=125_000,
        ssh=True,
        latency_s=0.05,
    ) as terminal:
        terminal.until(lambda: "soft light" in terminal.text())
        until_pictured(terminal, NEWEST, "kitty")
        pressed = one_down_in_the_history(terminal)
        until_pictured(terminal, NEWEST - 1, "kitty")
        assert terminal.press("f10") - pressed < 10
        terminal.ends(10)
        assert_clean(terminal)
