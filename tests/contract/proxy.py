"""A proxy as people put before a server: below a path, behind a password, websocket included."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import aiohttp
from aiohttp import WSMsgType, web

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping

PREFIX = "/behind"


class Proxy:
    """Passes on what `allows` lets through; remembers the headers of each request."""

    def __init__(self, upstream: str, allows: Callable[[Mapping[str, str]], bool], *, sockets: bool) -> None:
        self._sockets = sockets
        self.url = ""
        self.broken = ""
        """Requests for this path, as the server would see it, get a 500."""
        self.seen: list[tuple[str, dict[str, str]]] = []
        self._upstream = upstream
        self._allows = allows

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.seen.append((request.path, dict(request.headers)))
        if not self._allows(request.headers):
            return web.Response(
                status=401, text="<html><title>Login</title></html>", content_type="text/html"
            )
        if request.path.removeprefix(PREFIX) == self.broken:
            return web.Response(status=500, text="Internal Server Error")
        url = self._upstream + request.raw_path.removeprefix(PREFIX)
        async with aiohttp.ClientSession() as session:
            if request.headers.get("Upgrade") == "websocket":
                if not self._sockets:
                    return web.Response(status=400)
                return await _socket(request, session, url)
            headers = {"Content-Type": request.headers.get("Content-Type", "application/octet-stream")}
            body = await request.read()
            async with session.request(request.method, url, data=body, headers=headers) as answer:
                return web.Response(
                    status=answer.status,
                    body=await answer.read(),
                    headers={"Content-Type": answer.headers.get("Content-Type", "text/plain")},
                )


async def _socket(request: web.Request, session: aiohttp.ClientSession, url: str) -> web.StreamResponse:
    near = web.WebSocketResponse()
    await near.prepare(request)
    async with session.ws_connect(url, max_msg_size=0) as far:

        async def down() -> None:
            async for message in far:
                if message.type is WSMsgType.TEXT:
                    await near.send_str(message.data)
                elif message.type is WSMsgType.BINARY:
                    await near.send_bytes(message.data)
            await near.close()

        task = asyncio.create_task(down())
        async for message in near:
            await far.send_str(message.data)
        task.cancel()
        await asyncio.wait([task])
    return near


@asynccontextmanager
async def proxy(
    upstream: str, allows: Callable[[Mapping[str, str]], bool] = lambda _: True, *, sockets: bool = True
) -> AsyncIterator[Proxy]:
    """A running proxy; `proxy.url` ends with its prefix."""
    made = Proxy(upstream, allows, sockets=sockets)
    app = web.Application(client_max_size=2**28)
    app.router.add_route("*", PREFIX + "/{path:.*}", made.handle)
    runner = web.AppRunner(app, shutdown_timeout=1.0)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    made.url = f"http://{host}:{port}{PREFIX}"
    try:
        yield made
    finally:
        await runner.cleanup()
