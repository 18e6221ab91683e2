"""What the queue looks like from outside: when it is empty, why a job waits, what others have there."""

from __future__ import annotations

import asyncio
import json
import uuid
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from darkroom.config.paths import resolve
from darkroom.config.writing import write, write_group
from darkroom.connectors.comfyui.nodes import core_nodes
from darkroom.domain.errors import Unreachable
from darkroom.domain.generation import Status
from darkroom.domain.profile import Profile
from darkroom.domain.queue import EVERYTHING, Backlog, Hold, Lane, Order
from darkroom.domain.workflow import BUILT_IN
from darkroom.services.catalogs import KIND
from darkroom.services.clock import now
from darkroom.services.foreign_jobs import ForeignJobs
from darkroom.services.queue.estimate import Estimate, Estimates
from darkroom.services.queue.outlook import look
from darkroom.services.queue.reasons import Reasons, Why
from darkroom.services.updates import Changed
from tests.app.seeding import BUILT_IN_CLASSES, OWNER, Row, know_catalog, snapshot
from tests.app.shell import opened_core
from tests.servers.comfyui import comfyui_server

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from darkroom.services.core import Core

CHECKPOINT, PIXELS = "demo-dusk.safetensors", 1024 * 1024


@pytest.fixture
async def farm(tmp_path: Path) -> AsyncIterator[Core]:
    """Two servers that nobody reaches, "fast" and "slow", and the group "both"."""
    home = tmp_path / "home"
    paths = resolve(home, {})
    paths.create()
    for name in ("fast", "slow"):
        write(paths, Profile(name, url="http://127.0.0.1:9"))
    write_group(paths, "both", ["fast", "slow"])
    async with opened_core(home) as core:
        await core.store.generations.register(OWNER, None, "", now())
        yield core


async def ran(core: Core, profile: str, seconds: float) -> None:
    """A job like all others here took so long."""
    generations = core.store.generations
    ident = str(uuid.uuid4())
    session = await core.sessions.last()
    await generations.create(ident, session.id, snapshot(0, Row(), profile), owner=OWNER, created_at=now())
    await generations.prepared(ident, OWNER, request={}, handle={}, expected=1, server_version="")
    await generations.finish(ident, OWNER, Status.COMPLETE, duration_s=seconds, finished_at=now())


async def wait(core: Core, profile: str, order: Order = Order(), *, checkpoint: str = CHECKPOINT) -> str:  # noqa: B008
    request = snapshot(0, Row(), profile)
    request = replace(request, values={**request.values, "checkpoint": checkpoint})
    session = await core.sessions.last()
    summary, _ = await core.store.queue.add(
        str(uuid.uuid4()), session.id, request, order=order, created_at=now()
    )
    return summary.id


def jobs(target: str, count: int) -> Backlog:
    return Backlog(target, CHECKPOINT, PIXELS, count)


# When it is empty


async def test_an_empty_queue_is_empty_now(farm: Core) -> None:
    estimates = Estimates(farm.store, farm.profiles)
    assert await estimates.all((), ()) == Estimate(0.0, 0)


async def test_what_was_never_made_is_not_guessed(farm: Core) -> None:
    estimates = Estimates(farm.store, farm.profiles)
    assert await estimates.all([jobs("fast", 3)], ()) == Estimate(None, 3)


async def test_servers_work_side_by_side(farm: Core) -> None:
    await ran(farm, "fast", 2.0)
    await ran(farm, "slow", 6.0)
    estimates = Estimates(farm.store, farm.profiles)
    assert await estimates.all([jobs("fast", 5), jobs("slow", 2)], ()) == Estimate(12.0, 0)
    unknown = Backlog("fast", "other", PIXELS, 4)
    assert await estimates.all([jobs("fast", 5), unknown], ()) == Estimate(10.0, 4)


async def test_a_group_divides_its_jobs_so_that_all_end_together(farm: Core) -> None:
    await ran(farm, "fast", 2.0)
    await ran(farm, "slow", 6.0)
    estimates = Estimates(farm.store, farm.profiles)
    assert (await estimates.all([jobs("both", 8)], ())).seconds == pytest.approx(12.0)
    # The slow one is busy for longer than the fast one needs for all of them.
    assert (await estimates.all([jobs("both", 3), jobs("slow", 5)], ())).seconds == pytest.approx(30.0)
    # Some go to each: 4 s and 6 s of work first, then eight jobs.
    mixed = await estimates.all([jobs("both", 8), jobs("slow", 1), jobs("fast", 2)], ())
    assert mixed.seconds == pytest.approx((8 + 4 / 2 + 6 / 6) / (1 / 2 + 1 / 6))


async def test_what_is_paused_is_not_counted_and_what_others_have_is(farm: Core) -> None:
    await ran(farm, "fast", 2.0)
    await ran(farm, "slow", 6.0)
    estimates = Estimates(farm.store, farm.profiles)
    backlog = [jobs("fast", 5), jobs("slow", 2)]
    assert await estimates.all(backlog, (), paused=["slow"]) == Estimate(10.0, 0)
    assert await estimates.all(backlog, (), paused=[EVERYTHING]) == Estimate(0.0, 0)
    assert await estimates.all(backlog, (), foreign={"fast": 3, "unknown": 9}) == Estimate(16.0, 0)
    group = await estimates.all([jobs("both", 6)], (), paused=["fast"])
    assert group == Estimate(36.0, 0)


