"""Who looks elsewhere is told what became of the work; who is there sees it."""

from __future__ import annotations

import sys
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from textual import events

from darkroom.domain.generation import Status
from darkroom.domain.profile import Profile
from tests.app.shell import opened_core, shown
from tests.servers.comfyui import comfyui_server

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.app.shell import Shell


@asynccontextmanager
async def with_command(tmp_path: Path, command: str, when: str = "away") -> AsyncIterator[Shell]:
    """The program with a fast server, and a command that tells."""
    home = tmp_path / "home"
    (home / "config").mkdir(parents=True)
    settings = f"notify_command = '''{command}'''\nnotify_command_when = '{when}'\n"
    (home / "config" / "config.toml").write_text(settings)
    async with comfyui_server(tmp_path, speed=0) as server:
        profile = Profile("box", url=server.url, defaults={"width": 64, "height": 64, "steps": 2})
        async with opened_core(home, profiles=[profile]) as core, shown(core) as shell:
            await shell.until(lambda: shell.main.desk.state.known, "the server's lists")
            yield shell


def appends_to(file: Path) -> str:
    """A command that adds the title and the picture of each notice to a file."""
    said = "'{DARKROOM_TITLE} {DARKROOM_PICTURE}\\n'.format(**os.environ)"
    return f"""{sys.executable} -c "import os; open('{file}', 'a').write({said})" """


def lines(file: Path) -> list[str]:
    return file.read_text().splitlines() if file.exists() else []


async def ended(shell: Shell, count: int) -> None:
    """Waits until so many pictures are there."""

    def all_complete() -> bool:
        rows = [shell.main.history.list.window.row(index) for index in range(count)]
        return all(row is not None and row.status is Status.COMPLETE for row in rows)

    await shell.until(all_complete, f"{count} pictures")


async def test_a_command_tells_who_looked_away_and_not_who_is_there(tmp_path: Path) -> None:
    told = tmp_path / "told"
    async with with_command(tmp_path, appends_to(told)) as shell:
        await shell.press(*"one", "ctrl+g")
        await ended(shell, 1)
        shell.app.post_message(events.AppBlur())
        row = shell.main.history.list.window.row(0)
        assert row is not None
        await shell.core.generations.rerun(row.id)
        await ended(shell, 2)
        await shell.until(lambda: len(lines(told)) == 1, "the notice")
        (line,) = lines(told)
        title, _, picture = line.rpartition(" ")
        # A second that comes within a second of the first is told with it.
        assert title in ("Picture ready", "Queue empty")
        assert Path(picture).is_relative_to(tmp_path / "home")


async def test_a_command_that_cannot_be_run_is_told_on_the_screen(tmp_path: Path) -> None:
    async with with_command(tmp_path, "/nowhere/to/be/found", "always") as shell:
        await shell.press(*"one", "ctrl+g")
        await shell.sees("The notify_command cannot be run")
