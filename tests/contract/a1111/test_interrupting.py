"""Interrupted pictures are marked: nothing in the server's answer does that."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from darkroom.domain.events import CancelResult, Outcome
from tests.contract.driving import collect, ended, is_sampling, until

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractAsyncContextManager

    from tests.contract.a1111.conftest import Own


async def test_the_half_picture_is_kept_and_marked(own: Own) -> None:
    async with own.client() as connector:
        prepared = await own.site.prepare(connector, own.site.backend.long)
        events = connector.run(prepared)
        await until(events, is_sampling)
        assert await connector.cancel(prepared.handle) is CancelResult.STOPPED
        end = ended(await collect(events))
    assert end.outcome is Outcome.CANCELLED
    assert len(end.outputs) == 1
    assert end.outputs[0].spooled
    assert any("unfinished" in note for note in end.notes)


async def test_what_somebody_else_interrupted_is_said(own: Own) -> None:
    async with own.client() as connector:
        events = connector.run(await own.site.prepare(connector, own.site.backend.long))
        await until(events, is_sampling)
        await own.server.fault("interrupt")
        end = ended(await collect(events))
    assert end.outcome is Outcome.COMPLETE
    assert any("Somebody interrupted" in note for note in end.notes)


async def test_without_tasks_by_name_only_a_job_that_is_surely_ours_is_stopped(
    start: Callable[..., AbstractAsyncContextManager[Own]],
) -> None:
    async with start(webui=False) as own, own.client() as connector:
        await own.server.fault("busy")
        waiting = await own.site.prepare(connector, own.site.backend.quick)
        events = connector.run(waiting)
        following = asyncio.create_task(collect(events))
        async with asyncio.timeout(20):
            while not (await own.server.state()).jobs:
                pass
        # It waits behind the other job, and nothing tells it from that one.
        assert await connector.cancel(waiting.handle) is CancelResult.CANNOT
        assert (await own.server.state()).foreign_stopped == 0
        await own.server.fault("free")
        assert ended(await following).outcome is Outcome.COMPLETE
        ours = await own.site.prepare(connector, own.site.backend.long)
        events = connector.run(ours)
        await until(events, is_sampling)
        assert await connector.cancel(ours.handle) is CancelResult.STOPPED
        assert ended(await collect(events)).outcome is Outcome.CANCELLED
