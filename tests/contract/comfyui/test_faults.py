"""Lines that break and servers that go away: no job is lost by it, and none is sent twice."""

from __future__ import annotations

import asyncio
import logging
import uuid
from typing import TYPE_CHECKING

import pytest

from darkroom.connectors.access import Access
from darkroom.connectors.registry import open_connector
from darkroom.domain.errors import ConnectorError, ProtocolError, Rejected, Unreachable
from darkroom.domain.events import Accepted, CancelResult, Outcome, Preview, Progress, Queued, Stage
from darkroom.domain.profile import Profile
from tests.contract.comfyui.target import MANY_STEPS, SLOW, node, plain, save, txt2img, workflow
from tests.contract.driving import Blobs, collect, ended, is_sampling, picture, prepare, read, run, until

if TYPE_CHECKING:
    from darkroom.connectors.base import Connector
    from tests.servers.comfyui import ComfyServer


def opened(url: str) -> Connector:
    return open_connector(Profile("test"), url, Access(), uuid.uuid4().hex)


async def test_a_deaf_socket_hides_nothing_but_progress(server: ComfyServer, faulty: Connector) -> None:
    first = await prepare(faulty, await txt2img(faulty, steps=SLOW))
    events = faulty.run(first)
    await until(events, is_sampling)
    await server.fault("deaf_sockets")
    end = ended(await collect(events))
    assert end.outcome is Outcome.COMPLETE
    assert await read(faulty, end.outputs[0])
    second = await prepare(faulty, await txt2img(faulty, steps=8))
    assert second.handle["client_id"] != first.handle["client_id"]
    assert any(is_sampling(event) for event in await collect(faulty.run(second)))


async def test_a_job_that_ends_while_nobody_listens_is_found(server: ComfyServer, faulty: Connector) -> None:
    prepared = await prepare(faulty, workflow(plain(s9=save())))
    async with asyncio.timeout(30):
        events = faulty.run(prepared)
        assert isinstance(await anext(events), Accepted)
        await server.fault("deaf_sockets")
        assert ended(await collect(events)).outcome is Outcome.COMPLETE


async def test_a_restart_that_empties_the_server_loses_the_job(
    server: ComfyServer, faulty: Connector
) -> None:
    events = faulty.run(await prepare(faulty, await txt2img(faulty, steps=MANY_STEPS)))
    await until(events, is_sampling)
    await server.restart(forget=True)
    end = ended(await collect(events))
    assert end.outcome is Outcome.LOST
    assert end.reason is not None
    assert end.reason.kind == "JobLost"


async def test_a_server_that_is_away_is_waited_for(server: ComfyServer, faulty: Connector) -> None:
    prepared = await prepare(faulty, workflow(plain(s9=save())))
    end = ended(await collect(faulty.run(prepared)))
    await server.kill()
    resumed = asyncio.create_task(collect(faulty.resume(prepared.handle)))
    with pytest.raises(Unreachable):
        await faulty.inspect(prepared.handle)
    assert not resumed.done()
    await server.start()
    assert ended(await resumed).outputs == end.outputs


async def test_a_queue_that_was_cleared_loses_the_job(server: ComfyServer, faulty: Connector) -> None:
    events = faulty.run(await prepare(faulty, await txt2img(faulty, steps=MANY_STEPS)))
    await until(events, is_sampling)
    await server.fault("forget_jobs")
    assert ended(await collect(events)).outcome is Outcome.LOST


async def test_a_server_that_is_not_there_was_sent_nothing(server: ComfyServer, faulty: Connector) -> None:
    prepared = await prepare(faulty, workflow(plain(s9=save())))
    await server.kill()
    with pytest.raises(Unreachable) as caught:
        await collect(faulty.run(prepared))
    assert not caught.value.sent


async def test_a_500_of_a_request_that_is_not_there_is_a_refusal(
    server: ComfyServer, faulty: Connector
) -> None:
    prepared = await prepare(faulty, workflow(plain(s9=save())))
    await server.fault("http_500", path="/prompt")
    with pytest.raises(Rejected, match="500"):
        await collect(faulty.run(prepared))


async def test_strange_and_foreign_messages_change_nothing(
    server: ComfyServer, faulty: Connector, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "darkroom")
    events = faulty.run(await prepare(faulty, await txt2img(faulty, steps=SLOW)))
    await until(events, is_sampling)
    await server.fault("unknown_message", count=3)
    await server.fault("foreign_progress", count=3)
    found = await collect(events)
    assert ended(found).outcome is Outcome.COMPLETE
    assert {
        event.steps for event in found if isinstance(event, Progress) and event.stage is Stage.SAMPLING
    } == {SLOW}
    assert "a_later_event" in caplog.text


async def test_half_a_file_is_no_file(server: ComfyServer, faulty: Connector) -> None:
    end = await run(faulty, workflow(plain(s9=save())))
    whole = await read(faulty, end.outputs[0])
    await server.fault("half_file", cut=True)
    with pytest.raises(ConnectorError):
        await read(faulty, end.outputs[0])
    assert await read(faulty, end.outputs[0]) == whole


