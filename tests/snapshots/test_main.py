"""How the main screen looks: empty, in use, busy, in trouble; narrow and wide, dark and light."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual.widgets import TextArea

from darkroom.domain.errors import Unreachable
from darkroom.domain.events import Progress, Stage
from darkroom.domain.generation import Status
from darkroom.services.updates import ConnectionState
from tests.app.seeding import Row, fill, know_catalog
from tests.app.shell import opened_core, shown

if TYPE_CHECKING:
    from pathlib import Path

    from syrupy.assertion import SnapshotAssertion

    from darkroom.services.core import Core
    from tests.app.shell import Shell

SIZES = [(80, 24), (120, 36)]


class Clock:
    """Seconds that pass when the test says so."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


async def picture_of(shell: Shell) -> str:
    for editor in shell.app.screen.query(TextArea):
        editor.cursor_blink = False
    await shell.settle()
    return shell.app.export_screenshot()


def names(size: tuple[int, int]) -> str:
    return f"{size[0]}x{size[1]}"


@pytest.fixture(params=["dark", "light"])
def theme(request: pytest.FixtureRequest) -> str:
    return f"darkroom-{request.param}"


@pytest.mark.parametrize("size", SIZES, ids=names)
async def test_full(tmp_path: Path, theme: str, size: tuple[int, int], screen: SnapshotAssertion) -> None:
    async with opened_core(tmp_path, theme=theme) as core:
        await fill(core)
        async with shown(core, size=size) as shell:
            assert await picture_of(shell) == screen


@pytest.mark.parametrize("pane", ["sessions", "preview", "history"])
async def test_narrow_panes(full: Core, pane: str, screen: SnapshotAssertion) -> None:
    async with shown(full, size=(80, 24)) as shell:
        await shell.press({"sessions": "alt+1", "preview": "alt+3", "history": "alt+4"}[pane])
        assert await picture_of(shell) == screen


async def test_wide(full: Core, screen: SnapshotAssertion) -> None:
    async with shown(full, size=(160, 48)) as shell:
        assert await picture_of(shell) == screen


@pytest.mark.parametrize("size", SIZES, ids=names)
async def test_empty(core: Core, size: tuple[int, int], screen: SnapshotAssertion) -> None:
    await know_catalog(core, "demo")
    session = await core.sessions.last()
    await core.sessions.use(session.id, workflow_id="txt2img", profile="demo")
    async with shown(core, size=size) as shell:
        assert await picture_of(shell) == screen


@pytest.mark.parametrize("size", SIZES, ids=names)
async def test_busy(tmp_path: Path, theme: str, size: tuple[int, int], screen: SnapshotAssertion) -> None:
    clock = Clock()
    rows = (Row(), Row(Status.RUNNING, 0), Row(Status.QUEUED, 0), Row(Status.QUEUED, 0))
    async with opened_core(tmp_path, theme=theme) as core:
        await fill(core, rows=rows)
        async with shown(core, size=size, clock=clock) as shell:
            await shell.press("f6")
            running = shell.main.board.leading()
            assert running is not None
            for step in range(8, 15):
                clock.now += 1 / 3.1
                event = Progress(Stage.SAMPLING, fraction=step / 21, step=step, steps=20)
                shell.main.board.came(running.id, event)
            shell.main.show_progress(running.id)
            await shell.sees("3.1 it/s")
            await shell.sees("ctrl+l")  # the queue was looked at
            assert await picture_of(shell) == screen


@pytest.mark.parametrize("size", SIZES, ids=names)
async def test_error(
    full: Core, size: tuple[int, int], screen: SnapshotAssertion, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def unasked(_profile: str) -> None:
        """Looks at no server: the demo sleeps, which would take the place of the loss."""

    monkeypatch.setattr(full.connections, "_look", unasked)
    async with shown(full, size=size) as shell:
        error = Unreachable("Nothing answers", "127.0.0.1:8188 refused the connection", "Is it running?")
        full.connections.lost("demo", error)
        await shell.until(
            lambda: shell.core.connections.state("demo") == ConnectionState("demo", "down", None, error),
            "down",
        )
        await shell.press("alt+4", "end", *["up"] * 2)
        await shell.sees("ran out of memory")
        assert await picture_of(shell) == screen
