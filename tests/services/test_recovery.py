"""Nothing is lost: lines drop, servers restart, and this program is killed at any moment."""

from __future__ import annotations

import asyncio
import random
import socket
import sys
import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import httpx
import pytest

from darkroom.domain.generation import OutputKind, Status
from darkroom.domain.queue import Lane, Order
from darkroom.domain.snapshot import Snapshot
from darkroom.domain.workflow import BUILT_IN
from darkroom.services.updates import Live
from tests.services.conftest import opened_core
from tests.services.killing import killed_after

if TYPE_CHECKING:
    from pathlib import Path

    from darkroom.domain.generation import Summary
    from darkroom.domain.parameters import Value, Values
    from darkroom.services.core import Core
    from tests.servers.comfyui import ComfyServer


async def submit(core: Core, server: ComfyServer, **values: int) -> Summary:
    session = await core.sessions.last()
    base: dict[str, Value] = {"prompt": "a lighthouse", "width": 64, "height": 64, "steps": 10}
    return await core.generations.submit(session.id, server.url, BUILT_IN, {**base, **values})


async def until_it_runs(core: Core) -> None:
    updates = core.updates()
    async for update in updates:
        if isinstance(update, Live):
            break
    updates.close()


@pytest.mark.parametrize("seed", range(2))
async def test_killed_at_any_moment_every_generation_ends_with_its_picture(
    tmp_path: Path, server: ComfyServer, seed: int
) -> None:
    await server.fault("slow_step", seconds=0.02, count=1000)
    jobs: list[Values] = [
        {"prompt": "kill me", "width": 64, "height": 64, "steps": 6, "seed": n} for n in range(3)
    ]
    ids = await killed_after(tmp_path / "home", server.url, jobs, random.Random(seed).uniform(0, 0.8))
    assert ids
    async with opened_core(tmp_path / "home", takes_all=True) as core:
        await core.recovery.once()
        session = await core.sessions.last()
        kept = await core.history.page(session.id, offset=0, limit=10)
        assert {summary.id for summary in kept} >= set(ids)
        for summary in kept:
            ended = await asyncio.wait_for(core.generations.wait(summary.id), 30)
            assert ended.status is Status.COMPLETE, ended.reason
            generation = await core.history.get(summary.id)
            assert [o.index for o in generation.outputs] == [0]
            assert await core.store.blobs.read_blob(generation.outputs[0].hash)
        session = await core.sessions.last()
        assert (session.complete, session.failed, session.unfinished) == (len(kept), 0, 0)


async def test_a_clean_quit_leaves_the_job_to_whoever_comes_next(tmp_path: Path, server: ComfyServer) -> None:
    await server.fault("slow_step", seconds=0.05, count=1000)
    async with opened_core(tmp_path / "home") as core:
        summary = await submit(core, server)
        await until_it_runs(core)
    async with opened_core(tmp_path / "home") as core:
        assert await core.recovery.once() == 1
        assert (await core.generations.wait(summary.id)).status is Status.COMPLETE


async def test_a_job_that_another_living_process_follows_is_left_alone(
    tmp_path: Path, server: ComfyServer
) -> None:
    await server.fault("slow_step", seconds=0.05, count=1000)
    async with opened_core(tmp_path / "home") as first, opened_core(tmp_path / "home") as second:
        summary = await submit(first, server)
        assert await second.recovery.once() == 0
        assert (await first.generations.wait(summary.id)).status is Status.COMPLETE


async def test_dropped_sockets_cost_nothing(core: Core, server: ComfyServer) -> None:
    await server.fault("slow_step", seconds=0.05, count=1000)
    summary = await submit(core, server, steps=20)
    for _ in range(3):
        await until_it_runs(core)
        await server.fault("drop_sockets")
    assert (await asyncio.wait_for(core.generations.wait(summary.id), 30)).status is Status.COMPLETE


async def test_a_deaf_socket_costs_nothing(core: Core, server: ComfyServer) -> None:
    await server.fault("slow_step", seconds=0.05, count=1000)
    summary = await submit(core, server, steps=20)
    await until_it_runs(core)
    await server.fault("deaf_sockets")
    assert (await asyncio.wait_for(core.generations.wait(summary.id), 30)).status is Status.COMPLETE


async def test_a_server_that_forgot_the_job_makes_it_lost_with_a_reason(
    core: Core, server: ComfyServer
) -> None:
    await server.fault("slow_step", seconds=0.2, count=1000)
    summary = await submit(core, server, steps=100)
    await until_it_runs(core)
    await server.restart(forget=True)
    ended = await asyncio.wait_for(core.generations.wait(summary.id), 60)
    assert ended.status is Status.LOST
    assert ended.reason is not None
    assert ended.reason.title


