"""Finding a job again: by its id, by the name of its files, among jobs that may be it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from darkroom.connectors.fooocus_api.handle import read_handle
from darkroom.domain.errors import ProtocolError, Rejected, Unreachable
from darkroom.domain.events import Accepted, Ended, NotFound, Outcome, Progress, Queued
from tests.contract.driving import collect, ended, is_sampling, read, until
from tests.contract.fooocus_api.conftest import Api, client, closing, idle
from tests.servers.fooocus_api import FooocusApiServer
from tests.servers.process import running

if TYPE_CHECKING:
    from pathlib import Path

    from darkroom.connectors.base import Prepared


async def lose_answer(server: FooocusApiServer, api: Api, **values: object) -> Prepared:
    """A job that the server has, under an id that we never heard."""
    prepared = await api.prepare(**values)  # type: ignore[arg-type]
    await server.fault("cut", at="submitted")
    with pytest.raises(Unreachable) as caught:
        await collect(api.connector.run(prepared))
    assert caught.value.sent
    return prepared


async def test_a_lost_answer_costs_no_job_and_sends_none_twice(server: FooocusApiServer, faulty: Api) -> None:
    prepared = await lose_answer(server, faulty, steps=60, batch_size=2)
    assert isinstance(await faulty.connector.inspect(prepared.handle), Progress), "it may run"
    events = await collect(faulty.connector.resume(prepared.handle))
    accepted = [event for event in events if isinstance(event, Accepted)]
    assert read_handle(accepted[0].handle).job != ""
    assert (ended(events).outcome, len(ended(events).outputs)) == (Outcome.COMPLETE, 2)
    assert (await server.state()).jobs == 1


async def test_a_lost_answer_is_found_in_a_database_that_lists_the_newest_first(tmp_path: Path) -> None:
    server = FooocusApiServer(tmp_path, step_s=0.02, arguments=["--persistent"])
    async with running(server):
        api = Api(server.url, client(server.url))
        try:
            for _ in range(2):
                assert (await api.run()).outcome is Outcome.COMPLETE
            prepared = await lose_answer(server, api)
            await idle(server)
            events = await collect(api.connector.resume(prepared.handle))
        finally:
            await api.connector.aclose()
    assert (ended(events).outcome, ended(events).notes) == (Outcome.COMPLETE, ())
    assert any(isinstance(event, Accepted) for event in events), "found by its record, not by its files"


async def test_a_job_whose_answer_was_lost_is_told_from_one_of_another_client(
    server: FooocusApiServer, faulty: Api
) -> None:
    prepared = await faulty.prepare(steps=20)
    other = client(server.url)
    try:
        foreign = await replace(faulty, connector=other).prepare(steps=20)
        theirs = await collect(other.run(foreign))
    finally:
        await other.aclose()
    assert ended(theirs).outcome is Outcome.COMPLETE
    assert isinstance(await faulty.connector.inspect(prepared.handle), NotFound), "it may be sent"


async def test_while_a_foreign_job_may_be_ours_it_is_followed_and_in_the_end_it_is_none(
    server: FooocusApiServer, faulty: Api
) -> None:
    prepared = await faulty.prepare()
    other = client(server.url)
    try:
        foreign = await replace(faulty, connector=other).prepare(steps=30)
        async with closing(other.run(foreign)) as theirs:
            await until(theirs, is_sampling)
            assert isinstance(await faulty.connector.inspect(prepared.handle), Progress)
            end = ended(await collect(faulty.connector.resume(prepared.handle)))
            assert (end.outcome, end.outputs) == (Outcome.LOST, ())
            assert ended([event async for event in theirs]).outcome is Outcome.COMPLETE
    finally:
        await other.aclose()


async def test_a_job_that_the_server_forgot_is_found_by_its_files(
    server: FooocusApiServer, faulty: Api
) -> None:
    events = await collect(faulty.connector.run(await faulty.prepare(batch_size=2)))
    (handle,) = [event.handle for event in events if isinstance(event, Accepted)]
    await server.fault("forget")
    names = [output.name for output in ended(events).outputs]
    for known in (handle, {**handle, "job": ""}):
        found = await faulty.connector.inspect(known)
        assert isinstance(found, Ended)
        assert (found.outcome, [output.name for output in found.outputs]) == (Outcome.COMPLETE, names)
        assert found.notes == ("The server has forgotten the job; its pictures were found by their name",)
        assert len(await read(faulty.connector, found.outputs[1])) > 500


async def test_files_outlive_a_restart_and_what_did_not_end_is_lost(
    server: FooocusApiServer, faulty: Api
) -> None:
    done = await collect(faulty.connector.run(await faulty.prepare()))
    (kept,) = [event.handle for event in done if isinstance(event, Accepted)]
    async with closing(faulty.connector.run(await faulty.prepare(steps=200))) as events:
        accepted = await until(events, lambda event: isinstance(event, Accepted))
        assert isinstance(accepted, Accepted)
        await until(events, is_sampling)
        await server.restart()
        lost = ended([event async for event in events])
    assert (lost.outcome, lost.outputs) == (Outcome.LOST, ())
    assert isinstance(await faulty.connector.inspect(accepted.handle), NotFound)
    found = ended(await collect(faulty.connector.resume(kept)))
    assert (found.outcome, found.outputs[0].name) == (Outcome.COMPLETE, ended(done).outputs[0].name)


async def test_the_place_in_the_queue_is_told(server: FooocusApiServer, faulty: Api) -> None:
    await server.fault("busy")
    async with closing(faulty.connector.run(await faulty.prepare())) as events:
        await until(events, lambda event: event == Queued(1))
        await server.fault("free")
        assert ended([event async for event in events]).outcome is Outcome.COMPLETE


async def test_a_full_queue_refuses(server: FooocusApiServer, faulty: Api) -> None:
    await server.fault("full")
    with pytest.raises(Rejected, match="queue is full") as caught:
        await faulty.run()
    assert "--queue-size" in caught.value.hint


async def test_a_picture_that_is_gone_from_the_server_is_said(server: FooocusApiServer, faulty: Api) -> None:
    end = await faulty.run()
    for stored in server.home.rglob("*.png"):
        stored.unlink()
    with pytest.raises(ProtocolError):
        await read(faulty.connector, end.outputs[0])