async def test_a_running_job_counts_with_what_is_left_of_it(farm: Core) -> None:
    await ran(farm, "fast", 8.0)
    ident = await wait(farm, "fast")
    await farm.store.queue.claim(OWNER, Lane("fast", ("fast",), 1), now())
    await wait(farm, "fast")
    await wait(farm, "fast", Order(hold=Hold.PAUSED))
    estimates = Estimates(farm.store, farm.profiles)
    outlook = await look(farm.store, estimates, fraction={ident: 0.75}.get)
    assert outlook.estimate == Estimate(10.0, 0)
    assert (len(outlook.at_servers), outlook.ready, outlook.held, outlook.total) == (1, 1, 1, 3)
    await farm.store.queue.pause("fast")
    assert (await look(farm.store, estimates)).stuck == 1


# Why it waits


async def whys(core: Core) -> list[Why]:
    reasons = Reasons(core.store, core.profiles, core.connections, core.catalogs)
    page = await core.store.queue.page(limit=20)
    found = await reasons.of(page, await core.store.queue.pauses(), {"fast": 2})
    return [found[job.summary.id] for job in page]


async def test_jobs_wait_behind_others_of_the_same_target(farm: Core) -> None:
    for target in ("fast", "slow", "fast", "slow", "fast"):
        await wait(farm, target)
    assert [why.text for why in await whys(farm)] == [
        "next",
        "next",
        "1 before it",
        "1 before it",
        "2 before it",
    ]
    assert (await whys(farm))[0].more == "2 jobs of others at the server"


async def test_a_pause_is_told_with_its_reason(farm: Core) -> None:
    await wait(farm, "fast", Order(hold=Hold.PAUSED))
    await wait(farm, "fast")
    await wait(farm, "both")
    await farm.store.queue.pause("fast", reason="#7: out of memory", hint="Make them smaller")
    paused, stopped, group = await whys(farm)
    assert (paused.kind, paused.text, paused.ahead) == ("paused", "paused", None)
    assert (stopped.text, stopped.more) == ("fast is paused", "#7: out of memory. Make them smaller")
    assert group.kind == "next"  # the other server takes it
    await farm.store.queue.pause()
    assert [why.text for why in (await whys(farm))[1:]] == ["everything is paused"] * 2


async def test_a_server_that_is_away_is_waited_for(farm: Core) -> None:
    await wait(farm, "fast")
    await wait(farm, "both")
    farm.connections.lost("fast", Unreachable("Nothing answers", "refused", profile="fast"))
    alone, group = await whys(farm)
    assert (alone.kind, alone.text, alone.more) == ("away", "when fast is back", "Nothing answers")
    assert group.kind == "next"
    farm.connections.lost("slow", Unreachable("Nothing answers", "refused", profile="slow"))
    assert (await whys(farm))[1].text == "when both is back"


async def test_a_group_waits_for_the_server_that_has_the_checkpoint(farm: Core) -> None:
    await know_catalog(farm, "fast")
    schema: dict[str, Any] = {name: core_nodes()[name] for name in BUILT_IN_CLASSES}
    loader = {
        **schema["CheckpointLoaderSimple"],
        "input": {"required": {"ckpt_name": [["other.safetensors"], {}]}},
    }
    await farm.store.documents.put(
        "slow", KIND, "txt2img", json.dumps({**schema, "CheckpointLoaderSimple": loader}), "0.3.64"
    )
    await wait(farm, "both")
    await wait(farm, "both", checkpoint="other.safetensors")
    farm.connections.lost("fast", Unreachable("Nothing answers", "refused", profile="fast"))
    alone, fine = await whys(farm)
    only = "No other server of the group has its checkpoint"
    assert (alone.text, alone.more) == ("when fast is back", f"Nothing answers. {only}")
    assert fine.kind == "behind"
    await farm.store.queue.pause("fast")
    assert next((why.text, why.more) for why in await whys(farm)) == ("fast is paused", only)


async def test_a_profile_that_is_gone_is_told(farm: Core) -> None:
    await wait(farm, "sold")
    (why,) = await whys(farm)
    assert (why.kind, "sold" in why.text) == ("stuck", True)


# What others have there


async def test_the_jobs_of_another_home_are_seen(tmp_path: Path) -> None:
    async with (
        comfyui_server(tmp_path, speed=0) as server,
        opened_core(tmp_path / "ours", profiles=[Profile("box", url=server.url)]) as ours,
        opened_core(tmp_path / "theirs", profiles=[Profile("box", url=server.url)]) as theirs,
    ):
        await server.fault("slow_step", seconds=0.3, count=-1)
        await theirs.start(background=False)
        await ours.connections.probe("box")
        foreign = ForeignJobs(ours.store, ours.connections)
        assert not await foreign.look(["box"])
        session = await theirs.sessions.last()
        updates = theirs.updates()
        summary = await theirs.generations.submit(session.id, "box", BUILT_IN, {"width": 64, "height": 64})
        async with asyncio.timeout(60):
            async for update in updates:
                if isinstance(update, Changed) and update.summary.status is Status.RUNNING:
                    break
        assert await foreign.look(["box", "elsewhere"])
        assert foreign.counts == {"box": 1}
        # To them it is their own.
        await theirs.connections.probe("box")
        same = ForeignJobs(theirs.store, theirs.connections)
        assert not await same.look(["box"])
        await theirs.generations.cancel(summary.id)
        await theirs.generations.wait(summary.id)
        await theirs.owning.aclose()
