"""Credentials: missing, wrong, right, expired; the service's own, and a proxy's before it."""

from __future__ import annotations

import logging
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from darkroom.connectors.access import Access
from darkroom.domain.errors import Unauthorized
from darkroom.domain.events import Outcome
from tests.contract.driving import run
from tests.contract.proxy import proxy
from tests.contract.site import Site
from tests.servers.process import running

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from pathlib import Path

    from darkroom.connectors.base import Connector
    from tests.contract.backends.base import Backend
    from tests.servers.process import ServerProcess

SECRET = "s3cret-p4ss"  # noqa: S105


@asynccontextmanager
async def client(backend: Backend, url: str, access: Access) -> AsyncIterator[Connector]:
    opened = backend.open(url, access)
    try:
        yield opened
    finally:
        await opened.aclose()


@asynccontextmanager
async def locked(backend: Backend, home: Path) -> AsyncIterator[ServerProcess]:
    if backend.locked is None:
        pytest.skip("the service has no login or key of its own")
    async with running(backend.locked(home)) as server:
        yield server


async def refused(backend: Backend, url: str, access: Access, secret: str) -> None:
    """The server is not opened, and the secret is not repeated."""
    async with client(backend, url, access) as connector:
        for ask in (connector.probe, connector.catalog):
            with pytest.raises(Unauthorized) as caught:
                await ask()
            said = "\n".join([*caught.value.lines(), repr(caught.value), str(caught.value.__cause__)])
            assert not secret or secret not in said
        assert not secret or secret not in repr(connector)


async def test_a_proxy_before_the_server_wants_its_own_credentials(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)

    def allows(headers: Mapping[str, str]) -> bool:
        return headers.get("X-Gate") == SECRET

    async with proxy(site.url, allows) as before:
        await refused(site.backend, before.url, Access(), "")
        await refused(site.backend, before.url, Access(headers={"X-Gate": f"{SECRET}-no"}), f"{SECRET}-no")
        behind = replace(site, url=before.url)
        async with client(site.backend, before.url, Access(headers={"X-Gate": SECRET})) as connector:
            asked = await behind.ask(connector, site.backend.quick)
            end = await run(connector, asked.snapshot)
            assert end.outcome is Outcome.COMPLETE
            for output in end.outputs:
                assert b"".join([piece async for piece in connector.read(output)])
    assert SECRET not in caplog.text


async def test_the_services_own_lock_is_opened_by_its_key_alone(backend: Backend, tmp_path: Path) -> None:
    async with locked(backend, tmp_path) as server:
        key = backend.access
        await refused(backend, server.url, Access(), "")
        wrong = replace(
            key,
            password=f"{SECRET}-no" if key.password else "",
            token=f"{SECRET}-no" if key.token else "",
            headers=dict.fromkeys(key.headers, f"{SECRET}-no"),
        )
        await refused(backend, server.url, wrong, f"{SECRET}-no")
        async with client(backend, server.url, key) as connector:
            assert (await connector.probe()).service == backend.service
            asked = await Site(backend, server.url, server).ask(connector, backend.quick)
            assert (await run(connector, asked.snapshot)).outcome is Outcome.COMPLETE


async def test_what_expired_is_renewed(backend: Backend, tmp_path: Path) -> None:
    if not backend.expires:
        pytest.skip("nothing that the service hands out expires")
    async with locked(backend, tmp_path) as server, client(backend, server.url, backend.access) as connector:
        site = Site(backend, server.url, server)
        asked = await site.ask(connector, backend.quick)
        await server.fault("expire")
        assert (await run(connector, asked.snapshot)).outcome is Outcome.COMPLETE
        await server.fault("expire")
        assert (await connector.probe()).service == backend.service
