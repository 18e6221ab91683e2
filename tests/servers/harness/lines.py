"""The open connections, and the ways to break them without a word."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    import asyncio


class Lines:
    """All open connections of a server."""

    def __init__(self) -> None:
        self._open: set[asyncio.Transport] = set()

    def watch(self, request: web.Request) -> None:
        """Notes the connection of a request."""
        if request.transport is not None:
            self._open = {known for known in self._open if not known.is_closing()} | {request.transport}

    def drop(self) -> None:
        """Breaks them all."""
        for transport in self._open:
            transport.abort()


def cut(request: web.Request) -> web.Response:
    """Breaks the connection of a request; the answer is for aiohttp alone and reaches nobody."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


async def broken_off(request: web.Request, data: bytes, kind: str = "image/png") -> web.StreamResponse:
    """Promises all of `data`, sends half of it, and breaks the connection."""
    answer = web.StreamResponse(headers={"Content-Length": str(len(data)), "Content-Type": kind})
    await answer.prepare(request)
    await answer.write(data[: len(data) // 2])
    cut(request)
    return answer
