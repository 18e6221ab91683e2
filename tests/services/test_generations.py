"""Submitting, rerunning, cancelling: on a real server process, to the last row and byte."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sqlite3
from typing import TYPE_CHECKING

import pytest

from darkroom.domain.errors import Rejected, StoreError, Unreachable
from darkroom.domain.events import CancelResult, Progress
from darkroom.domain.generation import OutputKind, Status
from darkroom.domain.parameters import Role
from darkroom.domain.workflow import BUILT_IN
from darkroom.images.metadata import read_png_text
from darkroom.services.updates import Changed, Live, PreviewArrived

if TYPE_CHECKING:
    from pathlib import Path

    from darkroom.domain.generation import Summary
    from darkroom.domain.parameters import Value
    from darkroom.services.core import Core
    from tests.servers.comfyui import ComfyServer

SMALL: dict[str, Value] = {"prompt": "a quiet harbour", "width": 64, "height": 64, "steps": 2}


async def submit(core: Core, server: ComfyServer, **values: Value) -> Summary:
    session = await core.sessions.last()
    return await core.generations.submit(session.id, server.url, BUILT_IN, {**SMALL, **values})


async def test_a_picture_is_kept_with_its_original_bytes_and_its_recipe(
    core: Core, server: ComfyServer
) -> None:
    summary = await submit(core, server)
    ended = await core.generations.wait(summary.id)
    assert ended.status is Status.COMPLETE, ended.reason
    generation = await core.history.get(summary.id)
    (output,) = generation.outputs
    assert (output.kind, output.media_type, output.width_px, output.height_px) == (
        OutputKind.IMAGE,
        "image/png",
        64,
        64,
    )
    data = await core.store.blobs.read_blob(output.hash)
    chunks = read_png_text(data)
    assert generation.request is not None
    assert json.loads(chunks["prompt"]) == generation.request["prompt"]
    assert json.loads(chunks["darkroom"])["values"]["prompt"] == "a quiet harbour"
    assert "workflow" not in chunks
    assert generation.server_version
    assert ended.duration_s is not None


async def test_a_random_seed_is_drawn_before_it_is_kept(core: Core, server: ComfyServer) -> None:
    summary = await submit(core, server, seed=-1)
    assert 0 <= int(summary.seed) < 2**64
    await core.generations.wait(summary.id)
    generation = await core.history.get(summary.id)
    assert str(generation.snapshot.first(Role.SEED)) == summary.seed


@pytest.mark.parametrize("seed", [0, 2**53 + 1, 2**64 - 1])
async def test_seeds_keep_all_their_bits(core: Core, server: ComfyServer, seed: int) -> None:
    summary = await submit(core, server, seed=seed)
    await core.generations.wait(summary.id)
    generation = await core.history.get(summary.id)
    assert summary.seed == str(seed)
    assert generation.request is not None
    seeds = [node["inputs"].get("seed") for node in generation.request["prompt"].values()]
    assert seed in seeds


async def test_a_rerun_makes_the_same_picture(core: Core, server: ComfyServer) -> None:
    first = await submit(core, server, seed=41)
    other = await submit(core, server, seed=42)
    for summary in (first, other):
        await core.generations.wait(summary.id)
    again = await core.generations.rerun(first.id)
    ended = await core.generations.wait(again.id)
    assert ended.id != first.id
    kept = [await core.history.get(g) for g in (first.id, other.id, again.id)]
    assert [g.summary.status for g in kept] == [Status.COMPLETE] * 3
    assert kept[0].snapshot == kept[2].snapshot
    pixels = [await core.store.blobs.read_blob(g.outputs[0].hash) for g in kept]
    assert pixels[0] == pixels[2] != pixels[1]


async def test_an_immediate_rerun_is_told_as_unchanged(core: Core, server: ComfyServer) -> None:
    first = await submit(core, server, seed=41)
    await core.generations.wait(first.id)
    again = await core.generations.wait((await core.generations.rerun(first.id)).id)
    assert again.status is Status.COMPLETE
    assert again.unchanged
    assert again.output_count == 1


async def test_values_the_server_would_refuse_are_named_and_nothing_is_kept(
    core: Core, server: ComfyServer
) -> None:
    with pytest.raises(Rejected) as caught:
        await submit(core, server, steps=10_001, sampler="nope")
    assert set(caught.value.problems) == {"steps", "sampler"}
    session = await core.sessions.last()
    assert await core.history.count(session.id) == 0


async def test_a_server_that_is_gone_fails_the_generation_and_says_that_nothing_was_sent(
    core: Core, server: ComfyServer
) -> None:
    await core.generations.wait((await submit(core, server)).id)
    await server.kill()
    ended = await core.generations.wait((await submit(core, server, seed=2)).id)
    assert ended.status is Status.FAILED
    assert ended.reason is not None
    assert "Nothing was sent" in ended.reason.detail
    assert core.connections.state(server.url).phase == "down"


async def test_without_any_catalog_a_server_that_is_gone_keeps_nothing(
    core: Core, server: ComfyServer
) -> None:
    await server.kill()
    with pytest.raises(Unreachable):
        await submit(core, server)


async def test_previews_and_progress_arrive_and_progress_never_falls(core: Core, server: ComfyServer) -> None:
    updates = core.updates()
    summary = await submit(core, server, steps=12, width=256, height=256)
    fractions: list[float] = []
    previews = 0
    async for update in updates:
        if isinstance(update, Live) and isinstance(update.event, Progress):
            fractions.append(update.event.fraction or 0)
        elif isinstance(update, PreviewArrived):
            previews += 1
            assert update.data[:2] in (b"\xff\xd8", b"\x89P")
        elif isinstance(update, Changed) and update.summary.status.final:
            assert update.summary.id == summary.id
            break
    updates.close()
    assert previews
    assert fractions == sorted(fractions)
    assert fractions[-1] < 1


async def test_cancelling_a_running_job_ends_it_as_cancelled(core: Core, server: ComfyServer) -> None:
    await server.fault("slow_step", seconds=0.2, count=1000)
    updates = core.updates()
    summary = await submit(core, server, steps=500)
    async for update in updates:
        if isinstance(update, Live) and isinstance(update.event, Progress) and update.event.step:
            break
    assert await core.generations.cancel(summary.id) is CancelResult.STOPPED
    ended = await asyncio.wait_for(core.generations.wait(summary.id), 20)
    assert ended.status is Status.CANCELLED


async def test_cancelling_a_waiting_job_leaves_the_running_one_alone(core: Core, server: ComfyServer) -> None:
    await server.fault("slow_step", seconds=0.05, count=1000)
    updates = core.updates()
    running = await submit(core, server, steps=20, seed=1)
    waiting = await submit(core, server, steps=20, seed=2)
    async for update in updates:
        told = update.summary if isinstance(update, Changed) else running
        if told.id == waiting.id and told.status is Status.QUEUED:
            break
    assert await core.generations.cancel(waiting.id) is CancelResult.STOPPED
    assert (await core.generations.wait(waiting.id)).status is Status.CANCELLED
    assert (await core.generations.wait(running.id)).status is Status.COMPLETE


async def test_cancelling_at_once_never_leaves_a_job_behind(core: Core, server: ComfyServer) -> None:
    await server.fault("slow_step", seconds=0.2, count=1000)
    summary = await submit(core, server, steps=500)
    await core.generations.cancel(summary.id)
    ended = await asyncio.wait_for(core.generations.wait(summary.id), 20)
    assert ended.status is Status.CANCELLED


async def test_a_picture_fed_in_is_kept_and_used_again(
    core: Core, server: ComfyServer, tmp_path: Path
) -> None:
    first = await core.history.get((await core.generations.wait((await submit(core, server)).id)).id)
    picture = tmp_path / "in [x].png"
    picture.write_bytes(await core.store.blobs.read_blob(first.outputs[0].hash))
    summary = await submit(core, server, image=str(picture), denoise=0.5, seed=9)
    picture.unlink()
    ended = await core.generations.wait(summary.id)
    assert ended.status is Status.COMPLETE, ended.reason
    generation = await core.history.get(summary.id)
    assert generation.snapshot.values["image"] == f"blob:{first.outputs[0].hash}"
    again = await core.generations.wait((await core.generations.rerun(summary.id)).id)
    assert again.status is Status.COMPLETE, again.reason


async def test_a_file_that_is_no_picture_marks_its_field(
    core: Core, server: ComfyServer, tmp_path: Path
) -> None:
    fake = tmp_path / "fake.png"
    fake.write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 40)
    for path in (fake, tmp_path / "missing.png", tmp_path):
        with pytest.raises(Rejected) as caught:
            await submit(core, server, image=str(path))
        assert set(caught.value.problems) == {"image"}


async def test_ten_at_once_all_end(core: Core, server: ComfyServer) -> None:
    summaries = [await submit(core, server, seed=seed) for seed in range(10)]
    ended = [await core.generations.wait(summary.id) for summary in summaries]
    assert [e.status for e in ended] == [Status.COMPLETE] * 10
    assert core.generations.active() == ()
    session = await core.sessions.last()
    assert (session.complete, session.failed, session.unfinished) == (10, 0, 0)


async def test_a_store_that_takes_nothing_does_not_keep_the_program_from_ending(
    core: Core, server: ComfyServer
) -> None:
    with contextlib.closing(sqlite3.connect(core.paths.database)) as other:
        # It can be taken from the queue; that it is sent cannot be noted.
        other.execute(
            "CREATE TRIGGER full BEFORE UPDATE OF status ON generations"
            " BEGIN SELECT RAISE(ABORT, 'full'); END"
        )
    summary = await submit(core, server, steps=10_000)
    with pytest.raises(StoreError):
        await core.generations.wait(summary.id)
    await core.aclose()
    with pytest.raises(StoreError, match="closed"):
        await core.store.sessions.list()
