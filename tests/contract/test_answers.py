"""Answers that no service gives: pages, broken JSON, JSON of another shape, gateways, redirects, no HTTP."""

from __future__ import annotations

import asyncio
import gc
import random
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web

from darkroom.domain.errors import ConnectorError, ProtocolError, Unauthorized, Unreachable
from tests.contract.proxy import PREFIX, proxy
from tests.servers.answering import answering

if TYPE_CHECKING:
    from tests.contract.backends.base import Backend
    from tests.contract.site import Site

AT_MOST = 8
"""So many answers are broken in one run, each time others: some services are asked dozens of things."""

NONSENSE: dict[str, tuple[int, Any, type[ConnectorError]]] = {
    "a page": (200, "<!doctype html><title>Welcome</title>", ProtocolError),
    "no JSON": (200, "OK", ProtocolError),
    "half of it": (200, '{"system": [', ProtocolError),
    "an empty list": (200, [], ProtocolError),
    "an empty object": (200, {}, ProtocolError),
    "a number": (200, 7, ProtocolError),
    "deep": (200, "[" * 100_000, ProtocolError),
    "nothing there": (404, {"detail": "Not Found"}, ProtocolError),
    "an error": (500, "Internal Server Error", ProtocolError),
    "a gateway": (502, "Bad Gateway", Unreachable),
    "a door": (401, {"detail": "Not authenticated"}, Unauthorized),
}
"""Status, body, and what it is told as."""


@pytest.mark.parametrize("answer", NONSENSE)
async def test_an_answer_that_makes_no_sense_is_told(backend: Backend, answer: str) -> None:
    status, body, expected = NONSENSE[answer]
    async with answering({}, {"status": status, "body": body}) as url:
        connector = backend.open(url)
        try:
            for ask in (connector.probe, connector.catalog):
                with pytest.raises(expected) as caught:
                    await ask()
                assert caught.value.title
                assert url in "\n".join(caught.value.lines())
        finally:
            await connector.aclose()


async def test_each_answer_may_be_the_one_that_fails(site: Site) -> None:
    async with proxy(site.url) as before:
        assert await questions(site, before.url) == []
        paths = sorted({path.removeprefix(PREFIX) for path, _ in before.seen})
        for path in random.sample(paths, min(len(paths), AT_MOST)):
            before.broken = path
            assert all(error.title for error in await questions(site, before.url)), path


async def questions(site: Site, url: str) -> list[ConnectorError]:
    """Asks a new connector what it can be asked; gives the errors, which are of the one kind only."""
    connector = site.backend.open(url)
    found = []
    try:
        for ask in (connector.probe, connector.catalog):
            try:
                await ask()
            except ConnectorError as error:
                found.append(error)
    finally:
        await connector.aclose()
        gc.collect()  # Sockets that were left open are told in the test that left them.
    return found


async def test_a_redirect_to_a_login_is_told_and_not_followed(backend: Backend) -> None:
    asked: list[str] = []

    async def handle(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.Response(status=302, headers={"Location": "/sign-in?next=secret"})

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handle)
    runner = web.AppRunner(app, shutdown_timeout=1.0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    connector = backend.open(f"http://127.0.0.1:{runner.addresses[0][1]}")
    try:
        with pytest.raises(ProtocolError) as caught:
            await connector.probe()
        assert "secret" not in "\n".join(caught.value.lines())
        assert "/sign-in" not in asked
    finally:
        await connector.aclose()
        await runner.cleanup()


class Shouting(asyncio.Protocol):
    """Says something as soon as somebody is there, and then listens."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        transport.write(b"SSH-2.0-OpenSSH_9.2\r\n\r\n")


async def test_what_speaks_no_http_is_told(backend: Backend) -> None:
    server = await asyncio.get_running_loop().create_server(Shouting, "127.0.0.1", 0)
    connector = backend.open(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    try:
        with pytest.raises(ProtocolError, match="HTTP"):
            await connector.probe()
    finally:
        await connector.aclose()
        server.close()
        await server.wait_closed()
