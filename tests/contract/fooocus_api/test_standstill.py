"""A server whose scheduler has died: it takes jobs and answers for ever."""

from __future__ import annotations

from typing import TYPE_CHECKING

from darkroom.connectors.fooocus_api.cancel import Cancels
from darkroom.connectors.fooocus_api.follow import Follower
from darkroom.connectors.fooocus_api.handle import read_handle
from darkroom.domain.events import Accepted, Outcome, Progress, Queued
from tests.contract.driving import collect, ended, until
from tests.contract.fooocus_api.conftest import closing

if TYPE_CHECKING:
    from darkroom.connectors.fooocus_api.handle import JobHandle
    from tests.contract.fooocus_api.conftest import Api
    from tests.servers.fooocus_api import FooocusApiServer

STILL_S = 0.6


async def taken(api: Api) -> JobHandle:
    """A job that the server has."""
    async with closing(api.connector.run(await api.prepare())) as events:
        accepted = await until(events, lambda event: isinstance(event, Accepted))
    assert isinstance(accepted, Accepted)
    return read_handle(accepted.handle)


async def test_a_queue_that_never_moves_is_told_and_is_no_end(server: FooocusApiServer, faulty: Api) -> None:
    await server.fault("standstill")
    job = await taken(faulty)
    http = faulty.connector._client
    follower = Follower(http, job, Cancels(http), still_s=STILL_S)
    async with closing(follower.events()) as events:
        await until(events, lambda event: event == Queued(0))
        told = await until(events, lambda event: isinstance(event, Progress))
        assert isinstance(told, Progress)
        assert "has not moved" in told.label
        assert told.fraction is None
        assert (await faulty.connector.probe()).queue_remaining == 1, "it answers as if it were well"
        await server.fault("clear")
        end = ended([event async for event in events])
    assert end.outcome is Outcome.COMPLETE
    assert any("stood still" in note for note in end.notes)


async def test_a_queue_that_moves_is_not_called_still(server: FooocusApiServer, faulty: Api) -> None:
    """The job before ours is at work for longer than that."""
    before = await faulty.prepare(steps=120)
    async with closing(faulty.connector.run(before)) as theirs:
        await until(theirs, lambda event: isinstance(event, Progress))
        job = await taken(faulty)
        http = faulty.connector._client
        follower = Follower(http, job, Cancels(http), still_s=STILL_S)
        events = await collect(follower.events())
    assert ended(events).notes == ()
    assert Queued(1) in events
    assert not [e for e in events if isinstance(e, Progress) and "not moved" in e.label]
