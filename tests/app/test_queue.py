"""The queue screen: a real queue, and at times a real server that is slow."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pytest

from darkroom.app.screens.queue import QueueScreen
from darkroom.domain.generation import Status
from darkroom.domain.profile import Profile
from darkroom.domain.queue import Hold, Order, Priority
from darkroom.domain.workflow import BUILT_IN
from darkroom.services.clock import now
from darkroom.services.queue.queue import BatchPlan
from tests.app.seeding import Row, know_catalog, snapshot
from tests.app.shell import opened_core, shown
from tests.servers.comfyui import comfyui_server

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from darkroom.domain.parameters import Value
    from darkroom.domain.snapshot import Snapshot
    from darkroom.services.core import Core
    from tests.app.shell import Shell
    from tests.servers.comfyui import ComfyServer

NOWHERE = "http://127.0.0.1:9"


@pytest.fixture
async def waiting(tmp_path: Path) -> AsyncIterator[Core]:
    """Five jobs for a server that nobody ever reaches, the whole queue paused."""
    profile = Profile("box", url=NOWHERE)
    async with opened_core(tmp_path / "home", profiles=[profile]) as core:
        await know_catalog(core, "box")
        session = await core.sessions.last()
        await core.sessions.use(session.id, workflow_id="txt2img", profile="box")
        await core.store.queue.pause()
        for number in range(5):
            await wait_for(core, "box", number)
        yield core


async def wait_for(core: Core, profile: str, number: int, order: Order = Order()) -> None:  # noqa: B008
    """Puts a job into the queue; by the store, for the services are the program's once it runs."""
    session = await core.sessions.last()
    await core.store.queue.add(
        str(uuid.uuid4()), session.id, snapshot(number, Row(), profile), order=order, created_at=now()
    )


async def order(core: Core) -> list[int]:
    return [job.summary.number for job in await core.queue.page(limit=100)]


async def comes(shell: Shell, numbers: list[int]) -> None:
    """Waits until the list on the screen shows these jobs in this order, and the queue has it."""
    screen = queue_of(shell)
    await shell.until(
        lambda: [job.summary.number for _, job in screen.jobs.known()] == numbers and not screen.pending,
        f"the order {numbers}",
    )
    assert await order(shell.core) == numbers


def queue_of(shell: Shell) -> QueueScreen:
    screen = shell.app.screen
    assert isinstance(screen, QueueScreen)
    return screen


async def open_queue(shell: Shell, key: str = "ctrl+l") -> QueueScreen:
    await shell.press(key)
    await shell.until(lambda: isinstance(shell.app.screen, QueueScreen), "the queue")
    screen = queue_of(shell)
    await shell.until(lambda: screen.jobs.length > 0, "its rows")
    return screen


@pytest.mark.parametrize("key", ["ctrl+l", "alt+5"])
async def test_the_key_works_while_typing_and_takes_back(waiting: Core, key: str) -> None:
    async with shown(waiting) as shell:
        await shell.press("a")
        await open_queue(shell, key)
        await shell.press(key)
        await shell.until(lambda: shell.app.screen is shell.main, "the panes")
        assert shell.main.form.values()["prompt"] == "a"


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 60)])
async def test_it_says_what_waits_and_why(waiting: Core, size: tuple[int, int]) -> None:
    async with shown(waiting, size=size) as shell:
        await open_queue(shell)
        await shell.sees("Everything is paused")
        await shell.sees("5 waiting")
        for number in range(1, 6):
            await shell.sees(f"#{number}")
        assert "everything is paused" in shell.text()


async def test_keys_move_jobs_and_the_cursor_stays_on_its_job(waiting: Core) -> None:
    async with shown(waiting) as shell:
        screen = await open_queue(shell)
        await shell.press("J", "J", "J")
        await comes(shell, [2, 3, 4, 1, 5])
        assert screen.jobs.cursor == 3
        await shell.press("K")
        await comes(shell, [2, 3, 1, 4, 5])
        await shell.press("less_than_sign")
        await comes(shell, [1, 2, 3, 4, 5])
        await shell.press("home", "greater_than_sign")
        await comes(shell, [2, 3, 4, 5, 1])


async def test_chosen_jobs_go_behind_another_one(waiting: Core) -> None:
    async with shown(waiting) as shell:
        screen = await open_queue(shell)
        await shell.press("b")
        await shell.sees("Choose jobs with space first")
        await shell.press("space", "space")
        await shell.sees("2 chosen")
        await shell.press("down", "b")  # behind #4
        await comes(shell, [3, 4, 1, 2, 5])
        assert not screen.jobs.chosen


