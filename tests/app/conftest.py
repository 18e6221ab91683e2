"""A core over a home of its own, empty or in use."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.app.seeding import fill
from tests.app.shell import opened_core

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from darkroom.services.core import Core


@pytest.fixture
async def core(tmp_path: Path) -> AsyncIterator[Core]:
    """An empty home."""
    async with opened_core(tmp_path / "home") as opened:
        yield opened


@pytest.fixture
async def full(core: Core) -> Core:
    """A home in use: see `seeding.fill`."""
    await fill(core)
    return core
