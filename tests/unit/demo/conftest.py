from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest

from tests.servers.comfyui import comfyui_server

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.servers.comfyui import ComfyServer


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[ComfyServer]:
    async with comfyui_server(tmp_path) as running:
        yield running


@pytest.fixture
async def client(server: ComfyServer) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=server.url, timeout=30) as open_client:
        yield open_client