async def test_priorities_are_orders_of_their_own(waiting: Core) -> None:
    async with shown(waiting) as shell:
        await open_queue(shell)
        await shell.press("end", "u")
        await comes(shell, [5, 1, 2, 3, 4])
        await shell.press("home", "J")
        await shell.sees("It is the last of the urgent ones; n makes it normal")
        await shell.press("down", "i")
        await comes(shell, [5, 2, 3, 4, 1])


async def test_pausing_a_job_a_server_and_everything(waiting: Core) -> None:
    async with shown(waiting) as shell:
        await open_queue(shell)
        await shell.press("P", "A", "p", "down")
        await shell.sees("box is paused  P goes on")
        await shell.until(lambda: queue_of(shell).outlook.held == 1, "one on hold")
        jobs = await waiting.queue.page(limit=5)
        assert [job.hold for job in jobs] == [Hold.PAUSED, *[Hold.NONE] * 4]
        assert [pause.profile for pause in await waiting.queue.pauses()] == ["box"]
        await shell.sees("all paused")
        await shell.press("up", "p")
        await shell.until(lambda: queue_of(shell).outlook.held == 0, "none on hold")


async def test_a_cancelled_job_comes_back_to_its_place(waiting: Core) -> None:
    async with shown(waiting) as shell:
        await open_queue(shell)
        await shell.press("down", "d")
        await comes(shell, [1, 3, 4, 5])
        await shell.press("z")
        await comes(shell, [1, 6, 3, 4, 5])
        await shell.press("z")
        await shell.sees("Nothing was cancelled here")


async def test_more_than_one_is_asked_for(waiting: Core) -> None:
    async with shown(waiting) as shell:
        await open_queue(shell)
        await shell.press("space", "space", "d")
        await shell.sees("Cancel 2 jobs?")
        await shell.press("escape")
        await shell.until(lambda: shell.app.screen is not shell.main, "the list")
        assert await order(waiting) == [1, 2, 3, 4, 5]
        await shell.press("d", "y")
        await comes(shell, [3, 4, 5])
        await shell.press("C")
        await shell.sees("Cancel all 3 jobs that wait?")
        await shell.press("y")
        await shell.sees("Nothing waits and nothing runs")
        assert await order(waiting) == []


async def test_a_duplicate_stands_behind_its_model(waiting: Core) -> None:
    async with shown(waiting) as shell:
        await open_queue(shell)
        await shell.press("D")
        await comes(shell, [1, 6, 2, 3, 4, 5])


async def test_enter_shows_the_generation_and_its_values_can_be_used(waiting: Core) -> None:
    async with shown(waiting) as shell:
        await open_queue(shell)
        await shell.press("enter")
        await shell.sees("Generation")
        await shell.press("p")
        await shell.until(lambda: shell.app.screen is shell.main, "the form")
        await shell.until(lambda: bool(shell.main.form.values()["prompt"]), "its prompt")


async def test_another_server_is_listed_alone(waiting: Core) -> None:
    await wait_for(waiting, "demo", 9, Order(Priority.URGENT))
    async with shown(waiting) as shell:
        screen = await open_queue(shell)
        await shell.press("slash")
        await shell.sees("Whose jobs")
        await shell.press("down", "enter")
        await shell.sees("Queue of box")
        await shell.until(lambda: screen.jobs.length == 5, "five rows")
        await shell.press("J")
        await comes_listed(shell, [2, 1, 3, 4, 5])


async def comes_listed(shell: Shell, numbers: list[int]) -> None:
    screen = queue_of(shell)
    await shell.until(
        lambda: [job.summary.number for _, job in screen.jobs.known()] == numbers and not screen.pending,
        f"the order {numbers}",
    )


async def test_the_mouse_chooses_and_opens(waiting: Core) -> None:
    async with shown(waiting) as shell:
        screen = await open_queue(shell)
        await shell.pilot.click(screen.jobs, offset=(10, 2))
        assert screen.jobs.cursor == 2
        await shell.pilot.click(screen.jobs, offset=(10, 0), control=True)
        await shell.pilot.click(screen.jobs, offset=(10, 3), shift=True)
        await shell.sees("4 chosen")
        await shell.press("escape")
        await shell.pilot.click(screen.jobs, offset=(10, 1), times=2)
        await shell.sees("Generation")


