"""Lines that break, and neighbours on the server: no job is lost by them, and none is sent twice."""

from __future__ import annotations

import asyncio
import uuid
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from websockets.asyncio.client import connect

from darkroom.connectors.access import Access
from darkroom.connectors.registry import open_connector
from darkroom.domain.errors import Unreachable
from darkroom.domain.events import Accepted, Outcome, Preview, Progress
from darkroom.domain.profile import Profile
from tests.contract.comfyui.target import MANY_STEPS, SLOW, plain, save, txt2img, workflow
from tests.contract.driving import collect, ended, is_sampling, prepare, until
from tests.contract.relay import relay

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from darkroom.connectors.base import Connector
    from darkroom.domain.events import JobEvent
    from tests.contract.comfyui.target import Target
    from tests.contract.relay import Relay


@pytest.fixture
async def wire(target: Target) -> AsyncIterator[Relay]:
    """A line to the server that can be cut."""
    async with relay(target.url) as running:
        yield running


@pytest.fixture
async def wired(wire: Relay) -> AsyncIterator[Connector]:
    """A connector at the end of `wire`."""
    connector = opened(wire.url)
    try:
        yield connector
    finally:
        await connector.aclose()


def opened(url: str) -> Connector:
    return open_connector(Profile("test"), url, Access(), uuid.uuid4().hex)


async def heard_again(wire: Relay, events: AsyncIterator[JobEvent]) -> None:
    """Waits until a second socket is open and says something."""
    while len(wire.sockets) < 2:
        await anext(events)
    # One preview may still be of the first socket.
    for _ in range(2):
        await until(events, lambda event: isinstance(event, Preview))


async def test_a_dropped_line_comes_back_to_the_same_job(wire: Relay, wired: Connector) -> None:
    events = wired.run(await prepare(wired, await txt2img(wired, steps=SLOW)))
    await until(events, is_sampling)
    wire.drop()
    found = await collect(events)
    assert ended(found).outcome is Outcome.COMPLETE
    assert any(isinstance(event, Preview) for event in found)
    assert [e.step for e in found if isinstance(e, Progress) and e.step is not None][-1] == SLOW


async def test_after_a_dropped_line_new_jobs_go_under_a_fresh_id(wire: Relay, wired: Connector) -> None:
    first = await prepare(wired, await txt2img(wired, steps=SLOW))
    events = wired.run(first)
    await until(events, is_sampling)
    wire.drop()
    await collect(events)
    second = await prepare(wired, await txt2img(wired))
    assert second.handle["client_id"] != first.handle["client_id"]
    assert any(is_sampling(event) for event in await collect(wired.run(second)))


async def test_a_line_whose_loss_the_server_notices_late_costs_no_job(wire: Relay, wired: Connector) -> None:
    first = await prepare(wired, await txt2img(wired, steps=SLOW))
    events = wired.run(first)
    await until(events, is_sampling)
    wire.drop(late=True)
    await heard_again(wire, events)
    # Now the server drops the second socket of this id for the first.
    wire.release()
    assert ended(await collect(events)).outcome is Outcome.COMPLETE
    second = await prepare(wired, await txt2img(wired, steps=8))
    assert second.handle["client_id"] != first.handle["client_id"]
    assert any(is_sampling(event) for event in await collect(wired.run(second)))


async def test_a_socket_that_turned_deaf_is_renewed_while_the_job_runs(wire: Relay, wired: Connector) -> None:
    prepared = await prepare(wired, await txt2img(wired, steps=MANY_STEPS))
    events = wired.run(prepared)
    await until(events, is_sampling)
    wire.drop(late=True)
    await heard_again(wire, events)
    wire.release()
    async with asyncio.timeout(30):
        while len(wire.sockets) < 3:
            await anext(events)
    await until(events, lambda event: isinstance(event, Preview))
    await wired.cancel(prepared.handle)
    assert ended(await collect(events)).outcome is Outcome.CANCELLED


