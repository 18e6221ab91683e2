"""The servers of ComfyUI's own tests: the demo always, real ones with `--live`."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from darkroom.connectors.access import Access
from darkroom.connectors.registry import open_connector
from darkroom.domain.profile import Profile
from darkroom.domain.service import COMFYUI
from tests.contract.comfyui.target import Target
from tests.servers.comfyui import comfyui_server

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from darkroom.connectors.base import Connector
    from tests.servers.comfyui import ComfyServer

DEMO = "comfyui=demo"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "target" in metafunc.fixturenames:
        live = metafunc.config.getoption("--live")
        servers = [DEMO, *(server for server in live if server.startswith(f"{COMFYUI}="))]
        metafunc.parametrize("target", servers, indirect=True, scope="session")


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def demo_url(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    async with comfyui_server(tmp_path_factory.mktemp("demo"), speed=1, control=False) as server:
        yield server.url


@pytest.fixture(scope="session")
def target(request: pytest.FixtureRequest) -> Target:
    service, _, url = str(request.param).partition("=")
    if request.param == DEMO:
        return Target(service, request.getfixturevalue("demo_url"), is_demo=True)
    return Target(service, url)


@pytest.fixture
async def connector(target: Target) -> AsyncIterator[Connector]:
    opened = open_connector(Profile("test", target.service), target.url, Access(), uuid.uuid4().hex)
    try:
        yield opened
    finally:
        await opened.aclose()


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[ComfyServer]:
    """A demo server of the test's own, which takes faults; it samples at the pace of a real one."""
    async with comfyui_server(tmp_path, speed=1) as running:
        yield running


@pytest.fixture
async def faulty(server: ComfyServer) -> AsyncIterator[Connector]:
    """A connector to `server`."""
    opened = open_connector(Profile("test"), server.url, Access(), uuid.uuid4().hex)
    try:
        yield opened
    finally:
        await opened.aclose()