async def test_ten_thousand_jobs_scroll(waiting: Core) -> None:
    async def jobs() -> AsyncIterator[tuple[Snapshot, dict[str, Value]]]:
        for number in range(10_000):
            yield snapshot(number, Row(), "box"), {}

    async with shown(waiting) as shell:
        await shell.sees("paused 5")  # from now on the services are the program's
        await waiting.queue.add_batch(shell.main.session.id, BatchPlan("many", {}, 10_000), jobs())
        screen = await open_queue(shell)
        await shell.sees("10,005 waiting")
        await shell.press("end")
        await under_cursor(shell, 10_005)
        await shell.press("less_than_sign", "home")
        await under_cursor(shell, 10_005)
        assert len(list(screen.jobs.known())) < 200


async def under_cursor(shell: Shell, number: int) -> None:
    screen = queue_of(shell)
    await shell.until(
        lambda: (job := screen.jobs.job()) is not None and job.summary.number == number,
        f"the cursor on #{number}",
    )


@pytest.fixture
async def slow_server(tmp_path: Path) -> AsyncIterator[ComfyServer]:
    async with comfyui_server(tmp_path, speed=0) as running:
        await running.fault("slow_step", seconds=0.3, count=-1)
        yield running


async def test_a_run_is_seen_and_cancelled(tmp_path: Path, slow_server: ComfyServer) -> None:
    profile = Profile("box", url=slow_server.url, defaults={"width": 64, "height": 64})
    async with opened_core(tmp_path / "home", profiles=[profile]) as core, shown(core) as shell:
        await shell.until(lambda: shell.main.desk.state.known, "the server's lists")
        await shell.press("a", "ctrl+g", "b", "ctrl+g", "c", "ctrl+g", "d", "alt+g")
        await shell.sees("ctrl+l queue")
        screen = await open_queue(shell)
        await shell.until(lambda: screen.jobs.length == 4, "four jobs")
        await shell.until(lambda: "/20" in shell.text(), "the steps")
        await shell.sees("2 at servers")
        (urgent,) = [job for job in await core.queue.page(limit=4) if job.priority is Priority.URGENT]
        assert urgent.summary.prompt == "abcd"
        await shell.press("K")
        await shell.sees("It is at its server already")
        (running,) = [i for i in core.generations.active() if i == screen.jobs.targets()[0]]
        await shell.press("asterisk", "f8", "y")
        await shell.sees("Nothing waits and nothing runs")
        ended = await core.store.generations.summary(running)
        assert ended is not None
        assert ended.status is Status.CANCELLED


async def test_a_run_of_another_darkroom_is_seen_and_cancelled(
    tmp_path: Path, slow_server: ComfyServer
) -> None:
    home, profile = (
        tmp_path / "home",
        Profile("box", url=slow_server.url, defaults={"width": 64, "height": 64}),
    )
    async with opened_core(home, profiles=[profile]) as other, opened_core(home) as core:
        await other.start()
        session = await other.sessions.last()
        await other.sessions.use(session.id, workflow_id="txt2img", profile="box")
        theirs = await other.generations.submit(session.id, "box", BUILT_IN, {"width": 64, "height": 64})
        async with shown(core) as shell:
            await shell.until(lambda: "it/s" in shell.text(), "its progress in the status line")
            screen = await open_queue(shell)
            await shell.sees("Another Darkroom follows it")
            await shell.until(lambda: "/20" in shell.text(), "the steps")
            assert not core.generations.active()
            await shell.press("d")
            await shell.until(lambda: not screen.jobs.length, "it ended")
        ended = await core.store.generations.summary(theirs.id)
        assert ended is not None
        assert ended.status is Status.CANCELLED
        await other.owning.aclose()


async def test_what_was_lost_is_sent_again(tmp_path: Path, slow_server: ComfyServer) -> None:
    profile = Profile("box", url=slow_server.url, defaults={"width": 64, "height": 64})
    async with opened_core(tmp_path / "home", profiles=[profile]) as core, shown(core) as shell:
        await shell.until(lambda: shell.main.desk.state.known, "the server's lists")
        await shell.press("a", "ctrl+g", "b", "ctrl+g", "alt+5")
        await shell.until(lambda: "/20" in shell.text(), "the steps")
        await shell.press("r")
        await shell.sees("Nothing failed or was lost since you came")
        await slow_server.restart()
        await shell.sees("2 jobs failed or lost since you came")
        await shell.press("r")
        await shell.sees("2 jobs sent again")
        await shell.until(lambda: not shell.main.board.busy, "they ended")
        assert not shell.main.board.wrong
        rows = await core.history.page(shell.main.session.id, offset=0, limit=9)
        retried = sorted(row.retry_of for row in rows if row.retry_of is not None)
        assert retried == [1, 2]
        assert [row.status for row in rows if row.retry_of] == [Status.COMPLETE] * 2
