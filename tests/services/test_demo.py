"""The demo: started when needed, one for a home, found again, outliving the program."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from typing import TYPE_CHECKING

import pytest

from darkroom.domain.generation import Status
from darkroom.domain.workflow import BUILT_IN
from darkroom.services.demo import Demo
from tests.services.conftest import opened_core

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from darkroom.domain.parameters import Value

SMALL: dict[str, Value] = {"prompt": "a quiet harbour", "width": 64, "height": 64, "steps": 2}


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """A home whose demo is ended afterwards, by its own process id."""
    yield tmp_path
    state = tmp_path / "data" / "demo" / "server.json"
    if state.exists():
        os.kill(json.loads(state.read_text())["pid"], signal.SIGTERM)


async def test_a_picture_from_an_empty_home(home: Path) -> None:
    async with opened_core(home) as core:
        assert core.demo.running() is None
        session = await core.sessions.last()
        summary = await core.generations.submit(session.id, "demo", BUILT_IN, SMALL)
        assert (await core.generations.wait(summary.id)).status is Status.COMPLETE
        url = core.demo.running()
        assert url is not None
        info = await core.connections.probe("demo")
        assert info.is_demo
    async with opened_core(home) as core:
        assert core.demo.running() == url


async def test_two_that_need_it_at_once_get_the_same(home: Path) -> None:
    folder = home / "data" / "demo"
    one, other = await asyncio.gather(Demo(folder).ensure(), Demo(folder).ensure())
    assert one == other


async def test_a_demo_that_was_killed_is_started_again(home: Path) -> None:
    demo = Demo(home / "data" / "demo")
    await demo.ensure()
    pid = json.loads((home / "data" / "demo" / "server.json").read_text())["pid"]
    os.kill(pid, signal.SIGKILL)
    async with asyncio.timeout(5):
        while demo.running() is not None:  # noqa: ASYNC110 - the end of a process is no event
            await asyncio.sleep(0.01)
    url = await demo.ensure()
    assert json.loads((home / "data" / "demo" / "server.json").read_text())["pid"] != pid
    assert demo.running() == url


async def test_watching_does_not_wake_it(home: Path) -> None:
    async with opened_core(home) as core:
        updates = core.updates()
        core.watch("demo")
        while core.connections.state("demo").phase != "asleep":
            await asyncio.wait_for(anext(updates), 5)
        assert core.demo.running() is None
