"""The websocket: slow followers, and proxies that do not pass it on."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from darkroom.connectors.access import Access, parse_address
from darkroom.connectors.fooocus.connector import FooocusConnector
from darkroom.domain.errors import ProtocolError
from darkroom.domain.events import NotFound, Outcome
from darkroom.domain.profile import Profile
from darkroom.domain.service import FOOOCUS
from tests.contract.backends.fooocus import BACKEND
from tests.contract.driving import PATIENCE_S, collect, ended, is_sampling, prepare, until
from tests.contract.fooocus.conftest import Spot, spot_of
from tests.contract.proxy import proxy
from tests.servers.fooocus import FooocusServer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

LOOK_EVERY_S = 0.05


async def idle(spot: Spot) -> None:
    """Waits until the server has nothing to do any more."""
    async with asyncio.timeout(PATIENCE_S):
        while (await spot.server.state()).unfinished:  # noqa: ASYNC110 - it is another process
            await asyncio.sleep(LOOK_EVERY_S)


async def test_a_follower_that_does_not_follow_loses_nothing(tmp_path: Path) -> None:
    # Previews of 260 kB fill every buffer on the way; who does not take them within a second is given up.
    server = FooocusServer(tmp_path, step_s=0.03, arguments=["--preview-px", "256"])
    async with spot_of(server) as spot:
        events = spot.connector.run(await spot.prepare(steps=130))
        await until(events, is_sampling)
        await idle(spot)
        end = ended(await collect(events))
        assert (end.outcome, end.notes) == (Outcome.COMPLETE, ())


@asynccontextmanager
async def impatient(url: str) -> AsyncIterator[FooocusConnector]:
    """A connector that asks after half a second of silence."""
    address, access = parse_address(url, Access())
    connector = FooocusConnector(Profile("test", FOOOCUS, url), address, access, quiet_s=0.5)
    try:
        yield connector
    finally:
        await connector.aclose()


async def test_a_line_that_was_given_up_is_noticed_though_it_stands(spot: Spot) -> None:
    # The page leaves the socket open then, and nothing is ever heard again.
    prepared = await spot.prepare(batch_size=2, steps=20)
    await spot.server.fault("deaf")
    async with impatient(spot.server.url) as connector:
        end = ended(await collect(connector.run(prepared)))
    assert end.outcome is Outcome.COMPLETE
    assert len(end.outputs) == 2
    assert any("log" in note for note in end.notes)
    assert (await spot.server.state()).jobs == 1


async def test_silence_alone_is_no_end(spot: Spot) -> None:
    prepared = await spot.prepare(steps=20)
    await spot.server.fault("silence", seconds=3)
    async with impatient(spot.server.url) as connector:
        end = ended(await collect(connector.run(prepared)))
    assert (end.outcome, end.notes) == (Outcome.COMPLETE, ())


async def test_a_proxy_without_websockets_is_told(spot: Spot) -> None:
    async with proxy(spot.server.url, lambda _: True, sockets=False) as before:
        connector = BACKEND.open(before.url)
        try:
            asked = await spot.site.ask(connector, BACKEND.quick)
            prepared = await prepare(connector, asked.snapshot, asked.blobs)
            with pytest.raises(ProtocolError) as caught:
                await collect(connector.run(prepared))
            assert "websocket" in caught.value.title
            assert "proxy" in caught.value.hint
        finally:
            await connector.aclose()
    assert (await spot.server.state()).jobs == 0


async def test_what_was_never_prepared_here_is_not_found(spot: Spot) -> None:
    prepared = await spot.prepare()
    handle = {**prepared.handle, "app": "another life", "called": True}
    assert await spot.connector.inspect(handle) == NotFound()
