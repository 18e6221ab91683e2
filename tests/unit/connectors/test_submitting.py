from __future__ import annotations

import asyncio
import contextlib
import os
import socket
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from aiohttp import web

from darkroom.connectors.access import Access, parse_address
from darkroom.connectors.http import FOREVER_S, Http, _timeout
from darkroom.connectors.submitting import SEND_S, SLICE_BYTES, JsonBody, asked_last
from darkroom.domain.errors import Superseded, TimedOut
from tests.unit.connectors.services import serving

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

LARGE = {"prompt": "a cat \ud800" * 50_000}
"""A dozen pieces."""


async def test_the_question_comes_before_the_last_piece_and_after_all_others() -> None:
    body = JsonBody(LARGE)
    sent_bytes = last_bytes = 0
    asked_at: list[int] = []

    def still_ours() -> None:
        asked_at.append(sent_bytes)

    async for piece in asked_last(body, still_ours):
        last_bytes = len(piece)
        sent_bytes += last_bytes
    assert sent_bytes == body.size_bytes
    assert asked_at == [sent_bytes - last_bytes]
    assert last_bytes <= SLICE_BYTES


@pytest.mark.parametrize("document", [{}, LARGE], ids=["small", "large"])
async def test_a_server_never_gets_the_whole_of_what_is_refused(document: object) -> None:
    begun, broke = asyncio.Event(), asyncio.Event()

    async def take(request: web.Request) -> web.StreamResponse:
        begun.set()
        try:
            await request.read()
        except ConnectionError:
            broke.set()
            raise
        return web.Response(text="taken")

    def still_ours() -> None:
        raise Superseded("Another process has it")

    async with serving(x=take) as url:
        address, access = parse_address(url, Access())
        http = Http("test", address, access)
        with pytest.raises(Superseded):
            await http.submit("/x", JsonBody(document), still_ours)
        async with asyncio.timeout(10):
            await begun.wait()
            await broke.wait()
        whole = await http.submit("/x", JsonBody(document), lambda: None)
        await http.aclose()
    assert whole.body == b"taken"


async def test_a_server_that_reads_no_further_gets_no_request() -> None:
    asked: list[int] = []
    done = asyncio.Event()

    async def stall(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await done.wait()
        writer.close()

    # Read ahead of nothing: what the two kernels hold between them is less than this body.
    server = await asyncio.start_server(stall, "127.0.0.1", 0, limit=1)
    address, access = parse_address(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", Access())
    http = Http("test", address, access)
    with pytest.raises(TimedOut) as caught:
        await http.submit("/x", JsonBody("a" * 64_000_000), lambda: asked.append(1), timeout_s=0.3)
    assert caught.value.sent
    assert not asked
    await http.aclose()
    done.set()
    server.close()
    await server.wait_closed()


@pytest.mark.skipif(not hasattr(socket, "TCP_USER_TIMEOUT"), reason="the kernel has no such limit")
async def test_the_kernel_gives_up_what_it_cannot_deliver() -> None:
    limits_ms: list[int] = []

    async def take(request: web.Request) -> web.StreamResponse:
        await request.read()
        return web.Response()

    async with serving(x=take) as url:
        port = int(url.rpartition(":")[2])
        address, access = parse_address(url, Access())
        http = Http("test", address, access)
        # A kept connection is there, without the limit: it is not used.
        await http.get("/x")
        await http.submit("/x", JsonBody({}), lambda: limits_ms.extend(limits_to(port)))
        await http.aclose()
    assert sorted(limits_ms) == [0, round(SEND_S * 1000)]


def limits_to(port: int) -> list[int]:
    """How long, in ms, the kernel tries to deliver on each connection of this process to `port`."""
    found = []
    for entry in Path("/proc/self/fd").iterdir():
        try:
            copy = socket.socket(fileno=os.dup(int(entry.name)))
        except OSError:
            continue  # no socket
        with copy, contextlib.suppress(OSError):
            if copy.family is socket.AF_INET and copy.getpeername()[1] == port:
                found.append(copy.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT))
    return found


def test_no_answer_may_take_so_long_that_a_piece_may_too() -> None:
    # A job that is answered at its end is waited for without limit; its request is not.
    timeout = _timeout(FOREVER_S, SEND_S)
    assert (timeout.read, timeout.write) == (None, SEND_S)


async def test_a_body_of_one_piece_is_asked_for_too() -> None:
    class Short:
        size_bytes = 2

        async def pieces(self) -> AsyncIterator[bytes]:
            yield b"{}"

    asked: list[str] = []
    assert [piece async for piece in asked_last(Short(), lambda: asked.append("?"))] == [b"{}"]
    assert asked == ["?"]
