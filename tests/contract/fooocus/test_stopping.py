"""Stop hits whatever the process samples: it is pressed only while our own task runs."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from darkroom.domain.errors import Rejected
from darkroom.domain.events import CancelResult, Outcome, OutputReady, Queued
from tests.contract.backends.fooocus import SMALL
from tests.contract.driving import collect, ended, is_sampling, prepare, read, until

if TYPE_CHECKING:
    from darkroom.connectors.base import Connector, Prepared
    from tests.contract.fooocus.conftest import Spot


async def theirs_of(spot: Spot, other: Connector) -> Prepared:
    """A request of somebody else's."""
    asked = await spot.site.ask(other, {**SMALL, "steps": 30})
    return await prepare(other, asked.snapshot, asked.blobs)


async def test_pictures_that_were_finished_are_kept_and_marked(spot: Spot) -> None:
    prepared = await spot.prepare(batch_size=8, steps=12)
    events = spot.connector.run(prepared)
    await until(events, lambda event: isinstance(event, OutputReady))
    assert await spot.connector.cancel(prepared.handle) is CancelResult.STOPPED
    end = ended(await collect(events))
    assert end.outcome is Outcome.CANCELLED
    assert 1 <= len(end.outputs) < 8
    assert end.notes == (
        f"stopped: {len(end.outputs)} of 8 pictures were finished, the one in the making is gone",
    )
    assert (await read(spot.connector, end.outputs[0])).startswith(b"\x89PNG")
    assert (await spot.server.state()).unfinished == 0


async def test_a_task_that_failed_is_never_stopped_afterwards(spot: Spot) -> None:
    # The server counts it as under way for ever: its stop would hit the job of somebody else.
    await spot.server.fault("fail")
    prepared = await spot.prepare()
    assert ended(await collect(spot.connector.run(prepared))).outcome is Outcome.FAILED
    other = spot.second()
    try:
        theirs = await theirs_of(spot, other)
        events = other.run(theirs)
        await until(events, is_sampling)
        assert await spot.connector.cancel(prepared.handle) is CancelResult.NOT_RUNNING
        assert ended(await collect(events)).outcome is Outcome.COMPLETE
    finally:
        await other.aclose()


async def test_one_that_waits_leaves_the_queue_at_once(spot: Spot) -> None:
    await spot.server.fault("busy")
    prepared = await spot.prepare()
    events = spot.connector.run(prepared)
    place = await until(events, lambda event: isinstance(event, Queued))
    assert place == Queued(1)
    following = asyncio.create_task(collect(events))
    assert await spot.connector.cancel(prepared.handle) is CancelResult.STOPPED
    # The job before it still runs.
    end = ended(await following)
    assert end.outcome is Outcome.CANCELLED
    await spot.server.fault("free")
    assert (await spot.server.state())[:1] == (0,)
    assert ended(await collect(spot.connector.run(await spot.prepare()))).outcome is Outcome.COMPLETE


async def test_the_place_in_the_queue_counts_the_one_that_runs(spot: Spot) -> None:
    await spot.server.fault("busy")
    other = spot.second()
    try:
        first = spot.connector.run(await spot.prepare())
        await until(first, lambda event: isinstance(event, Queued))
        theirs = await theirs_of(spot, other)
        second = other.run(theirs)
        assert await until(second, lambda event: isinstance(event, Queued)) == Queued(2)
        assert (await spot.connector.probe()).queue_remaining == 3
        await spot.server.fault("free")
        ends = await asyncio.gather(collect(first), collect(second))
        assert [ended(events).outcome for events in ends] == [Outcome.COMPLETE, Outcome.COMPLETE]
    finally:
        await other.aclose()


async def test_a_job_of_another_process_is_not_ours_to_stop(spot: Spot) -> None:
    prepared = await spot.prepare(steps=60)
    other = spot.second()
    try:
        events = spot.connector.run(prepared)
        await until(events, is_sampling)
        # It cannot see whether that task still runs.
        assert await other.cancel(prepared.handle) is CancelResult.CANNOT
        assert ended(await collect(events)).outcome is Outcome.COMPLETE
    finally:
        await other.aclose()


async def test_a_full_queue_refuses(spot: Spot) -> None:
    await spot.server.fault("full")
    with pytest.raises(Rejected) as caught:
        await collect(spot.connector.run(await spot.prepare()))
    assert "full" in caught.value.title
    assert (await spot.server.state()).jobs == 0