async def test_a_second_socket_under_our_id_costs_no_job(target: Target, connector: Connector) -> None:
    prepared = await prepare(connector, await txt2img(connector, steps=SLOW))
    events = connector.run(prepared)
    await until(events, is_sampling)
    address = f"{target.url.replace('http', 'ws')}/ws?clientId={prepared.handle['client_id']}"
    async with connect(address, max_size=None) as intruder:
        await intruder.recv()
    # The server now knows no socket of this id: ours is open and deaf.
    assert ended(await collect(events)).outcome is Outcome.COMPLETE
    following = await collect(connector.run(await prepare(connector, await txt2img(connector, steps=8))))
    assert any(is_sampling(event) for event in following)


async def test_an_answer_that_never_comes_back_is_asked_for(wire: Relay, wired: Connector) -> None:
    prepared = await prepare(wired, workflow(plain(s9=save())))
    wire.cut_after = b"POST /prompt"
    found = await collect(wired.run(prepared))
    assert isinstance(found[0], Accepted)
    assert ended(found).outcome is Outcome.COMPLETE
    assert wire.cuts == 1, "sent once"


async def test_a_line_that_is_gone_after_sending_leaves_the_question_open(
    wire: Relay, wired: Connector
) -> None:
    prepared = await prepare(wired, workflow(plain(s9=save())))
    wire.cut_after, wire.dead_after_cut = b"POST /prompt", True
    with pytest.raises(Unreachable) as caught:
        await collect(wired.run(prepared))
    assert caught.value.sent
    wire.dead = wire.dead_after_cut = False
    wire.cut_after = None
    assert ended(await collect(wired.resume(prepared.handle))).outcome is Outcome.COMPLETE


async def test_a_request_that_never_arrived_is_not_sent_again(wire: Relay, wired: Connector) -> None:
    prepared = await prepare(wired, workflow(plain(s9=save())))
    wire.cut_before = b"POST /prompt"
    with pytest.raises(Unreachable) as caught:
        await collect(wired.run(prepared))
    assert caught.value.sent
    assert wire.cuts == 1, "sent once"
    assert ended(await collect(wired.resume(prepared.handle))).outcome is Outcome.LOST


async def test_a_500_of_a_request_that_was_queued_is_followed(connector: Connector) -> None:
    long = await prepare(connector, await txt2img(connector, steps=MANY_STEPS))
    running = connector.run(long)
    await until(running, is_sampling)
    prepared = await prepare(connector, workflow(plain(s9=save())))
    numbered = replace(prepared, request={**prepared.request, "number": 5})
    first, second = connector.run(numbered), connector.run(numbered)
    assert isinstance(await anext(first), Accepted)
    assert isinstance(await anext(second), Accepted)
    await connector.cancel(long.handle)
    assert ended(await collect(second)).outcome is Outcome.COMPLETE
    assert ended(await collect(first)).outcome is Outcome.COMPLETE


async def test_other_clients_jobs_are_not_ours(target: Target, connector: Connector) -> None:
    other = opened(target.url)
    try:
        theirs = other.run(await prepare(other, await txt2img(other, steps=SLOW)))
        await until(theirs, is_sampling)
        ours = await collect(connector.run(await prepare(connector, workflow(plain(s9=save())))))
        assert not [event for event in ours if isinstance(event, Preview) or is_sampling(event)]
        assert ended(await collect(theirs)).outcome is Outcome.COMPLETE
    finally:
        await other.aclose()


async def test_a_follower_that_does_not_follow_stalls_nobody(target: Target, connector: Connector) -> None:
    idle = connector.run(await prepare(connector, await txt2img(connector, steps=SLOW)))
    await until(idle, is_sampling)
    other = opened(target.url)
    try:
        busy = await collect(other.run(await prepare(other, await txt2img(other, steps=SLOW))))
        assert any(isinstance(event, Preview) for event in busy)
    finally:
        await other.aclose()
    assert ended(await collect(idle)).outcome is Outcome.COMPLETE
