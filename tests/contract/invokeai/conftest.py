"""A test server of each test's own, and a client of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.contract.backends.invokeai import BACKEND
from tests.contract.site import Site
from tests.servers.invokeai import InvokeServer
from tests.servers.process import running

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from darkroom.connectors.base import Connector


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[InvokeServer]:
    async with running(InvokeServer(tmp_path)) as started:
        yield started


@pytest.fixture
def place(server: InvokeServer) -> Site:
    """The server, as the common suite asks of it."""
    return Site(BACKEND, server.url, server)


@pytest.fixture
async def client(place: Site) -> AsyncIterator[Connector]:
    opened = place.open()
    yield opened
    await opened.aclose()