async def test_a_cached_answer_whose_file_was_deleted_is_told(server: ComfyServer, faulty: Connector) -> None:
    snapshot = workflow(plain(s9=save()))
    await run(faulty, snapshot)
    again = await run(faulty, snapshot)
    assert again.unchanged
    await server.fault("missing_file")
    with pytest.raises(ProtocolError, match="does not have this file"):
        await read(faulty, again.outputs[0])


async def test_a_picture_too_large_to_upload_is_told_with_the_limit(
    server: ComfyServer, faulty: Connector
) -> None:
    blobs = Blobs()
    snapshot = workflow(
        {"1": node("LoadImage", image="x.png"), "9": save()},
        values={"1.image": "blob:"},
        inputs={"1.image": blobs.add(picture(), "a.png")},
    )
    await server.fault("reject_upload", status=413)
    with pytest.raises(Rejected, match="too large") as caught:
        await prepare(faulty, snapshot, blobs)
    assert "the server takes 100.0 MiB" in caught.value.detail


async def test_a_web_page_in_the_servers_place_is_told(server: ComfyServer, faulty: Connector) -> None:
    await server.fault("html", count=-1)
    with pytest.raises(ProtocolError, match="not ComfyUI") as caught:
        await faulty.probe()
    assert "web page" in caught.value.detail
    await server.fault("clear")
    assert (await faulty.probe()).version


async def test_a_web_page_in_the_midst_of_a_job_does_not_end_it(
    server: ComfyServer, faulty: Connector
) -> None:
    events = faulty.run(await prepare(faulty, await txt2img(faulty, steps=SLOW)))
    await until(events, is_sampling)
    await server.fault("html", count=2, path="/history")
    assert ended(await collect(events)).outcome is Outcome.COMPLETE


async def test_a_server_without_previews_is_as_good(server: ComfyServer, faulty: Connector) -> None:
    await server.stop()
    await server.start("--preview-method", "none")
    found = await collect(faulty.run(await prepare(faulty, await txt2img(faulty, steps=8))))
    assert ended(found).outcome is Outcome.COMPLETE
    assert not [event for event in found if isinstance(event, Preview)]
    assert any(is_sampling(event) for event in found)


async def test_cancel_reaches_a_job_that_begins_meanwhile(server: ComfyServer, faulty: Connector) -> None:
    long = await prepare(faulty, await txt2img(faulty, steps=MANY_STEPS))
    running = faulty.run(long)
    await until(running, is_sampling)
    waiting = await prepare(faulty, await txt2img(faulty, steps=MANY_STEPS))
    waiting_events = faulty.run(waiting)
    assert isinstance(await anext(waiting_events), Accepted)
    # The delete is on its way, slowly, while the job that was running ends.
    await server.fault("delay_http", path="/queue", seconds=0.5, count=2)
    results = await asyncio.gather(faulty.cancel(waiting.handle), faulty.cancel(long.handle))
    assert set(results) == {CancelResult.STOPPED}
    assert ended(await collect(waiting_events)).outcome is Outcome.CANCELLED
    assert ended(await collect(running)).outcome is Outcome.CANCELLED


async def test_a_cancel_waits_for_the_job_that_is_on_its_way(server: ComfyServer, faulty: Connector) -> None:
    prepared = await prepare(faulty, await txt2img(faulty, steps=MANY_STEPS))
    await server.fault("delay_http", path="/prompt", seconds=1.0)
    running = asyncio.create_task(collect(faulty.run(prepared)))
    # Before it is on its way nothing can be stopped; while it is, cancelling waits for it.
    while await faulty.cancel(prepared.handle) is CancelResult.NOT_RUNNING:
        assert not running.done()
    assert ended(await running).outcome is Outcome.CANCELLED


async def test_a_long_silence_is_no_end(server: ComfyServer, faulty: Connector) -> None:
    await server.fault("slow_step", seconds=5.0)
    prepared = await prepare(faulty, await txt2img(faulty))
    found = await collect(faulty.run(prepared))
    assert ended(found).outcome is Outcome.COMPLETE
    following = await prepare(faulty, await txt2img(faulty))
    assert following.handle["client_id"] == prepared.handle["client_id"], "its socket was not taken for deaf"


async def test_many_waiting_jobs_ask_together(server: ComfyServer, faulty: Connector) -> None:
    long = await prepare(faulty, await txt2img(faulty, steps=MANY_STEPS))
    running = faulty.run(long)
    await until(running, is_sampling)
    jobs = [await prepare(faulty, workflow(plain(s9=save()))) for _ in range(20)]
    waiting = [asyncio.create_task(collect(faulty.run(job))) for job in jobs]
    others = opened(server.url)
    try:
        async with asyncio.timeout(30):
            places = {Queued(ahead) for ahead in range(1, 21)}
            while {await others.inspect(job.handle) for job in jobs} != places:
                assert not any(task.done() for task in waiting)
        await faulty.cancel(long.handle)
        ends = [ended(await task) for task in waiting]
    finally:
        await others.aclose()
    assert {end.outcome for end in ends} == {Outcome.COMPLETE}
    assert len({end.outputs[0].name for end in ends}) == 20
