"""What every request passes before its handler."""

from __future__ import annotations

import ipaddress
import time
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from aiohttp import web

if TYPE_CHECKING:
    from aiohttp.typedefs import Handler, Middleware

    from darkroom.demo.server import DemoServer


def presence(demo: DemoServer) -> Middleware:
    """Notes that somebody is there, so that the server does not end as idle."""

    @web.middleware
    async def note(request: web.Request, handler: Handler) -> web.StreamResponse:
        demo.last_request = time.monotonic()
        return await handler(request)

    return note


@web.middleware
async def origin_guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuses pages of other sites with an empty 403.

    Source: ComfyUI 0.3.64, recordings 09-*: only when Host is loopback and both names are known;
    `localhost` and `127.0.0.1` count as different, `null` as unknown.
    """
    host, origin = request.headers.get("Host"), request.headers.get("Origin")
    if host is not None and origin is not None and _foreign(host.lower(), origin.lower()):
        return web.Response(status=403)
    if request.method == "OPTIONS":
        return web.Response()
    return await handler(request)


def _foreign(host: str, origin: str) -> bool:
    host_parts, origin_parts = urlsplit(f"//{host}"), urlsplit(origin)
    if not _loopback(host_parts.hostname) or not origin_parts.hostname:
        return False
    ports = (host_parts.port, origin_parts.port)
    if None in ports:
        return host_parts.hostname != origin_parts.hostname
    return host_parts.netloc != origin_parts.netloc


def _loopback(host: str | None) -> bool:
    if host is None:
        return False
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
