"""Real stores in real files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from darkroom.store.store import Store
from tests.store.desk import Desk
from tests.store.recipes import NOW, OTHER, OWNER

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


@pytest.fixture
async def desk(store: Store) -> Desk:
    """An empty queue; two processes live."""
    for owner in (OWNER, OTHER):
        await store.generations.register(owner, 1, "host", NOW)
    return Desk(store, (await store.sessions.create("s")).id)


async def fill(desk: Desk, names: str) -> None:
    for name in names:
        await desk.add(name)
