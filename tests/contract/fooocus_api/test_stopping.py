"""Stopping: the server's `stop` has no id, and while nothing runs it ends the next job."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from darkroom.connectors.fooocus_api.ending import SENT_AGAIN, TOO_LATE
from darkroom.connectors.fooocus_api.handle import read_handle
from darkroom.domain.events import Accepted, CancelResult, Ended, Outcome, Queued
from tests.contract.driving import collect, ended, is_sampling, until
from tests.contract.fooocus_api.conftest import closing, idle

if TYPE_CHECKING:
    from tests.contract.fooocus_api.conftest import Api
    from tests.servers.fooocus_api import FooocusApiServer


async def handle_of(events: Any) -> Any:
    accepted = await until(events, lambda event: isinstance(event, Accepted))
    assert isinstance(accepted, Accepted)
    return accepted.handle


async def test_a_job_that_is_over_is_not_stopped_and_the_next_one_lives(api: Api) -> None:
    prepared = await api.prepare()
    events = await collect(api.connector.run(prepared))
    (handle,) = [event.handle for event in events if isinstance(event, Accepted)]
    assert await api.connector.cancel(handle) is CancelResult.NOT_RUNNING
    assert await api.connector.cancel(prepared.handle) is CancelResult.NOT_RUNNING
    assert (await api.run()).outcome is Outcome.COMPLETE


async def test_a_stopped_job_keeps_its_pictures_and_the_next_one_lives(api: Api) -> None:
    async with closing(api.connector.run(await api.prepare(steps=40, batch_size=4))) as events:
        handle = await handle_of(events)
        await until(events, lambda event: is_sampling(event) and "picture 2" in getattr(event, "label", ""))
        # Asked twice, sent once: a second stop would end the next job.
        both = await asyncio.gather(api.connector.cancel(handle), api.connector.cancel(handle))
        assert set(both) == {CancelResult.STOPPED}
        end = ended([event async for event in events])
    assert end.outcome is Outcome.CANCELLED
    assert 1 <= len(end.outputs) < 4
    assert end.notes[0] == f"Stopped: {len(end.outputs)} of 4 pictures were done"
    assert (await api.run()).outcome is Outcome.COMPLETE


async def test_a_waiting_job_is_stopped_when_it_begins_and_the_foreign_one_lives(
    server: FooocusApiServer, faulty: Api
) -> None:
    await server.fault("busy")
    async with closing(faulty.connector.run(await faulty.prepare(steps=200))) as events:
        handle = await handle_of(events)
        await until(events, lambda event: event == Queued(1))
        assert await faulty.connector.cancel(handle) is CancelResult.STOPPED
        assert (await server.state()).foreign_stopped == 0
        await server.fault("free")
        end = ended([event async for event in events])
    assert (end.outcome, end.outputs) == (Outcome.CANCELLED, ())
    assert (await server.state()).foreign_stopped == 0
    assert (await faulty.run()).outcome is Outcome.COMPLETE


async def test_a_waiting_job_that_nobody_follows_cannot_be_cancelled(
    server: FooocusApiServer, faulty: Api
) -> None:
    await server.fault("busy")
    async with closing(faulty.connector.run(await faulty.prepare())) as events:
        handle = await handle_of(events)
    assert await faulty.connector.cancel(handle) is CancelResult.CANNOT
    assert (await server.state()).foreign_stopped == 0


async def test_a_stop_that_came_too_late_costs_the_next_job_nothing(
    server: FooocusApiServer, faulty: Api
) -> None:
    async with closing(faulty.connector.run(await faulty.prepare())) as events:
        handle = await handle_of(events)
        # Nobody asks until it is over: then the stop is on its way to a job that does not run any more.
        await idle(server)
        await faulty.connector._cancels.stop(read_handle(handle))
        end = ended([event async for event in events])
    assert (end.outcome, end.notes) == (Outcome.COMPLETE, (TOO_LATE,))
    asked: list[int] = []
    prepared = replace(await faulty.prepare(steps=20), still_ours=lambda: asked.append(1))
    following = await collect(faulty.connector.run(prepared))
    assert (ended(following).outcome, ended(following).notes) == (Outcome.COMPLETE, (SENT_AGAIN,))
    ids = {read_handle(event.handle).job for event in following if isinstance(event, Accepted)}
    assert len(ids) == len(asked) == 2
    assert (await server.state()).jobs == 3
    assert (await faulty.run()).notes == ()


async def test_a_stop_of_somebody_else_is_told_apart_from_ours(server: FooocusApiServer, faulty: Api) -> None:
    async with closing(faulty.connector.run(await faulty.prepare(steps=40, batch_size=3))) as events:
        await until(events, lambda event: is_sampling(event) and "picture 2" in getattr(event, "label", ""))
        await faulty.connector._client.stop()
        end = ended([event async for event in events])
    assert end.outcome is Outcome.CANCELLED
    assert end.reason is not None
    assert "somebody else" in end.reason.detail


async def test_a_stop_that_somebody_sent_while_nothing_ran_is_explained(api: Api) -> None:
    await api.connector._client.stop()
    end = await api.run(steps=20)
    assert (end.outcome, end.outputs) == (Outcome.FAILED, ())
    assert end.reason is not None
    assert "while nothing ran" in end.reason.detail
    assert isinstance(end, Ended)
    assert (await api.run()).outcome is Outcome.COMPLETE
