"""Requests against servers that are strange on the wire."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import random
import threading
from contextlib import asynccontextmanager, contextmanager, suppress
from time import thread_time
from typing import TYPE_CHECKING

import pytest

from darkroom.connectors.a1111.client import Client, Made
from darkroom.connectors.a1111.sending import PictureBody
from darkroom.connectors.access import Access, parse_address
from darkroom.connectors.base import nobody_else
from darkroom.connectors.http import Http
from darkroom.domain.errors import Unreachable

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

    Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

BLOCKED_MAX_S = 0.05
"""Five times what is promised: machines differ. Read in one piece, this answer takes longer by far."""


@contextmanager
def speaking(talk: Talk) -> Iterator[str]:
    """A server on a thread of its own, so that its work is not taken for the client's."""
    ready, ports = threading.Event(), list[int]()
    loops: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []

    async def serve() -> None:
        talks: set[asyncio.Task[None]] = set()

        async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            assert task is not None
            talks.add(task)
            with suppress(asyncio.IncompleteReadError, ConnectionError):
                await talk(reader, writer)
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()

        over = asyncio.Event()
        loops.append((asyncio.get_running_loop(), over))
        async with await asyncio.start_server(handle, "127.0.0.1", 0, limit=2**24) as server:
            ports.append(server.sockets[0].getsockname()[1])
            ready.set()
            await over.wait()
            await asyncio.gather(*talks)

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    assert ready.wait(10)
    try:
        yield f"http://127.0.0.1:{ports[0]}"
    finally:
        loop, over = loops[0]
        loop.call_soon_threadsafe(over.set)
        thread.join(10)


@asynccontextmanager
async def client(url: str) -> AsyncIterator[Client]:
    address, access = parse_address(url, Access())
    opened = Client(Http("test", address, access))
    try:
        yield opened
    finally:
        await opened.http.aclose()


async def read_request(reader: asyncio.StreamReader) -> bytes:
    """The body of one request."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = next((line for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")), b":0")
    return await reader.readexactly(int(length.partition(b":")[2]))


def response(body: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (
        len(body),
        body,
    )


async def longest_turn(done: asyncio.Event) -> float:
    """The most time that anything else took between two turns of the loop."""
    longest, last = 0.0, thread_time()
    while not done.is_set():
        await asyncio.sleep(0)
        longest, last = max(longest, (now := thread_time()) - last), now
    return longest


async def test_large_pictures_hold_up_nobody() -> None:
    pictures = [random.Random(seed).randbytes(6_000_000) for seed in range(4)]
    answer = {"images": [base64.b64encode(data).decode() for data in pictures], "info": json.dumps({"a": 1})}
    sent: list[bytes] = []
    body = response(json.dumps(answer).encode())

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            sent.append(await read_request(reader))
            writer.write(body if len(sent) > 1 else response(b"[]"))
            await writer.drain()

    name = hashlib.sha256(pictures[0]).hexdigest()
    with speaking(talk) as url:
        async with client(url) as asked:
            await asked.samplers()  # what is loaded with the first connection is not measured
            request = PictureBody({"init_images": [f"blob:{name}"]}, {name: pictures[0]})
            done = asyncio.Event()
            watching = asyncio.create_task(longest_turn(done))
            made = await asked.generate("/sdapi/v1/img2img", request, nobody_else)
            done.set()
            assert await watching < BLOCKED_MAX_S
    assert isinstance(made, Made)
    assert made.pictures == tuple(pictures)
    assert made.document["info"] == '{"a": 1}'
    assert base64.b64decode(json.loads(sent[1])["init_images"][0]) == pictures[0]


async def test_a_connection_that_was_closed_without_a_word_makes_no_server_look_dead() -> None:
    connections = 0

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        await read_request(reader)
        writer.write(response(b'[{"name": "Euler"}]'))
        await writer.drain()
        await read_request(reader)
        writer.close()

    with speaking(talk) as url:
        async with client(url) as asked:
            assert (await asked.samplers()).status == 200
            assert (await asked.samplers()).status == 200
    assert connections == 2


async def test_a_job_is_never_sent_twice() -> None:
    jobs = 0

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal jobs
        await read_request(reader)
        jobs += 1
        writer.close()

    with speaking(talk) as url:
        async with client(url) as asked:
            with pytest.raises(Unreachable) as caught:
                await asked.generate("/sdapi/v1/txt2img", PictureBody({"prompt": "a"}, {}), nobody_else)
    assert caught.value.sent
    assert jobs == 1
