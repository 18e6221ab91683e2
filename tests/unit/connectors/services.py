"""Small servers that answer as a test says, on a port of their own."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def serving(**answers: web.Response | Handler) -> AsyncIterator[str]:
    """A server whose paths are the names, `_` for `/`: `a_b` is `/a/b`. Other paths are 404."""

    async def handle(request: web.Request) -> web.StreamResponse:
        answer = answers.get(request.path.strip("/").replace("/", "_").replace("-", "_") or "root")
        if answer is None:
            return web.json_response({"detail": "Not Found"}, status=404)
        if isinstance(answer, web.Response):
            body = answer.body if isinstance(answer.body, bytes) else b""
            return web.Response(status=answer.status, body=body, headers=answer.headers)
        return await answer(request)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handle)
    runner = web.AppRunner(app, shutdown_timeout=1.0)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    try:
        yield f"http://{host}:{port}"
    finally:
        await runner.cleanup()


def page(title: str, status: int = 200) -> web.Response:
    text = f"<!doctype html><html><head><title>{title}</title></head></html>"
    return web.Response(text=text, content_type="text/html", status=status)
