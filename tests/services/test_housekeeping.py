"""Old trash goes, young trash stays."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from darkroom.domain.generation import Status
from darkroom.domain.workflow import BUILT_IN
from darkroom.services import housekeeping

if TYPE_CHECKING:
    from darkroom.domain.parameters import Value
    from darkroom.services.core import Core
    from tests.servers.comfyui import ComfyServer


async def test_the_trash_is_emptied_by_age(core: Core, server: ComfyServer) -> None:
    session = await core.sessions.last()
    values: dict[str, Value] = {"prompt": "p", "width": 64, "height": 64, "steps": 1, "seed": 1}
    summary = await core.generations.submit(session.id, server.url, BUILT_IN, values)
    assert (await core.generations.wait(summary.id)).status is Status.COMPLETE
    await core.history.trash([summary.id])
    for trash_days, is_kept in ((1, True), (0, False)):
        tidying = housekeeping.tidy_later(core.store, core.paths, trash_days=trash_days, after_s=0)
        await asyncio.wait_for(tidying, 20)
        assert (await core.store.generations.get(summary.id) is not None) is is_kept
