"""Real stores in real files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from darkroom.store.store import Store

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    """An empty store below `tmp_path`."""
    opened = await Store.open(tmp_path / "data" / "darkroom.db", tmp_path / "data" / "blobs")
    yield opened
    await opened.aclose()


@pytest.fixture
async def second(store: Store, tmp_path: Path) -> AsyncIterator[Store]:
    """The same store, opened again as another process would."""
    opened = await Store.open(tmp_path / "data" / "darkroom.db", tmp_path / "data" / "blobs")
    yield opened
    await opened.aclose()
