"""How the queue looks: waiting, paused, empty, and on the way out; narrow and wide, dark and light."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pytest

from darkroom.app.leaving import Left
from darkroom.app.screens.queue import QueueScreen
from darkroom.app.screens.quit import QuitScreen
from darkroom.domain.events import Progress, Stage
from darkroom.domain.generation import Status
from darkroom.domain.profile import Profile
from darkroom.domain.queue import Hold, Order, Priority
from darkroom.services.clock import now
from darkroom.services.queue.estimate import Estimate
from tests.app.screen_host import ScreenHost, settle
from tests.app.seeding import Row, fill, snapshot
from tests.app.shell import opened_core, shown

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

    from syrupy.assertion import SnapshotAssertion

    from darkroom.services.core import Core
    from tests.app.shell import Shell

SIZES = [(80, 24), (120, 36), (200, 60)]
JOBS = (
    Order(),
    Order(Priority.URGENT),
    Order(hold=Hold.PAUSED),
    Order(),
    Order(Priority.IDLE),
    *(Order() for _ in range(25)),
)


def names(size: tuple[int, int]) -> str:
    return f"{size[0]}x{size[1]}"


@pytest.fixture(params=["dark", "light"])
def theme(request: pytest.FixtureRequest) -> str:
    return f"darkroom-{request.param}"


async def queued(core: Core) -> None:
    """A run, and thirty jobs behind it, all of them paused."""
    await core.store.queue.pause()
    await core.store.queue.pause(
        "box", reason="#12: The server ran out of memory", hint="Make the next ones smaller; then resume"
    )
    session = await fill(core, rows=(Row(), Row(), Row(Status.RUNNING, 0)))
    for number, order in enumerate(JOBS):
        request = snapshot(number, Row(), "box" if number % 3 else "demo")
        await core.store.queue.add(str(uuid.uuid4()), session.id, request, order=order, created_at=now())


def home(tmp_path: Path, theme: str) -> AbstractAsyncContextManager[Core]:
    return opened_core(tmp_path, theme=theme, profiles=[Profile("box", url="http://127.0.0.1:9")])


async def queue_of(shell: Shell) -> QueueScreen:
    await shell.press("alt+5")
    await shell.until(lambda: isinstance(shell.app.screen, QueueScreen), "the queue")
    screen = shell.app.screen
    assert isinstance(screen, QueueScreen)
    return screen


@pytest.mark.parametrize("size", SIZES, ids=names)
async def test_full(tmp_path: Path, theme: str, size: tuple[int, int], screen: SnapshotAssertion) -> None:
    async with home(tmp_path, theme) as core:
        await queued(core)
        async with shown(core, size=size, clock=lambda: 100.0) as shell:
            await shell.until(lambda: core.connections.state("demo").phase == "asleep", "the demo sleeps")
            running = shell.main.board.leading()
            assert running is not None
            shell.main.board.came(running.id, Progress(Stage.SAMPLING, fraction=0.6, step=12, steps=20))
            queue = await queue_of(shell)
            await shell.until(lambda: queue.jobs.length == 31, "the rows")
            await shell.press("down", "space", "down")
            shell.app.clear_notifications()
            queue.jobs.tick()
            await shell.sees("12/20")
            await shell.sees("1 chosen")
            await shell.pilot.pause()
            assert shell.app.export_screenshot() == screen


@pytest.mark.parametrize("size", SIZES[:1], ids=names)
async def test_empty(full: Core, size: tuple[int, int], screen: SnapshotAssertion) -> None:
    async with shown(full, size=size) as shell:
        await queue_of(shell)
        await shell.sees("Nothing waits")
        assert shell.app.export_screenshot() == screen


@pytest.mark.parametrize("size", SIZES[:2], ids=names)
async def test_leaving(full: Core, size: tuple[int, int], screen: SnapshotAssertion) -> None:
    (row,) = await full.history.page((await full.sessions.last()).id, offset=0, limit=1)
    question = QuitScreen(Left(2, 12, 3, (row,), Estimate(250.0, 4)))
    async with ScreenHost(question).run_test(size=size) as pilot:
        await settle(pilot)
        assert pilot.app.export_screenshot() == screen
