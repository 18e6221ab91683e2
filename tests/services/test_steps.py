"""Steps of a generation: known at once, written soon after, and what finds the job is on the disk first."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from darkroom.domain.errors import Superseded
from darkroom.domain.generation import Status
from darkroom.services.steps import Steps
from darkroom.services.updates import Changed, Hub, Subscription
from darkroom.store.store import Store
from tests.store.recipes import NOW, OTHER, OWNER, new

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await Store.open(tmp_path / "data" / "darkroom.db", tmp_path / "data" / "blobs")
    for owner in (OWNER, OTHER):
        await opened.generations.register(owner, 1, "host", NOW)
    yield opened
    await opened.aclose()


async def begun(store: Store) -> tuple[Steps, str, Subscription]:
    """The steps of a generation that is being sent, its id, and what is told of it."""
    summary = await new(store, (await store.sessions.create("s")).id)
    await store.generations.prepared(
        summary.id, OWNER, request={"a": 1}, handle={"job": "mine"}, expected=1, server_version="1"
    )
    generation = await store.generations.get(summary.id)
    assert generation is not None
    hub = Hub()
    return Steps(generation, owner=OWNER, store=store, hub=hub), summary.id, hub.subscribe()


async def told(updates: Subscription) -> list[Status]:
    """The statuses that were published so far."""
    statuses: list[Status] = []
    while True:
        try:
            async with asyncio.timeout(0.01):
                update = await anext(updates)
        except TimeoutError:
            return statuses
        assert isinstance(update, Changed)
        statuses.append(update.summary.status)


async def test_steps_in_a_row_are_written_as_one(store: Store) -> None:
    steps, generation_id, updates = await begun(store)
    await steps.accept({"job": "mine"})
    steps.reach(Status.RUNNING)
    steps.reach(Status.QUEUED)  # for a moment, says the server
    assert steps.is_at_server
    assert steps.status is Status.RUNNING
    await steps.written()
    assert await told(updates) == [Status.RUNNING]
    kept = await store.generations.get(generation_id)
    assert kept is not None
    assert (kept.summary.status, kept.started_at) == (Status.RUNNING, steps.started_at)


async def test_a_step_that_comes_while_one_is_written_follows_it(store: Store) -> None:
    steps, _, updates = await begun(store)
    steps.reach(Status.QUEUED)
    await asyncio.sleep(0)
    steps.reach(Status.RUNNING)
    await steps.written()
    assert await told(updates) == [Status.QUEUED, Status.RUNNING]


async def test_a_new_handle_is_kept_when_it_is_accepted(store: Store) -> None:
    steps, generation_id, updates = await begun(store)
    await steps.accept({"job": "theirs"})
    kept = await store.generations.get(generation_id)
    assert kept is not None
    assert (kept.handle, kept.summary.status) == ({"job": "theirs"}, Status.QUEUED)
    assert await told(updates) == [Status.QUEUED]
    assert steps.handle == {"job": "theirs"}


async def test_who_was_replaced_hears_of_it_at_the_next_step_and_at_the_end(store: Store) -> None:
    steps, generation_id, _ = await begun(store)
    late = NOW + timedelta(hours=1)
    assert await store.generations.claim(generation_id, OTHER, late, late)
    steps.reach(Status.QUEUED)
    with pytest.raises(Superseded):
        await steps.written()
    with pytest.raises(Superseded):
        steps.reach(Status.RUNNING)
    await steps.aclose()
