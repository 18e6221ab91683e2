"""Cancelling: before, during and after; this job and no other."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

import pytest

from darkroom.domain.events import Accepted, CancelResult, Outcome, Queued
from darkroom.domain.generation import Status
from tests.contract.driving import collect, ended, is_sampling, run, until
from tests.contract.program import opened

if TYPE_CHECKING:
    from pathlib import Path

    from darkroom.connectors.base import Connector
    from tests.contract.site import Site


async def serves(site: Site, connector: Connector) -> None:
    """A job sent now is made."""
    asked = await site.ask(connector, site.backend.quick)
    assert (await run(connector, asked.snapshot)).outcome is Outcome.COMPLETE


async def test_a_running_job_is_stopped(site: Site, connector: Connector) -> None:
    if not connector.capabilities.cancel_running:
        pytest.skip("the service cannot stop a running job")
    prepared = await site.prepare(connector, site.backend.long)
    events = connector.run(prepared)
    await until(events, is_sampling)
    assert await connector.cancel(prepared.handle) is CancelResult.STOPPED
    end = ended(await collect(events))
    assert end.outcome is Outcome.CANCELLED
    assert end.reason is not None
    await serves(site, connector)


async def test_a_job_that_was_taken_over_is_stopped(
    site: Site, connector: Connector, second: Connector
) -> None:
    if not (connector.capabilities.recovers and connector.capabilities.cancel_running):
        pytest.skip("the service lets nobody take a job over")
    events = connector.run(await site.prepare(connector, site.backend.long))
    accepted = await until(events, lambda event: isinstance(event, Accepted))
    assert isinstance(accepted, Accepted)
    await until(events, is_sampling)
    await connector.aclose()
    # What is written down is all that the next process has.
    handle = json.loads(json.dumps(accepted.handle))
    following = second.resume(handle)
    await until(following, is_sampling)
    assert await second.cancel(handle) is CancelResult.STOPPED
    assert ended(await collect(following)).outcome is Outcome.CANCELLED
    await serves(site, second)


async def test_a_waiting_job_is_stopped_and_the_one_before_it_goes_on(
    site: Site, connector: Connector
) -> None:
    server = site.server
    await server.fault("busy")
    prepared = await site.prepare(connector, site.backend.long)
    events = connector.run(prepared)
    await until(events, lambda event: isinstance(event, Queued))
    following = asyncio.create_task(collect(events))
    result = await connector.cancel(prepared.handle)
    assert (await server.state()).foreign_stopped == 0
    if not connector.capabilities.cancel_queued:
        # It may have to wait for its turn, to be stopped as it begins.
        await server.fault("free")
    if result is CancelResult.CANNOT:
        assert not connector.capabilities.cancel_queued
        following.cancel()
        await asyncio.wait([following])
        return
    assert result is CancelResult.STOPPED
    assert ended(await following).outcome is Outcome.CANCELLED
    assert (await server.state()).foreign_stopped == 0
    await server.fault("free")
    await serves(site, connector)


async def test_cancelling_what_is_over_stops_nobody(site: Site, connector: Connector) -> None:
    server = site.server
    prepared = await site.prepare(connector, site.backend.quick)
    assert ended(await collect(connector.run(prepared))).outcome is Outcome.COMPLETE
    await server.fault("busy")
    assert await connector.cancel(prepared.handle) is CancelResult.NOT_RUNNING
    assert (await server.state()).foreign_stopped == 0
    await server.fault("free")
    await serves(site, connector)


async def test_cancelling_on_an_idle_server_harms_no_later_job(site: Site, connector: Connector) -> None:
    prepared = await site.prepare(connector, site.backend.quick)
    assert ended(await collect(connector.run(prepared))).outcome is Outcome.COMPLETE
    assert await connector.cancel(prepared.handle) is CancelResult.NOT_RUNNING
    await serves(site, connector)


async def test_a_job_cancelled_as_soon_as_it_is_kept_does_not_run_on(site: Site, tmp_path: Path) -> None:
    server = site.server
    async with opened(tmp_path, site) as program:
        kept = await program.submit(site.backend.long)
        await program.core.generations.cancel(kept.id)
        end = await program.end(kept.id)
        assert end.summary.status is Status.CANCELLED
        assert end.summary.reason is not None
        assert (await server.state()).unfinished == 0
