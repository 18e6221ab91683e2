"""Batches with pictures, for tests of what shows them."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from darkroom.domain.batch.sweep import parse_axis
from darkroom.domain.profile import Profile
from darkroom.domain.workflow import BUILT_IN
from darkroom.services.batching.wanted import Wanted
from tests.app.seeding import know_catalog
from tests.app.shell import opened_core

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from darkroom.domain.queue import Batch
    from darkroom.services.core import Core

NOWHERE = "http://127.0.0.1:9"


@asynccontextmanager
async def waiting_core(tmp_path: Path, url: str = NOWHERE, *, paused: bool = True) -> AsyncIterator[Core]:
    """A core with one server, whose lists are known, and with a queue that is paused."""
    profile = Profile("box", url=url, defaults={"width": 64, "height": 64, "steps": 2})
    async with opened_core(tmp_path / "home", profiles=[profile]) as core:
        await know_catalog(core, "box")
        session = await core.sessions.last()
        await core.sessions.use(session.id, workflow_id="txt2img", profile="box")
        await core.store.sessions.remember(session.id, "txt2img", {}, {"prompt": "a harbour"})
        if paused:
            await core.store.queue.pause()
        yield core


async def add_batch(core: Core, *axes: str, count: int = 1) -> Batch:
    """A sweep over `axes`, kept and waiting."""
    session = await core.sessions.last()
    wanted = Wanted(tuple(parse_axis(axis) for axis in axes), count)
    composed = await core.batches.compose(session.id, "box", BUILT_IN, {"prompt": "a harbour"}, wanted)
    return await core.batches.add(composed)
