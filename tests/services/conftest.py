"""A core over an empty home, and a real server beside it."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from darkroom.config.paths import resolve
from darkroom.config.settings import load
from darkroom.services.core import Core
from tests.servers.comfyui import comfyui_server

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.servers.comfyui import ComfyServer


@asynccontextmanager
async def opened_core(home: Path, *, takes_all: bool = False) -> AsyncIterator[Core]:
    paths = resolve(home, {})
    paths.create()
    core = await Core.open(paths, load(paths, {}))
    try:
        await core.start(background=False, takes_all=takes_all)
        yield core
    finally:
        await core.aclose()


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[ComfyServer]:
    async with comfyui_server(tmp_path / "server", speed=0) as running:
        yield running


@pytest.fixture
async def core(tmp_path: Path) -> AsyncIterator[Core]:
    async with opened_core(tmp_path / "home") as opened:
        yield opened
