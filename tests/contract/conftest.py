"""The servers that the common suite runs against: a test server of each service, real ones with `--live`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from tests.contract.backends import available
from tests.contract.site import Site

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from darkroom.connectors.base import Connector
    from tests.servers.process import ServerProcess

Servers = dict[str, "ServerProcess"]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    backends = available()
    if "site" in metafunc.fixturenames:
        live = [
            server for server in metafunc.config.getoption("--live") if server.partition("=")[0] in backends
        ]
        metafunc.parametrize("site", [*backends, *live], indirect=True)
    if "backend" in metafunc.fixturenames:
        metafunc.parametrize("backend", backends.values(), ids=backends)
    if "imposter" in metafunc.fixturenames:
        metafunc.parametrize("imposter", backends.values(), ids=[f"{name} answers" for name in backends])


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def servers(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Servers]:
    """A server of each service, not started; they live as long as the session."""
    made = {name: backend.server(tmp_path_factory.mktemp(name)) for name, backend in available().items()}
    yield made
    for server in made.values():
        await server.kill()


@pytest.fixture
async def site(request: pytest.FixtureRequest, servers: Servers) -> AsyncIterator[Site]:
    """A running server without faults or jobs."""
    service, _, url = str(request.param).partition("=")
    backend = available()[service]
    if url:
        yield Site(backend, url)
        return
    server = servers[service]
    await server.start()
    yield Site(backend, server.url, server)
    if not server.alive:
        return
    await server.fault("clear")
    if (await server.state()).unfinished:
        await server.restart()


@pytest.fixture
async def connector(site: Site) -> AsyncIterator[Connector]:
    """A client of `site`."""
    opened = site.open()
    yield opened
    await opened.aclose()


@pytest.fixture
async def second(site: Site) -> AsyncIterator[Connector]:
    """Another client of `site`, as from another process."""
    opened = site.open()
    yield opened
    await opened.aclose()
