"""Servers that are there, are not, come back, or are something else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from darkroom.domain.errors import ProtocolError, Unreachable
from darkroom.domain.events import Outcome
from darkroom.domain.generation import Status
from darkroom.domain.text import printable
from tests.contract.driving import collect, ended, is_sampling, run, until
from tests.contract.program import opened

if TYPE_CHECKING:
    from pathlib import Path

    from darkroom.connectors.base import Connector
    from tests.contract.backends.base import Backend
    from tests.contract.conftest import Servers
    from tests.contract.site import Site


async def test_a_probe_tells_what_is_there(site: Site, connector: Connector) -> None:
    info = await connector.probe()
    assert info.service == site.backend.service
    assert info.label
    assert info.label == printable(info.label)


async def test_a_server_that_is_not_there_is_told_until_it_comes(site: Site, connector: Connector) -> None:
    server = site.server
    await server.kill()
    for ask in (connector.probe, connector.catalog):
        with pytest.raises(Unreachable) as caught:
            await ask()
        assert not caught.value.sent
        assert site.url in "\n".join(caught.value.lines())
    await server.start()
    assert (await connector.probe()).service == site.backend.service
    asked = await site.ask(connector, site.backend.quick)
    assert (await run(connector, asked.snapshot)).outcome is Outcome.COMPLETE


async def test_a_job_for_a_server_that_is_not_there_waits_for_it(site: Site, tmp_path: Path) -> None:
    server = site.server
    async with opened(tmp_path, site) as program:
        first = await program.end((await program.submit(site.backend.quick)).id)
        assert first.summary.status is Status.COMPLETE
        await server.kill()
        connections = program.core.connections
        unsent = await program.submit(site.backend.quick)
        if connections.state("test").phase != "down":
            await program.until(lambda _: connections.state("test").phase == "down")
        (job,) = await program.core.queue.page(limit=10)
        assert job.summary.id == unsent.id
        await server.start()
        assert (await program.end(unsent.id)).summary.status is Status.COMPLETE


async def test_another_service_on_the_port_is_named(
    backend: Backend, imposter: Backend, servers: Servers
) -> None:
    if backend is imposter:
        return
    server = servers[imposter.service]
    await server.start()
    connector = backend.open(server.url)
    try:
        with pytest.raises(ProtocolError) as caught:
            await connector.probe()
        said = "\n".join(caught.value.lines())
        assert any(word in said for word in imposter.called), said
        with pytest.raises(ProtocolError):
            await connector.catalog()
    finally:
        await connector.aclose()


async def test_a_restart_in_the_midst_of_a_job_ends_it_with_a_reason(
    site: Site, connector: Connector
) -> None:
    server = site.server
    prepared = await site.prepare(connector, site.backend.long)
    events = connector.run(prepared)
    await until(events, is_sampling)
    await server.restart()
    end = ended(await collect(events))
    assert end.outcome in (Outcome.LOST, Outcome.FAILED, Outcome.CANCELLED)
    assert end.reason is not None
    asked = await site.ask(connector, site.backend.quick)
    assert (await run(connector, asked.snapshot)).outcome is Outcome.COMPLETE


async def test_closing_twice_is_harmless_and_ends_what_follows(site: Site, second: Connector) -> None:
    connector = site.open()
    events = connector.run(await site.prepare(connector, site.backend.steady))
    await until(events, is_sampling)
    await connector.aclose()
    await connector.aclose()
    with pytest.raises(Unreachable):
        await collect(events)
    with pytest.raises(Unreachable):
        await connector.probe()
    assert (await second.probe()).service == site.backend.service
