"""What a browser or another program has at the server is seen, counted, and never touched."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from darkroom.domain.errors import Unreachable
from darkroom.domain.events import Accepted, CancelResult, JobEvent, Outcome, Queued
from darkroom.domain.parameters import Role
from darkroom.domain.text import printable
from tests.contract.driving import collect, ended, is_sampling, until
from tests.servers.harness.faults import HOSTILE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from darkroom.connectors.base import Connector, Prepared
    from darkroom.domain.generation import Handle
    from darkroom.domain.parameters import Values
    from darkroom.domain.server import ServerJob
    from tests.contract.site import Site

LABEL_MAX_CHARS = 80

STRANGE: tuple[Handle, ...] = ({}, {"v": 99, "prompt_id": 7}, {"v": 1, "somebody": "else's"})
"""Notes of other services, and of a later version."""


def running(found: Sequence[ServerJob] | None) -> list[bool]:
    """Which of them run; each is fit to be shown."""
    assert found is not None
    for job in found:
        assert job.label == printable(job.label)
        assert len(job.label) <= LABEL_MAX_CHARS
    return [job.running for job in found]


class Job:
    """A job of `connector`, and what is written down of it."""

    def __init__(self, connector: Connector, prepared: Prepared) -> None:
        self.handle = prepared.handle
        self.events = connector.run(prepared)

    async def until(self, wanted: Callable[[JobEvent], bool]) -> None:
        def note(event: JobEvent) -> bool:
            if isinstance(event, Accepted):
                self.handle = event.handle
            return wanted(event)

        await until(self.events, note)


async def long(site: Site, connector: Connector, values: Values | None = None) -> Job:
    """A job that is only ever stopped."""
    return Job(connector, await site.prepare(connector, {**site.backend.long, **(values or {})}))


def waits(event: JobEvent) -> bool:
    return isinstance(event, Queued)


async def test_a_foreign_job_is_seen_and_survives_the_end_of_ours(
    site: Site, connector: Connector, second: Connector
) -> None:
    server = site.server
    await server.fault("busy")
    job = await long(site, connector)
    await job.until(waits)
    following = asyncio.create_task(collect(job.events))
    assert running(await connector.foreign([*STRANGE, job.handle])) == [True]
    # To another home ours is a foreign one, and waits behind the first.
    assert running(await second.foreign(STRANGE)) == [True, False]
    assert await connector.cancel(job.handle) is CancelResult.STOPPED
    assert (await server.state()).foreign_stopped == 0
    if site.backend.tells_lone:
        assert running(await second.foreign([]))[:1] == [True]
    await server.fault("free")
    assert ended(await following).outcome is Outcome.CANCELLED
    assert (await server.state()).foreign_stopped == 0


async def test_a_job_of_ours_is_none_of_others(site: Site, connector: Connector, second: Connector) -> None:
    job = await long(site, connector)
    await job.until(is_sampling)
    assert await connector.foreign([job.handle]) == ()
    by_another_process = await second.foreign([job.handle])
    if site.backend.tells_lone:
        assert by_another_process == ()
        assert running(await second.foreign([])) == [True]
    else:
        assert not by_another_process
    assert await connector.cancel(job.handle) is CancelResult.STOPPED
    await collect(job.events)


async def test_several_of_others_come_in_the_order_in_which_they_run(
    site: Site, connector: Connector, second: Connector
) -> None:
    theirs = await long(site, second)
    await theirs.until(is_sampling)
    ours = await long(site, connector)
    await ours.until(waits)
    assert running(await connector.foreign([ours.handle])) == [True]
    assert running(await second.foreign([theirs.handle])) == [False]
    following = asyncio.create_task(collect(ours.events))
    assert await connector.cancel(ours.handle) is CancelResult.STOPPED
    assert await second.cancel(theirs.handle) is CancelResult.STOPPED
    for events in (await collect(theirs.events), await following):
        assert ended(events).outcome is Outcome.CANCELLED


async def test_what_others_wrote_is_shown_as_text(
    site: Site, connector: Connector, second: Connector
) -> None:
    form = second.form(await second.catalog(), "txt2img", None, {})
    (prompt,) = (spec.address for spec in form.with_role(Role.PROMPT))
    for text in HOSTILE:
        job = await long(site, second, {prompt: text})
        await job.until(is_sampling)
        found = await connector.foreign([])
        if site.backend.tells_lone:
            assert running(found) == [True]
        assert await second.cancel(job.handle) is CancelResult.STOPPED
        await collect(job.events)


async def test_an_idle_server_has_none(site: Site, connector: Connector) -> None:
    assert not await connector.foreign(STRANGE)
    await collect(connector.run(await site.prepare(connector, site.backend.quick)))
    assert not await connector.foreign([])


async def test_a_server_that_is_away_is_told(site: Site, connector: Connector) -> None:
    server = site.server
    await server.kill()
    with pytest.raises(Unreachable):
        await connector.foreign([])
    await server.start()