async def test_a_picture_cut_short_is_read_again(core: Core, server: ComfyServer) -> None:
    await server.fault("half_file", count=1)
    summary = await submit(core, server)
    ended = await core.generations.wait(summary.id)
    assert ended.status is Status.COMPLETE, ended.reason


async def test_a_picture_that_stays_damaged_is_kept_as_it_is_and_said(
    core: Core, server: ComfyServer
) -> None:
    await server.fault("half_file", count=100)
    summary = await submit(core, server)
    ended = await core.generations.wait(summary.id)
    assert ended.status is Status.FAILED
    assert ended.reason is not None
    assert "1 of 1 output" in ended.reason.title
    assert ended.output_count == 1
    assert ended.first_output is not None
    assert ended.first_output.kind is OutputKind.FILE


async def test_a_deleted_file_fails_with_its_name(core: Core, server: ComfyServer) -> None:
    await server.fault("missing_file", count=100)
    summary = await submit(core, server)
    ended = await core.generations.wait(summary.id)
    assert ended.status is Status.FAILED
    assert ended.output_count == 0


async def left_behind(core: Core, server: ComfyServer, status: Status, *, steps: int = 2) -> str:
    """A generation of a process that died just before (`NEW`) or while (`SENDING`) it sent it."""
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", "")
    await process.wait()
    generations = core.store.generations
    moment = datetime.now(UTC)
    await generations.register("gone", process.pid, socket.gethostname(), moment)
    session = await core.sessions.last()
    state = await core.forms.refresh(await core.forms.open(session.id, server.url, BUILT_IN))
    asked: Values = {"prompt": "left behind", "width": 64, "height": 64, "steps": steps, "seed": 5}
    values = {**state.values(), **asked}
    snapshot = Snapshot("comfyui", server.url, BUILT_IN.mode, BUILT_IN.name, values)
    generation_id = str(uuid.uuid4())
    await generations.create(generation_id, session.id, snapshot, owner="gone", created_at=moment)
    if status is Status.SENDING:
        connector = await core.connections.get(server.url)
        prepared = await connector.prepare(generation_id, snapshot, core.store.blobs)
        await generations.prepared(
            generation_id,
            "gone",
            request=prepared.request,
            handle=prepared.handle,
            expected=prepared.expected,
            server_version=prepared.server_version,
        )
    return generation_id


@pytest.mark.parametrize("status", [Status.NEW, Status.SENDING])
async def test_what_never_reached_the_server_is_sent_by_whoever_takes_it_over(
    core: Core, server: ComfyServer, status: Status
) -> None:
    generation_id = await left_behind(core, server, status)
    assert await core.recovery.once() == 1
    ended = await asyncio.wait_for(core.generations.wait(generation_id), 60)
    assert ended.status is Status.COMPLETE, ended.reason


async def test_what_did_reach_the_server_is_not_sent_twice(core: Core, server: ComfyServer) -> None:
    generation_id = await left_behind(core, server, Status.SENDING)
    generation = await core.history.get(generation_id)
    async with httpx.AsyncClient(base_url=server.url) as client:
        (await client.post("/prompt", json=generation.request)).raise_for_status()
        await core.recovery.once()
        ended = await asyncio.wait_for(core.generations.wait(generation_id), 60)
        assert ended.status is Status.COMPLETE, ended.reason
        assert not ended.unchanged
        assert list((await client.get("/history")).json()) == [generation_id]


async def test_a_job_that_nobody_followed_when_it_was_claimed_is_followed_later(
    tmp_path: Path, server: ComfyServer
) -> None:
    """Whoever submitted it was gone when the database answered: the row is ours, and nobody looks at it."""
    async with opened_core(tmp_path / "home", takes_all=True) as core:
        first = await submit(core, server)
        await asyncio.wait_for(core.generations.wait(first.id), 30)
        known = await core.history.get(first.id)
        profile = known.summary.profile
        kept, taken = await core.store.queue.add(
            str(uuid.uuid4()),
            first.session_id,
            known.snapshot,
            order=Order(),
            created_at=datetime.now(UTC),
            owner=known.owner,
            lane=Lane(profile, (profile,), 2),
        )
        assert taken
        assert core.generations.active() == ()
        await core.recovery.once()
        ended = await asyncio.wait_for(core.generations.wait(kept.id), 30)
        assert ended.status is Status.COMPLETE, ended.reason
