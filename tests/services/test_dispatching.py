"""Who sends what when: one queue in the database, and every process that works on it."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from darkroom.config.paths import resolve
from darkroom.config.settings import load
from darkroom.domain.errors import InputError
from darkroom.domain.events import CancelResult, Progress
from darkroom.domain.generation import Status
from darkroom.domain.profile import Profile
from darkroom.domain.queue import Hold, Order, Priority
from darkroom.domain.workflow import BUILT_IN
from darkroom.services.core import Core
from darkroom.services.queue.queue import BatchPlan
from darkroom.services.updates import Changed, Live, QueueChanged
from tests.servers.comfyui import comfyui_server

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from darkroom.domain.generation import Summary
    from darkroom.domain.parameters import Value
    from darkroom.domain.queue import Job
    from darkroom.services.updates import Update
    from tests.servers.comfyui import ComfyServer

QUICK: dict[str, Value] = {"prompt": "a quiet harbour", "width": 64, "height": 64, "steps": 2}
PATIENCE_S = 60


@asynccontextmanager
async def working(home: Path, **flags: str) -> AsyncIterator[Core]:
    """A core that works on the whole queue; it is looked at before it starts, as the screens do."""
    paths = resolve(home, {})
    paths.create()
    core = await Core.open(paths, load(paths, {}, flags))
    try:
        assert await core.queue.pauses() is not None
        await core.start()
        yield core
    finally:
        await core.aclose()


async def submit(core: Core, target: str, order: Order = Order(), **values: Value) -> Summary:  # noqa: B008
    session = await core.sessions.last()
    return await core.generations.submit(session.id, target, BUILT_IN, {**QUICK, **values}, order)


async def end(core: Core, summary: Summary) -> Summary:
    return await asyncio.wait_for(core.generations.wait(summary.id), PATIENCE_S)


async def until(core: Core, happened: Callable[[Update], bool]) -> None:
    updates = core.updates()
    async with asyncio.timeout(PATIENCE_S):
        async for update in updates:
            if happened(update):
                break
    updates.close()


async def until_jobs(core: Core, wanted: Callable[[list[Job]], bool]) -> list[Job]:
    """The queue, once it is as `wanted`."""
    updates = core.updates()
    try:
        async with asyncio.timeout(PATIENCE_S):
            while not wanted(jobs := list(await core.queue.page(limit=100))):
                await anext(updates)
    finally:
        updates.close()
    return jobs


async def test_jobs_beyond_the_depth_wait_with_us_and_are_cancelled_at_once(
    tmp_path: Path, server: ComfyServer
) -> None:
    await server.fault("slow_step", seconds=0.2, count=-1)
    async with working(tmp_path / "home") as core:
        kept = [await submit(core, server.url, steps=20, seed=seed) for seed in range(4)]
        jobs = await until_jobs(core, lambda jobs: sum(job.claimed for job in jobs) == 2)
        assert [job.summary.id for job in jobs if job.claimed] == [kept[0].id, kept[1].id]
        assert await core.generations.cancel(kept[3].id) is CancelResult.STOPPED
        cancelled = await end(core, kept[3])
        assert cancelled.status is Status.CANCELLED
        assert cancelled.reason is not None
        assert "before it was sent" in cancelled.reason.title
        assert (await server.state()).jobs <= 2


async def test_urgent_jobs_overtake_and_held_ones_wait(tmp_path: Path, server: ComfyServer) -> None:
    async with working(tmp_path / "home") as core:
        await core.queue.pause()
        normal = await submit(core, server.url, seed=1)
        held = await submit(core, server.url, Order(hold=Hold.PAUSED), seed=2)
        urgent = await submit(core, server.url, Order(Priority.URGENT), seed=3)
        behind = await submit(core, server.url, Order(behind=normal.number), seed=4)
        idle = await submit(core, server.url, Order(Priority.IDLE), seed=5)
        order = [job.summary.id for job in await core.queue.page(limit=10)]
        assert order == [urgent.id, normal.id, behind.id, held.id, idle.id]
        await core.queue.resume()
        for summary in (urgent, normal, behind, idle):
            assert (await end(core, summary)).status is Status.COMPLETE
        (left,) = await core.queue.page(limit=10)
        assert (left.summary.id, left.hold) == (held.id, Hold.PAUSED)
        await core.queue.resume_jobs([held.id])
        assert (await end(core, held)).status is Status.COMPLETE


async def test_out_of_memory_stops_the_queue_and_says_so(tmp_path: Path, server: ComfyServer) -> None:
    async with working(tmp_path / "home") as core:
        core.profiles.save(Profile("box", url=server.url, queue_depth=1))
        await core.queue.pause()
        kept = [await submit(core, "box", seed=seed) for seed in range(3)]
        await server.fault("oom")
        await core.queue.resume()
        assert (await end(core, kept[0])).status is Status.FAILED
        while not (pauses := await core.queue.pauses()):
            await until(core, lambda update: isinstance(update, QueueChanged))
        (pause,) = pauses
        assert pause.profile == "box"
        assert "memory" in pause.reason
        assert pause.hint
        assert len(await core.queue.page(limit=10)) == 2
        await core.queue.resume("box")
        assert [(await end(core, summary)).status for summary in kept[1:]] == [Status.COMPLETE] * 2


async def test_out_of_memory_of_the_last_job_stops_nothing(tmp_path: Path, server: ComfyServer) -> None:
    async with working(tmp_path / "home") as core:
        await server.fault("oom")
        assert (await end(core, await submit(core, server.url))).status is Status.FAILED
        assert (await end(core, await submit(core, server.url, seed=2))).status is Status.COMPLETE
        assert await core.queue.pauses() == ()


async def test_a_server_that_is_away_keeps_no_other_waiting(tmp_path: Path, server: ComfyServer) -> None:
    async with working(tmp_path / "home") as core, comfyui_server(tmp_path / "other", speed=0) as other:
        first = await submit(core, other.url)
        assert (await end(core, first)).status is Status.COMPLETE
        await other.kill()
        waiting = await submit(core, other.url, seed=2)
        assert (await end(core, await submit(core, server.url))).status is Status.COMPLETE
        assert (await core.queue.page(limit=10))[0].summary.id == waiting.id
        await other.start()
        assert (await end(core, waiting)).status is Status.COMPLETE


async def test_a_profile_that_is_gone_is_left_to_whoever_knows_it(
    tmp_path: Path, server: ComfyServer
) -> None:
    async with working(tmp_path / "home") as core:
        core.profiles.save(Profile("box", url=server.url))
        await core.queue.pause()
        kept = await submit(core, "box")
        core.profiles.delete("box")
        await core.queue.resume()
        assert (await end(core, await submit(core, server.url, seed=2))).status is Status.COMPLETE
        (left,) = await core.queue.page(limit=10)
        assert (left.summary.id, left.claimed) == (kept.id, False)
        assert await core.queue.pauses() == ()
        core.profiles.save(Profile("box", url=server.url))
        await core.queue.resume()
        assert (await end(core, kept)).status is Status.COMPLETE


async def test_a_group_shares_its_jobs_and_says_who_did_what(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        servers = {
            name: await stack.enter_async_context(comfyui_server(tmp_path / name, speed=0))
            for name in ("left", "right")
        }
        core = await stack.enter_async_context(working(tmp_path / "home"))
        for name, server in servers.items():
            await server.fault("slow_step", seconds=0.1, count=-1)
            core.profiles.save(Profile(name, url=server.url, queue_depth=1))
        core.profiles.save_group("farm", ("left", "right"))
        kept = [await submit(core, "farm", seed=seed) for seed in range(6)]
        ends = [await end(core, summary) for summary in kept]
        assert {ended.status for ended in ends} == {Status.COMPLETE}
        assert {ended.profile for ended in ends} == {"left", "right"}
        for name, server in servers.items():
            assert (await server.state()).jobs == sum(ended.profile == name for ended in ends)


async def test_a_lost_job_is_sent_again_once_when_that_is_wanted(tmp_path: Path, server: ComfyServer) -> None:
    await server.fault("slow_step", seconds=0.2, count=-1)
    async with working(tmp_path / "home", resend_lost="true") as core:
        lost = await submit(core, server.url, steps=50, seed=11)
        await until(core, lambda update: isinstance(update, Live) and isinstance(update.event, Progress))
        await server.restart(forget=True)
        assert (await end(core, lost)).status is Status.LOST
        jobs = await until_jobs(core, bool)
        again = jobs[0].summary
        assert (again.retry_of, again.seed) == (lost.number, "11")
        await core.generations.cancel(again.id)
        await end(core, again)


async def test_another_process_sees_the_progress_and_may_cancel(tmp_path: Path, server: ComfyServer) -> None:
    await server.fault("slow_step", seconds=0.2, count=-1)
    async with working(tmp_path / "home") as owner, working(tmp_path / "home") as other:
        kept = await submit(owner, server.url, steps=100)
        await until(
            other,
            lambda update: (
                isinstance(update, Live)
                and update.generation_id == kept.id
                and isinstance(update.event, Progress)
            ),
        )
        assert await other.generations.cancel(kept.id) is CancelResult.STOPPED
        assert (await end(other, kept)).status is Status.CANCELLED
        assert (await server.state()).unfinished == 0


async def test_two_processes_share_one_queue_and_no_job_is_sent_twice(
    tmp_path: Path, server: ComfyServer
) -> None:
    async with working(tmp_path / "home") as one, working(tmp_path / "home") as two:
        await one.queue.pause()
        kept = [await submit(one, server.url, seed=seed) for seed in range(12)]
        await two.queue.resume()
        ends = await asyncio.gather(*(end(two, summary) for summary in kept))
        assert {ended.status for ended in ends} == {Status.COMPLETE}
        assert (await server.state()).jobs == 12


async def test_what_is_handed_over_goes_on_with_the_other_process(
    tmp_path: Path, server: ComfyServer
) -> None:
    await server.fault("slow_step", seconds=0.05, count=-1)
    async with working(tmp_path / "home") as heir:
        async with working(tmp_path / "home") as leaving:
            kept = [await submit(leaving, server.url, steps=10, seed=seed) for seed in range(4)]
        ends = [await end(heir, summary) for summary in kept]
        assert {ended.status for ended in ends} == {Status.COMPLETE}
        assert (await server.state()).jobs == 4


async def test_a_batch_that_cannot_be_written_whole_is_not_there(tmp_path: Path, server: ComfyServer) -> None:
    async with working(tmp_path / "home") as core:
        ended = await end(core, await submit(core, server.url))
        snapshot = (await core.history.get(ended.id)).snapshot
        plan = BatchPlan("seeds", {"seed": (1, 2)}, 2)

        async def jobs() -> AsyncIterator[tuple[object, dict[str, Value]]]:
            for seed in range(120):
                yield snapshot.with_values({"seed": seed}), {"seed": seed}
            raise InputError("the list ends in the middle")

        with pytest.raises(InputError):
            await core.queue.add_batch(ended.session_id, plan, jobs())  # type: ignore[arg-type]
        assert await core.queue.page(limit=10) == ()
        assert await core.history.count(ended.session_id) == 1
        assert await core.store.batches.of_session(ended.session_id) == ()


async def test_deleting_what_waits_cancels_it(tmp_path: Path, server: ComfyServer) -> None:
    async with working(tmp_path / "home") as core:
        await core.queue.pause()
        kept = await submit(core, server.url)
        session = await core.sessions.create("another")
        asked = {**QUICK, "seed": 3}
        elsewhere = await core.generations.submit(session.id, server.url, BUILT_IN, asked)
        await core.history.trash([kept.id])
        await core.sessions.trash(session.id)
        assert [(await end(core, summary)).status for summary in (kept, elsewhere)] == [Status.CANCELLED] * 2
        assert await core.queue.page(limit=10) == ()


async def test_changes_of_a_row_are_told_when_a_job_goes_back(tmp_path: Path, server: ComfyServer) -> None:
    async with working(tmp_path / "home") as core:
        assert (await end(core, await submit(core, server.url))).status is Status.COMPLETE
        await server.kill()
        updates = core.updates()
        kept = await submit(core, server.url, seed=4)
        async with asyncio.timeout(PATIENCE_S):
            async for update in updates:
                changed = isinstance(update, Changed) and update.summary.id == kept.id
                if changed and core.connections.state(server.url).phase == "down":
                    break
        updates.close()
        job = await core.queue.job(kept.id)
        assert job is not None
        assert not job.claimed
