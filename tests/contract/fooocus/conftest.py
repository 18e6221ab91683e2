"""Servers with settings of a test's own."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from tests.contract.backends.fooocus import BACKEND, SMALL
from tests.contract.driving import Blobs, prepare
from tests.contract.site import Site
from tests.servers.fooocus import FooocusServer
from tests.servers.process import running

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from darkroom.connectors.base import Connector, Prepared


@dataclass(frozen=True)
class Spot:
    """A running server and a client of it."""

    server: FooocusServer
    connector: Connector

    @property
    def site(self) -> Site:
        """For the requests of the common suite."""
        return Site(BACKEND, self.server.url, self.server)

    def second(self) -> Connector:
        """Another client, as from another process; to be closed."""
        return BACKEND.open(self.server.url)

    async def prepare(self, **typed: Any) -> Prepared:
        """A small picture, with these values."""
        asked = await self.site.ask(self.connector, {**SMALL, "prompt": "a cat", "steps": 8, **typed})
        return await prepare(self.connector, asked.snapshot, Blobs())


@asynccontextmanager
async def spot_of(server: FooocusServer) -> AsyncIterator[Spot]:
    async with running(server):
        connector = BACKEND.open(server.url)
        try:
            yield Spot(server, connector)
        finally:
            await connector.aclose()


@pytest.fixture
async def spot(tmp_path: Path) -> AsyncIterator[Spot]:
    """A server that keeps its log, and samples at the pace of the common suite."""
    async with spot_of(FooocusServer(tmp_path / "home")) as found:
        yield found
