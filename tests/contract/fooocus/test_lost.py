"""Lines that are gone: the log of the day is looked into, and nothing is sent twice."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING

import pytest

from darkroom.domain.errors import Unreachable
from darkroom.domain.events import (
    Accepted,
    CancelResult,
    Ended,
    NotFound,
    Outcome,
    OutputReady,
    Progress,
    Queued,
)
from tests.contract.backends.fooocus import BACKEND
from tests.contract.driving import collect, ended, is_sampling, read, until
from tests.contract.fooocus.conftest import Spot, spot_of
from tests.contract.relay import relay
from tests.servers.fooocus import FooocusServer

if TYPE_CHECKING:
    from pathlib import Path

    from darkroom.domain.events import JobEvent
    from darkroom.domain.generation import Handle

LONG = {"steps": 200, "batch_size": 32}


def accepted(events: list[JobEvent]) -> Handle:
    """What is written down when the job's turn comes."""
    (handle,) = [event.handle for event in events if isinstance(event, Accepted)]
    return handle


def looks(event: JobEvent) -> bool:
    """Whether it tells that the log is looked into."""
    return isinstance(event, Progress) and "log" in event.label


async def test_pictures_are_found_in_the_log_when_the_line_broke(spot: Spot) -> None:
    await spot.server.fault("cut", at="running")
    prepared = await spot.prepare(batch_size=3, steps=6)
    events = await collect(spot.connector.run(prepared))
    end, handle = ended(events), accepted(events)
    assert (end.outcome, end.reason) == (Outcome.COMPLETE, None)
    assert any("log" in note for note in end.notes)
    assert len({output.name for output in end.outputs}) == 3
    assert (await spot.server.state()).jobs == 1
    other = spot.second()
    try:
        # Another process finds the same ones, whether it asks or follows.
        assert await other.inspect(handle) == end
        assert ended(await collect(other.resume(handle))) == end
        for output in end.outputs:
            assert (await read(other, output)).startswith(b"\x89PNG")
    finally:
        await other.aclose()


async def test_what_was_announced_before_is_named_alike_afterwards(spot: Spot) -> None:
    prepared = await spot.prepare(batch_size=2, steps=20)
    events = spot.connector.run(prepared)
    first = await until(events, lambda event: isinstance(event, OutputReady))
    await spot.server.fault("cut", at="running")
    end = ended(await collect(events))
    assert end.outcome is Outcome.COMPLETE
    assert isinstance(first, OutputReady)
    assert (end.outputs[0].node, end.outputs[0].name) == (first.output.node, first.output.name)


async def test_without_a_log_a_broken_line_is_a_lost_job(tmp_path: Path) -> None:
    async with spot_of(FooocusServer(tmp_path, log=False)) as spot:
        await spot.server.fault("cut", at="running")
        end = ended(await collect(spot.connector.run(await spot.prepare())))
        assert (end.outcome, end.outputs) == (Outcome.LOST, ())
        assert end.reason is not None
        assert "--disable-image-log" in end.reason.detail
        assert "Send it again" in end.reason.hint
        assert (await spot.server.state()).jobs == 1


async def test_a_log_that_is_not_given_away_is_none(spot: Spot) -> None:
    await spot.server.fault("private", count=-1)
    await spot.server.fault("cut", at="running")
    end = ended(await collect(spot.connector.run(await spot.prepare())))
    assert (end.outcome, end.outputs) == (Outcome.LOST, ())


async def test_a_server_that_was_started_anew_has_nothing_of_ours(spot: Spot) -> None:
    prepared = await spot.prepare(**LONG)
    events = spot.connector.run(prepared)
    handle = accepted([await until(events, lambda event: isinstance(event, Accepted))])
    await until(events, is_sampling)
    await spot.server.restart()
    end = ended(await collect(events))
    assert end.outcome is Outcome.LOST
    assert end.reason is not None
    assert "started anew" in end.reason.detail
    assert spot.server.url in end.reason.hint
    other = spot.second()
    try:
        # Nothing runs and nothing was made: whoever only knows that it was being sent may send it again.
        assert await other.inspect(handle) == NotFound()
    finally:
        await other.aclose()


async def test_an_older_picture_of_the_same_seed_and_prompt_is_not_ours(spot: Spot) -> None:
    made = ended(await collect(spot.connector.run(await spot.prepare(seed=7))))
    assert made.outcome is Outcome.COMPLETE
    for picture in (spot.server.home / "outputs").glob("*/*.png"):
        os.utime(picture, (1_700_000_000, 1_700_000_000))
    events = spot.connector.run(await spot.prepare(seed=7, steps=200))
    await until(events, is_sampling)
    await spot.server.restart()
    end = ended(await collect(events))
    assert (end.outcome, end.outputs) == (Outcome.LOST, ())


async def test_the_search_is_given_up_on_demand(spot: Spot) -> None:
    prepared = await spot.prepare(**LONG)
    events = spot.connector.run(prepared)
    await until(events, is_sampling)
    await spot.server.fault("cut", at="running")
    await until(events, looks)
    assert await spot.connector.cancel(prepared.handle) is CancelResult.STOPPED
    end = ended(await collect(events))
    assert end.outcome is Outcome.CANCELLED
    assert end.reason is not None
    assert "may still finish" in end.reason.detail
    assert await spot.connector.cancel(prepared.handle) is CancelResult.NOT_RUNNING


