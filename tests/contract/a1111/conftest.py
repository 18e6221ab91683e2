"""Servers of one test alone: what is changed at them remains."""

from __future__ import annotations

import uuid
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from darkroom.connectors.access import Access
from darkroom.connectors.registry import open_connector
from darkroom.domain.profile import Profile
from tests.contract.backends.a1111 import BACKEND
from tests.contract.driving import collect, ended, prepare
from tests.contract.site import Site
from tests.servers.a1111 import A1111Server
from tests.servers.process import running

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

    from darkroom.connectors.base import Connector
    from darkroom.domain.events import Ended
    from darkroom.domain.parameters import Role, Values


class Own:
    """A server, and clients of it."""

    def __init__(self, server: A1111Server) -> None:
        self.server = server
        self.site = Site(BACKEND, server.url, server)

    @asynccontextmanager
    async def client(self, *, may_change: bool = False) -> AsyncIterator[Connector]:
        """A client whose profile lets it change the server's settings, or does not."""
        profile = Profile("test", "a1111", self.server.url, server_settings=may_change)
        opened = open_connector(profile, self.server.url, Access(), uuid.uuid4().hex)
        try:
            yield opened
        finally:
            await opened.aclose()

    async def make(
        self, connector: Connector, values: Values, pictures: Mapping[Role, bytes] | None = None
    ) -> Ended:
        """A small picture."""
        asked = await self.site.ask(connector, {**BACKEND.quick, "steps": 2, **values}, pictures=pictures)
        prepared = await prepare(connector, asked.snapshot, asked.blobs)
        return ended(await collect(connector.run(prepared)))

    async def options(self) -> dict[str, Any]:
        async with httpx.AsyncClient() as client:
            answer = await client.get(f"{self.server.url}/sdapi/v1/options")
        found: dict[str, Any] = answer.json()
        return found

    async def set_options(self, **changes: Any) -> None:
        """As somebody does on the web page."""
        async with httpx.AsyncClient() as client:
            answer = await client.post(f"{self.server.url}/sdapi/v1/options", json=changes)
        assert answer.status_code == 200


@pytest.fixture
def start(tmp_path: Path) -> Callable[..., AbstractAsyncContextManager[Own]]:
    """Starts a server; takes what `A1111Server` takes."""

    @asynccontextmanager
    async def started(**arguments: Any) -> AsyncIterator[Own]:
        async with running(A1111Server(tmp_path, **arguments)) as server:
            yield Own(server)

    return started


@pytest.fixture
async def own(start: Callable[..., AbstractAsyncContextManager[Own]]) -> AsyncIterator[Own]:
    """A Forge with a web page, nothing saved yet."""
    async with start() as server:
        yield server
