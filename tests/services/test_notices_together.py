"""Notices of whole Darkrooms: each end is told by exactly one of them."""

from __future__ import annotations

import asyncio
import json
import sys
from typing import TYPE_CHECKING

from darkroom.config.paths import resolve
from darkroom.config.settings import load
from darkroom.config.writing import write
from darkroom.domain.generation import Status
from darkroom.domain.profile import Profile
from darkroom.domain.workflow import BUILT_IN
from darkroom.services.core import Core
from darkroom.services.notices import Notices
from tests.services.conftest import opened_core

if TYPE_CHECKING:
    from pathlib import Path

    from darkroom.domain.parameters import Value
    from tests.servers.comfyui import ComfyServer

JOBS = 8


async def test_each_end_is_told_once_however_many_processes_work(tmp_path: Path, server: ComfyServer) -> None:
    home, told = tmp_path / "home", tmp_path / "told"
    paths = resolve(home, {})
    paths.create()
    code = f"import sys; open({str(told)!r}, 'a').write(sys.stdin.read())"
    paths.config_file.write_text(f"notify_command = '''\"{sys.executable}\" -c \"{code}\"'''\n")
    write(paths, Profile("box", url=server.url))
    async with (
        opened_core(home, takes_all=True) as one,
        opened_core(home, takes_all=True) as other,
        Notices.of(one, one.updates()),
        Notices.of(other, other.updates()),
        asyncio.timeout(60),
    ):
        session = await one.sessions.last()
        assert session is not None
        values: dict[str, Value] = {"prompt": "a harbour", "width": 64, "height": 64, "steps": 1}
        jobs = [
            await core.generations.submit(session.id, "box", BUILT_IN, values | {"seed": seed})
            for seed in range(JOBS // 2)
            for core in (one, other)
        ]
        ends = [await one.generations.wait(job.id) for job in jobs]
        assert {end.status for end in ends} == {Status.COMPLETE}
    # Each tells once what it did itself: when the queue is empty, or as it leaves.
    lines = [json.loads(line) for line in told.read_text().splitlines()]
    assert sum(line["done"] for line in lines) == JOBS
    assert lines[-1]["waiting"] == 0


async def test_notices_begin_before_a_process_owns_anything(tmp_path: Path) -> None:
    """What `core.start` decides is not decided by a look at the queue."""
    paths = resolve(tmp_path / "home", {})
    paths.create()
    core = await Core.open(paths, load(paths, {}))
    try:
        async with Notices.of(core, core.updates()):
            pass
        assert "owning" not in vars(core)
    finally:
        await core.aclose()
