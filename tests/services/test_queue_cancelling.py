"""Cancelling a job that somebody has and that was not sent: it ends as cancelled, whatever the line does."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import httpx

from darkroom.domain.events import CancelResult
from darkroom.domain.generation import Status
from darkroom.domain.profile import Profile
from darkroom.domain.snapshot import Snapshot
from darkroom.domain.workflow import BUILT_IN
from tests.servers.comfyui import comfyui_server
from tests.services.conftest import opened_core
from tests.services.test_recovery import left_behind

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

PATIENCE_S = 60.0


class Mute:
    """A server that takes connections and says nothing, until it hangs up."""

    def __init__(self) -> None:
        self.url = ""
        self.called = asyncio.Event()
        self.hang_up = asyncio.Event()

    async def answer(self, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.called.set()
        await self.hang_up.wait()
        writer.close()


@asynccontextmanager
async def mute() -> AsyncIterator[Mute]:
    made = Mute()
    server = await asyncio.start_server(made.answer, "127.0.0.1", 0)
    made.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server:
        yield made
        made.hang_up.set()


async def test_a_job_that_was_cancelled_while_its_server_was_looked_for_is_cancelled(tmp_path: Path) -> None:
    async with mute() as server, opened_core(tmp_path / "home", takes_all=True) as core:
        core.profiles.save(Profile("mute", "comfyui", server.url))
        session = await core.sessions.last()
        snapshot = Snapshot("comfyui", "mute", BUILT_IN.mode, BUILT_IN.name, {"prompt": "a cat", "seed": 1})
        summary = await core.queue.add(session.id, snapshot)
        async with asyncio.timeout(PATIENCE_S):
            await server.called.wait()
            assert await core.generations.cancel(summary.id) is CancelResult.STOPPED
            server.hang_up.set()
            ended = await core.generations.wait(summary.id)
    assert ended.status is Status.CANCELLED, ended.reason


async def test_a_job_that_was_cancelled_while_it_was_taken_over_is_stopped(tmp_path: Path) -> None:
    """It is not known yet whether its request arrived. It did, and the job runs."""
    async with comfyui_server(tmp_path / "server", speed=0) as server, opened_core(tmp_path / "home") as core:
        await server.fault("slow_step", seconds=0.2, count=1000)
        generation_id = await left_behind(core, server, Status.SENDING, steps=100)
        generation = await core.history.get(generation_id)
        async with httpx.AsyncClient(base_url=server.url) as client:
            (await client.post("/prompt", json=generation.request)).raise_for_status()
        await core.recovery.once()
        assert await core.generations.cancel(generation_id) is CancelResult.STOPPED
        ended = await asyncio.wait_for(core.generations.wait(generation_id), PATIENCE_S)
    assert ended.status is Status.CANCELLED, ended.reason
