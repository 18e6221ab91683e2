"""When the person's command is run, and what it is given. It is a real one; the clock is driven by hand."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from typing import TYPE_CHECKING

import pytest

from darkroom.config.settings import Settings
from darkroom.domain.generation import Output, OutputKind, Status
from darkroom.services.notices import EVERY_S, LOOK_EVERY_S
from darkroom.services.updates import StoreChanged
from tests.services.notice_material import Desk, done, summary

if TYPE_CHECKING:
    from pathlib import Path


def writes_to(file: Path) -> str:
    """A command that appends its input to a file."""
    code = f"import sys; open({str(file)!r}, 'a').write(sys.stdin.read())"
    return f'"{sys.executable}" -c "{code}"'


async def until(desk: Desk, file: Path, lines: int) -> list[str]:
    """The lines of `file` as soon as it has so many."""
    end = time.monotonic() + 20
    while len(found := read(file)) < lines:
        assert time.monotonic() < end, f"never: {lines} lines in {file}, {desk.troubles}"
        await asyncio.sleep(0.01)
    return found


def read(file: Path) -> list[str]:
    """The whole lines that were written so far."""
    return (
        [line for line in file.read_text().splitlines(keepends=True) if line.endswith("\n")]
        if file.exists()
        else []
    )


async def test_the_command_is_given_the_notice_and_the_picture(tmp_path: Path) -> None:
    file = tmp_path / "told"
    desk = Desk(Settings(notify_command=writes_to(file)), terminal=False)
    output = Output(0, "ab" * 32, "x.png", OutputKind.IMAGE, "image/png", 7)
    async with desk.notices:
        desk.end(summary("a", Status.COMPLETE, output=output), waiting=0)
    (line,) = await until(desk, file, 1)
    told = json.loads(line)
    assert (told["event"], told["title"], told["waiting"]) == ("done", "Picture ready", 0)
    assert told["generation"]["id"] == "a"
    assert told["picture"] == str(desk.pictures / ("ab" * 32))
    assert told["away"] is True


async def test_without_a_terminal_the_work_of_others_is_left_to_them(tmp_path: Path) -> None:
    file = tmp_path / "told"
    settings = Settings(notify_command=writes_to(file))
    for terminal in (False, True):
        desk = Desk(settings, terminal=terminal)
        async with desk.notices:
            for waiting in (4, 0):
                desk.waiting = waiting
                desk.hub.publish(StoreChanged())
                await desk.forward(LOOK_EVERY_S)
        assert len(desk.said) == terminal
    assert not file.exists()


@pytest.mark.parametrize(("when", "runs"), [("away", False), ("always", True)])
async def test_the_command_follows_its_setting(tmp_path: Path, when: str, runs: bool) -> None:
    file = tmp_path / "told"
    settings = Settings(notify_command=writes_to(file), notify_command_when=when)
    desk = Desk(settings, is_away=False)
    async with desk.notices:
        desk.end(done("a"), waiting=0)
    assert file.exists() is runs


async def test_what_is_wrong_with_the_command_is_told_once() -> None:
    desk = Desk(Settings(notify_on="job", notify_command="/nowhere/tell"), terminal=False)
    async with desk.notices:
        for name in "abc":
            desk.end(done(name), waiting=5)
            await desk.forward(EVERY_S)
    assert [error.title for error in desk.troubles] == ["The notify_command cannot be run"]


async def test_a_slow_command_sums_up_what_comes_meanwhile(tmp_path: Path) -> None:
    """One at a time: the second run begins after the first was let go."""
    told, gate = tmp_path / "told", tmp_path / "gate"
    script = tmp_path / "slow.py"
    script.write_text(
        "import os, sys, time\n"
        f"open({str(told)!r}, 'a').write(os.environ['DARKROOM_TITLE'] + '\\n')\n"
        f"while not os.path.exists({str(gate)!r}): time.sleep(0.01)\n"
    )
    command = f'"{sys.executable}" "{script}"'
    desk = Desk(Settings(notify_on="job", notify_command=command), terminal=False)
    async with desk.notices:
        desk.end(done("a"), waiting=9)
        await until(desk, told, 1)
        for name in "bcd":
            desk.end(done(name), waiting=6)
            await desk.forward(EVERY_S)
        assert len(read(told)) == 1
        gate.touch()
        assert await until(desk, told, 2) == ["Picture ready\n", "3 done\n"]