async def test_what_was_cancelled_and_lost_its_line_is_not_waited_for(spot: Spot) -> None:
    prepared = await spot.prepare(**LONG)
    events = spot.connector.run(prepared)
    await until(events, is_sampling)
    following = asyncio.create_task(collect(events))
    await spot.server.fault("silence", seconds=0.3)
    await spot.server.fault("cut", at="running")
    assert await spot.connector.cancel(prepared.handle) is CancelResult.STOPPED
    assert ended(await following).outcome is Outcome.CANCELLED


async def test_a_call_that_never_had_its_turn_may_be_sent_again(spot: Spot) -> None:
    await spot.server.fault("busy")
    prepared = await spot.prepare()
    events = spot.connector.run(prepared)
    await until(events, lambda event: isinstance(event, Queued))
    await spot.server.restart()
    with pytest.raises(Unreachable) as caught:
        await collect(events)
    assert caught.value.sent
    assert await spot.connector.inspect(prepared.handle) == NotFound()
    assert (await spot.server.state()).jobs == 0
    again = [event async for event in spot.connector.run(prepared)]
    assert accepted(again)
    assert isinstance(again[-1], Ended)
    assert again[-1].outcome is Outcome.COMPLETE


async def test_nothing_runs_before_its_turn_was_written_down(spot: Spot) -> None:
    first = spot.connector.run(await spot.prepare())
    await until(first, lambda event: isinstance(event, Accepted))
    other = spot.second()
    try:
        # Whoever has the queue's one turn keeps the others waiting.
        second = other.run(await spot.prepare())
        await until(second, lambda event: isinstance(event, Queued))
        assert (await spot.server.state()).jobs == 0
        ends = [ended(await collect(events)) for events in (first, second)]
        assert {end.outcome for end in ends} == {Outcome.COMPLETE}
        assert (await spot.server.state()).jobs == 2
    finally:
        await other.aclose()


async def waiting(spot: Spot) -> Handle:
    """The handle of a job whose line went while it waited for its turn."""
    await spot.server.fault("busy")
    connector = spot.second()
    try:
        prepared = await spot.prepare()
        await until(connector.run(prepared), lambda event: isinstance(event, Queued))
        return prepared.handle
    finally:
        await connector.aclose()


async def test_who_closed_the_line_keeps_no_turn(spot: Spot) -> None:
    await spot.server.fault("busy")
    closed = spot.second()
    events = closed.run(await spot.prepare())
    await until(events, lambda event: isinstance(event, Queued))
    # Nobody takes its events for now.
    await closed.aclose()
    await spot.server.fault("free")
    assert ended(await collect(spot.connector.run(await spot.prepare()))).outcome is Outcome.COMPLETE
    with pytest.raises(Unreachable):
        await collect(events)
    assert (await spot.server.state()).jobs == 1


async def test_a_task_that_waited_for_its_turn_is_called_again(spot: Spot) -> None:
    handle = await waiting(spot)
    assert await spot.connector.inspect(handle) == NotFound()
    events = spot.connector.resume(handle)
    await until(events, lambda event: isinstance(event, Queued))
    await spot.server.fault("free")
    assert ended(await collect(events)).outcome is Outcome.COMPLETE
    assert (await spot.server.state()).jobs == 1


async def test_calling_again_outlasts_broken_lines(spot: Spot) -> None:
    handle = await waiting(spot)
    async with relay(spot.server.url) as line:
        connector = BACKEND.open(line.url)
        try:
            events = connector.resume(handle)
            await until(events, lambda event: event == Queued(1))
            line.drop()
            await until(events, lambda event: event == Queued(1))
            await spot.server.fault("free")
            assert ended(await collect(events)).outcome is Outcome.COMPLETE
        finally:
            await connector.aclose()
    assert (await spot.server.state()).jobs == 1


async def test_a_task_that_waited_for_its_turn_is_lost_with_the_server(spot: Spot) -> None:
    handle = await waiting(spot)
    await spot.server.restart()
    end = ended(await collect(spot.connector.resume(handle)))
    assert (end.outcome, end.outputs) == (Outcome.LOST, ())
    assert end.reason is not None
    assert "forgotten" in end.reason.title
    assert (await spot.server.state()).jobs == 0


@pytest.mark.parametrize("away", [False, True])
async def test_calling_again_is_given_up_on_demand(spot: Spot, *, away: bool) -> None:
    handle = await waiting(spot)
    if away:
        await spot.server.kill()
    events = spot.connector.resume(handle)
    await until(events, lambda event: isinstance(event, Queued))
    following = asyncio.create_task(collect(events))
    assert await spot.connector.cancel(handle) is CancelResult.STOPPED
    assert ended(await following).outcome is Outcome.CANCELLED
    assert await spot.connector.cancel(handle) is CancelResult.NOT_RUNNING


async def test_calling_again_ends_with_the_connector(spot: Spot) -> None:
    handle = await waiting(spot)
    await spot.server.kill()
    events = spot.connector.resume(handle)
    await until(events, lambda event: isinstance(event, Queued))
    following = asyncio.create_task(collect(events))
    await spot.connector.aclose()
    with pytest.raises(Unreachable):
        await following


async def test_a_forgotten_task_is_told_and_paints_nothing(spot: Spot) -> None:
    await spot.server.fault("forget")
    end = ended(await collect(spot.connector.run(await spot.prepare())))
    assert (end.outcome, end.outputs) == (Outcome.FAILED, ())
    assert end.reason is not None
    assert "forgotten" in end.reason.title
    assert (await spot.server.state()).jobs == 0
