"""The worker of a home: one, started when it is needed, found again, outliving who started it."""

from __future__ import annotations

import asyncio
import os
import signal
from typing import TYPE_CHECKING

import pytest

from darkroom.config.paths import resolve
from darkroom.domain.errors import DarkroomError
from darkroom.domain.generation import Status
from darkroom.domain.workflow import BUILT_IN
from darkroom.services.background import Background, lock_file, place
from tests.services.conftest import opened_core

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from darkroom.config.paths import Paths
    from darkroom.domain.parameters import Value
    from tests.servers.comfyui import ComfyServer

SMALL: dict[str, Value] = {"prompt": "a quiet harbour", "width": 64, "height": 64, "steps": 2}


@pytest.fixture
def paths(tmp_path: Path) -> Iterator[Paths]:
    """A home whose worker is ended afterwards, by its own process id."""
    found = resolve(tmp_path / "home", {})
    found.create()
    yield found
    pid = Background(found).running()
    if pid is not None:
        os.kill(pid, signal.SIGTERM)


async def gone(background: Background) -> None:
    async with asyncio.timeout(20):
        while background.running() is not None:  # noqa: ASYNC110 - the end of a process is no event
            await asyncio.sleep(0.01)


async def test_it_is_started_once_however_many_need_it(paths: Paths) -> None:
    asking = [Background(paths) for _ in range(3)]
    assert [one.running() for one in asking] == [None] * 3
    await asyncio.gather(*(one.ensure() for one in asking))
    pids = {one.running() for one in asking}
    assert len(pids) == 1
    await asking[0].ensure()
    assert {asking[0].running()} == pids


async def test_one_that_was_killed_is_missed_and_started_again(paths: Paths) -> None:
    background = Background(paths)
    await background.ensure()
    first = background.running()
    assert first is not None
    os.kill(first, signal.SIGKILL)
    await gone(background)
    assert lock_file(paths).read_text() == f"{first}\n", "what it wrote stands there still"
    await background.ensure()
    assert background.running() not in (None, first)


async def test_it_does_what_was_left_and_then_leaves(paths: Paths, server: ComfyServer) -> None:
    async with opened_core(paths.data.parent) as core:
        session = await core.sessions.last()
        kept = await core.generations.submit(session.id, server.url, BUILT_IN, SMALL)
        core.owning.dispatcher.stop()
    async with opened_core(paths.data.parent) as core:
        assert core.background.running() is None
        await core.background.ensure()
        ended = await asyncio.wait_for(core.generations.wait(kept.id), 30)
        assert ended.status is Status.COMPLETE
        pid = core.background.running()
        assert pid is not None
        os.kill(pid, signal.SIGHUP)  # a line that was closed
        os.kill(pid, signal.SIGTERM)
        await gone(core.background)


async def test_one_that_cannot_start_says_why(paths: Paths) -> None:
    paths.database.write_bytes(b"no database at all" * 100)
    with pytest.raises(DarkroomError) as caught:
        await Background(paths).ensure()
    assert "ended with code 6" in caught.value.detail
    assert "darkroom.db" in caught.value.detail


async def test_who_is_leaving_is_waited_for(paths: Paths) -> None:
    background = Background(paths)
    with place(paths) as ours:
        assert ours is not None
        assert background.running() is None, "it has the place, but takes no jobs yet"
        ours.open()
        assert background.running() == os.getpid()
        ours.close()
        starting = asyncio.create_task(background.ensure())
        await asyncio.sleep(0)
        assert not starting.done()
    await starting
    assert background.running() not in (None, os.getpid())


def test_the_place_is_taken_once(paths: Paths) -> None:
    with place(paths) as ours, place(paths) as other:
        assert ours is not None
        assert other is None
    with place(paths) as again:
        assert again is not None
