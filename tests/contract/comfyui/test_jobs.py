"""Jobs that wait, run, are stopped, and are found again by another connector."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pytest

from darkroom.connectors.access import Access
from darkroom.connectors.registry import open_connector
from darkroom.domain.errors import Unreachable
from darkroom.domain.events import Accepted, CancelResult, Ended, NotFound, Outcome, Progress, Queued
from darkroom.domain.profile import Profile
from tests.contract.comfyui.target import MANY_STEPS, Target, plain, save, txt2img, workflow
from tests.contract.driving import collect, ended, is_sampling, prepare, read, run, until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from darkroom.connectors.base import Connector, Prepared


@pytest.fixture
async def other(target: Target) -> AsyncIterator[Connector]:
    """Another process, as the server sees it."""
    opened = open_connector(Profile("other", target.service), target.url, Access(), uuid.uuid4().hex)
    try:
        yield opened
    finally:
        await opened.aclose()


@pytest.fixture
async def long(connector: Connector) -> AsyncIterator[Prepared]:
    """A job that runs for long; it is stopped at the end."""
    prepared = await prepare(connector, await txt2img(connector, steps=MANY_STEPS))
    yield prepared
    await connector.cancel(prepared.handle)


async def test_an_identical_job_is_answered_from_the_cache(connector: Connector) -> None:
    snapshot = workflow(plain(s9=save()))
    first = await run(connector, snapshot)
    second = await run(connector, snapshot)
    assert (first.unchanged, second.unchanged) == (False, True)
    assert first.outputs == second.outputs
    assert await read(connector, first.outputs[0]) == await read(connector, second.outputs[0])


async def test_a_running_job_is_stopped(connector: Connector, long: Prepared) -> None:
    events = connector.run(long)
    await until(events, is_sampling)
    assert await connector.cancel(long.handle) is CancelResult.STOPPED
    end = ended(await collect(events))
    assert (end.outcome, end.outputs) == (Outcome.CANCELLED, ())
    assert end.reason is not None
    assert "KSampler" in end.reason.detail


async def test_a_job_stopped_as_it_begins_is_stopped(connector: Connector, long: Prepared) -> None:
    events = connector.run(long)
    await until(events, lambda event: isinstance(event, Accepted))
    assert await connector.cancel(long.handle) is CancelResult.STOPPED
    assert ended(await collect(events)).outcome is Outcome.CANCELLED


async def test_a_waiting_job_is_taken_out_and_the_running_one_goes_on(
    connector: Connector, other: Connector, long: Prepared
) -> None:
    running = connector.run(long)
    await until(running, is_sampling)
    waiting = await prepare(other, workflow(plain(s9=save())))
    events = other.run(waiting)
    place = await until(events, lambda event: isinstance(event, Queued))
    assert place == Queued(1)
    assert await other.inspect(waiting.handle) == Queued(1)
    assert await other.cancel(waiting.handle) is CancelResult.STOPPED
    end = ended(await collect(events))
    assert (end.outcome, end.outputs) == (Outcome.CANCELLED, ())
    assert isinstance(await connector.inspect(long.handle), Progress)
    assert isinstance(await other.inspect(waiting.handle), NotFound)


async def test_cancelling_what_is_over_stops_nobody(
    connector: Connector, other: Connector, long: Prepared
) -> None:
    done = await prepare(other, workflow(plain(s9=save())))
    await collect(other.run(done))
    running = connector.run(long)
    await until(running, is_sampling)
    assert await other.cancel(done.handle) is CancelResult.NOT_RUNNING
    assert await other.cancel({**done.handle, "prompt_id": str(uuid.uuid4())}) is CancelResult.NOT_RUNNING
    assert isinstance(await connector.inspect(long.handle), Progress)


async def test_the_place_in_the_queue_moves_up(
    connector: Connector, other: Connector, long: Prepared
) -> None:
    running = connector.run(long)
    await until(running, is_sampling)
    first, second = [await prepare(other, workflow(plain(s9=save()))) for _ in range(2)]
    first_events, second_events = other.run(first), other.run(second)
    assert await until(first_events, lambda event: isinstance(event, Queued)) == Queued(1)
    assert await until(second_events, lambda event: isinstance(event, Queued)) == Queued(2)
    assert await other.cancel(first.handle) is CancelResult.STOPPED
    assert await until(second_events, lambda event: isinstance(event, Queued)) == Queued(1)
    await connector.cancel(long.handle)
    assert ended(await collect(second_events)).outcome is Outcome.COMPLETE
    assert ended(await collect(first_events)).outcome is Outcome.CANCELLED


async def test_a_finished_job_is_found_by_another_process(connector: Connector, other: Connector) -> None:
    prepared = await prepare(connector, workflow(plain(s9=save())))
    end = ended(await collect(connector.run(prepared)))
    assert await other.inspect(prepared.handle) == end
    assert ended(await collect(other.resume(prepared.handle))) == end


async def test_a_running_job_is_followed_by_another_process(connector: Connector, other: Connector) -> None:
    prepared = await prepare(connector, await txt2img(connector, steps=60))
    events = connector.run(prepared)
    accepted = await until(events, lambda event: isinstance(event, Accepted))
    assert isinstance(accepted, Accepted)
    await until(events, is_sampling)
    await connector.aclose()
    found = await collect(other.resume(accepted.handle))
    assert any(is_sampling(event) for event in found)
    assert ended(found).outcome is Outcome.COMPLETE
    assert await read(other, ended(found).outputs[0])


async def test_a_waiting_job_is_followed_by_another_process(
    connector: Connector, other: Connector, long: Prepared
) -> None:
    running = connector.run(long)
    await until(running, is_sampling)
    prepared = await prepare(connector, workflow(plain(s9=save())))
    events = connector.run(prepared)
    await until(events, lambda event: isinstance(event, Queued))
    resumed = other.resume(prepared.handle)
    assert await until(resumed, lambda event: isinstance(event, Queued)) == Queued(1)
    await connector.cancel(long.handle)
    assert ended(await collect(resumed)).outcome is Outcome.COMPLETE
    assert ended(await collect(events)).outcome is Outcome.COMPLETE


async def test_a_job_nobody_knows_is_lost(connector: Connector) -> None:
    prepared = await prepare(connector, workflow(plain(s9=save())))
    assert isinstance(await connector.inspect(prepared.handle), NotFound)
    end = ended(await collect(connector.resume(prepared.handle)))
    assert end.outcome is Outcome.LOST
    assert end.reason is not None
    assert end.reason.kind == "JobLost"


async def test_leaving_a_run_leaves_the_job_to_the_server(connector: Connector, other: Connector) -> None:
    prepared = await prepare(connector, await txt2img(connector, steps=30))
    events = connector.run(prepared)
    await until(events, is_sampling)
    await events.aclose()  # type: ignore[attr-defined]
    found = await collect(other.resume(prepared.handle))
    assert isinstance(found[-1], Ended)
    assert found[-1].outcome is Outcome.COMPLETE


async def test_closing_twice_is_harmless(target: Target) -> None:
    opened = open_connector(Profile("test", target.service), target.url, Access(), uuid.uuid4().hex)
    await opened.probe()
    await opened.aclose()
    await opened.aclose()


async def test_closing_ends_what_still_follows(connector: Connector, other: Connector) -> None:
    prepared = await prepare(connector, await txt2img(connector, steps=MANY_STEPS))
    events = connector.run(prepared)
    await until(events, is_sampling)
    await connector.aclose()
    with pytest.raises(Unreachable, match="closed"):
        await collect(events)
    assert isinstance(await other.inspect(prepared.handle), Progress)
    assert await other.cancel(prepared.handle) is CancelResult.STOPPED
