"""A result's bytes on their way out, whole or as faults leave them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from tests.servers.harness.lines import broken_off

if TYPE_CHECKING:
    from tests.servers.harness.faults import Faults


def halved(data: bytes, faults: Faults) -> bytes:
    """The bytes, or half of them, as if that were all, when the fault "half" waits."""
    return data if faults.strike("half") is None else data[: len(data) // 2]


async def spoiled(
    request: web.Request, data: bytes, faults: Faults, kind: str = "image/png"
) -> web.StreamResponse | None:
    """The answer that "half" and "cut" at "output" leave of these bytes; `None`: they stay whole."""
    left = halved(data, faults)
    if faults.strike("cut", at="output") is not None:
        return await broken_off(request, left, kind)
    return None if left is data else web.Response(body=left, content_type=kind)


async def handed_out(
    request: web.Request, data: bytes, faults: Faults, kind: str = "image/png"
) -> web.StreamResponse:
    """The answer with these bytes, or with what faults leave of them."""
    answer = await spoiled(request, data, faults, kind)
    return web.Response(body=data, content_type=kind) if answer is None else answer
