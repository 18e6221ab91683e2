"""A test server of the test's own; and servers that need no faults, real ones among them."""

from __future__ import annotations

import asyncio
import uuid
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio

from darkroom.connectors.access import Access
from darkroom.connectors.fooocus_api.connector import FooocusApiConnector
from darkroom.connectors.registry import open_connector
from darkroom.domain.profile import Profile
from darkroom.domain.service import FOOOCUS_API
from darkroom.domain.snapshot import Snapshot
from darkroom.domain.workflow import TXT2IMG
from tests.contract.driving import Blobs, collect, ended, new_seed
from tests.servers.fooocus_api import FooocusApiServer
from tests.servers.process import running

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

    from darkroom.connectors.base import Prepared
    from darkroom.domain.events import Ended, JobEvent

TEST = "test server"
SMALL = {"width": 64, "height": 64, "steps": 4, "checkpoint": "sub/nested.safetensors"}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "url" in metafunc.fixturenames:
        live = metafunc.config.getoption("--live")
        urls = [url for service, _, url in (one.partition("=") for one in live) if service == FOOOCUS_API]
        metafunc.parametrize("url", [TEST, *urls], indirect=True, scope="session")


@dataclass
class Api:
    """A server and a client of it."""

    url: str
    connector: FooocusApiConnector
    blobs: Blobs = field(default_factory=Blobs)

    async def prepare(self, mode: str = TXT2IMG, **values: Any) -> Prepared:
        """A small picture with `values`; bytes among them are pictures that are fed in."""
        inputs = {a: self.blobs.add(value) for a, value in values.items() if isinstance(value, bytes)}
        plain = {a: f"blob:{inputs[a].hash}" if a in inputs else value for a, value in values.items()}
        asked: dict[str, Any] = {**SMALL, "seed": new_seed(), **plain}
        snapshot = Snapshot(FOOOCUS_API, "test", mode, mode, asked, inputs=inputs)
        return await self.connector.prepare(str(uuid.uuid4()), snapshot, self.blobs)

    async def run(self, mode: str = TXT2IMG, **values: Any) -> Ended:
        """Its end."""
        return ended(await collect(self.connector.run(await self.prepare(mode, **values))))


def closing(events: AsyncIterator[JobEvent]) -> AbstractAsyncContextManager[AsyncIterator[JobEvent]]:
    """`events`, closed at the end: whoever leaves early follows no more."""
    return aclosing(events)  # type: ignore[type-var]


async def idle(server: FooocusApiServer) -> None:
    """Waits until the server has no job left."""
    for _ in range(1000):
        if not (await server.state()).unfinished:
            return
        await asyncio.sleep(0.02)
    raise AssertionError("the server does not come to an end")


def client(url: str) -> FooocusApiConnector:
    """A client of its own, as of another process."""
    opened = open_connector(Profile("test", FOOOCUS_API), url, Access(), uuid.uuid4().hex)
    assert isinstance(opened, FooocusApiConnector)
    return opened


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[FooocusApiServer]:
    """A server that takes faults."""
    async with running(FooocusApiServer(tmp_path / "server", step_s=0.02)) as started:
        yield started


@pytest.fixture
async def faulty(server: FooocusApiServer) -> AsyncIterator[Api]:
    """A client of `server`."""
    connector = client(server.url)
    yield Api(server.url, connector)
    await connector.aclose()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def shared_url(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """A test server that takes no faults, for all tests that need none."""
    async with running(FooocusApiServer(tmp_path_factory.mktemp("shared"), step_s=0.02)) as started:
        yield started.url


@pytest.fixture(scope="session")
def url(request: pytest.FixtureRequest) -> str:
    """A server without faults: the test server, or a real one."""
    return str(request.getfixturevalue("shared_url") if request.param == TEST else request.param)


@pytest.fixture
async def api(url: str) -> AsyncIterator[Api]:
    """A client of it."""
    connector = client(url)
    yield Api(url, connector)
    await connector.aclose()
