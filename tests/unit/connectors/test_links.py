"""The socket alone, against a server that says what a test tells it."""

from __future__ import annotations

import asyncio
import json
import struct
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest
from websockets.asyncio.server import serve

from darkroom.connectors.access import Access, Address
from darkroom.connectors.comfyui.events import JobMessage, PictureMessage, StatusMessage
from darkroom.connectors.comfyui.handle import JobHandle
from darkroom.connectors.comfyui.links import Links
from darkroom.connectors.comfyui.socket import Link
from darkroom.connectors.dialing import Dialer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from websockets.asyncio.server import ServerConnection

    from darkroom.connectors.comfyui.events import Message
    from darkroom.connectors.comfyui.links import Line

PREVIEW = struct.pack(">II", 1, 1) + b"\xff\xd8 preview"
RESULT = struct.pack(">II", 1, 2) + b"\x89PNG result"


class Script:
    """A websocket server: it keeps the first message of each connection and sends what it is given."""

    def __init__(self) -> None:
        self.port = 0
        self.paths: list[str] = []
        self.firsts: list[str] = []
        self.sockets: asyncio.Queue[ServerConnection] = asyncio.Queue()

    async def handle(self, socket: ServerConnection) -> None:
        assert socket.request is not None
        self.paths.append(socket.request.path)
        first = await socket.recv()
        assert isinstance(first, str)
        self.firsts.append(first)
        await self.sockets.put(socket)
        await socket.wait_closed()


def dialer() -> Dialer:
    return Dialer(Address("http://127.0.0.1:9", is_loopback=True, is_tls=False), Access(), verify_tls=True)


@asynccontextmanager
async def script() -> AsyncIterator[tuple[Script, Links]]:
    made = Script()
    async with serve(made.handle, "127.0.0.1", 0, max_size=None) as server:
        made.port = next(iter(server.sockets)).getsockname()[1]

        def link(client_id: str) -> Link:
            return Link(f"ws://127.0.0.1:{made.port}/ws?clientId={client_id}", client_id, dialer())

        links = Links(link, "c")
        try:
            yield made, links
        finally:
            await links.aclose()


def text(kind: str, **data: Any) -> str:
    return json.dumps({"type": kind, "data": data})


async def next_of(line: Line) -> Message:
    message = await line.mailbox.get(10)
    assert message is not None
    return message


async def test_the_feature_flags_are_the_first_message_of_every_connection() -> None:
    async with script() as (server, links), links.follow(JobHandle("a", links.current_id())) as line:
        first = await server.sockets.get()
        await first.close()
        second = await server.sockets.get()
        await second.send(text("execution_start", prompt_id="a"))
        while not isinstance(await line.mailbox.get(10), JobMessage):
            pass
    assert [json.loads(sent)["type"] for sent in server.firsts] == ["feature_flags"] * 2
    assert server.paths == ["/ws?clientId=c-1"] * 2


async def test_one_socket_serves_all_jobs_and_stays_open() -> None:
    async with script() as (server, links):
        async with (
            links.follow(JobHandle("a", links.current_id())) as a,
            links.follow(JobHandle("b", links.current_id())) as b,
        ):
            socket = await server.sockets.get()
            await socket.send(text("execution_start", prompt_id="b"))
            await socket.send(text("execution_start", prompt_id="somebody else's"))
            await socket.send(text("execution_start", prompt_id="a"))
            assert await next_of(a) == JobMessage("execution_start", "a", {"prompt_id": "a"})
            assert await next_of(b) == JobMessage("execution_start", "b", {"prompt_id": "b"})
            assert await b.mailbox.get(0) is None
        async with links.follow(JobHandle("d", links.current_id())) as d:
            await socket.send(text("execution_start", prompt_id="d"))
            await next_of(d)
    assert len(server.paths) == 1


async def test_a_status_is_for_everybody() -> None:
    async with script() as (server, links), links.follow(JobHandle("a", links.current_id())) as line:
        socket = await server.sockets.get()
        await socket.send(text("status", status={"exec_info": {"queue_remaining": 4}}))
        assert await next_of(line) == StatusMessage(4)
        assert line.link.remaining == 4


async def test_a_preview_without_an_id_is_ours_only_while_our_job_runs() -> None:
    async with script() as (server, links), links.follow(JobHandle("a", links.current_id())) as line:
        socket = await server.sockets.get()
        await socket.send(PREVIEW)
        await socket.send(text("executing", prompt_id="a", node="3"))
        assert isinstance(await next_of(line), JobMessage)
        await socket.send(PREVIEW)
        assert await next_of(line) == PictureMessage(b"\xff\xd8 preview", "image/jpeg", "a", "3")
        await socket.send(text("progress_state", prompt_id="somebody else's", nodes={}))
        await socket.send(PREVIEW)
        await socket.send(text("progress", prompt_id="a", node="3", value=1, max=2))
        assert isinstance(await next_of(line), JobMessage)
        await socket.send(text("executing", prompt_id="a", node=None))
        assert isinstance(await next_of(line), JobMessage)
        await socket.send(PREVIEW)
        await socket.send(text("execution_start", prompt_id="a"))
        assert isinstance(await next_of(line), JobMessage)


async def test_a_result_without_an_id_goes_to_the_node_that_runs() -> None:
    job = JobHandle("a", "c-7", {"9": "SaveImageWebsocket"})
    async with script() as (server, links), links.follow(job) as line:
        socket = await server.sockets.get()
        await socket.send(text("executing", prompt_id="a", node="9"))
        await socket.send(RESULT)
        await socket.send(RESULT)
        assert isinstance(await next_of(line), JobMessage)
        for _ in range(2):
            message = await next_of(line)
            assert isinstance(message, PictureMessage)
            assert line.mailbox.is_result(message)


async def test_a_frame_of_many_megabytes_passes() -> None:
    async with script() as (server, links), links.follow(JobHandle("a", links.current_id())) as line:
        socket = await server.sockets.get()
        about = json.dumps({"prompt_id": "a", "node_id": "3", "image_type": "image/png"}).encode()
        await socket.send(struct.pack(">II", 4, len(about)) + about + b"x" * 20_000_000)
        message = await next_of(line)
        assert isinstance(message, PictureMessage)
        assert len(message.data) == 20_000_000


@pytest.mark.parametrize(
    "frame", ["no json", "[]", "[" * 100_000, b"", b"\0\0\0\4\xff\xff\xff\xff", '{"type": 1}']
)
async def test_a_broken_frame_is_passed_over(frame: str | bytes) -> None:
    async with script() as (server, links), links.follow(JobHandle("a", links.current_id())) as line:
        socket = await server.sockets.get()
        await socket.send(frame)
        await socket.send(text("execution_start", prompt_id="a"))
        assert isinstance(await next_of(line), JobMessage)


async def test_an_id_whose_socket_was_lost_takes_no_new_job() -> None:
    async with script() as (server, links):
        assert links.current_id() == "c-1"
        async with links.follow(JobHandle("a", "c-1")) as line:
            socket = await server.sockets.get()
            socket.transport.abort()
            # The follower is told to ask the server; the old job's socket comes back under its own id.
            assert await line.mailbox.get(10) is None
            assert links.current_id() == "c-2"
            again = await server.sockets.get()
            await again.send(text("execution_start", prompt_id="a"))
            while not isinstance(await line.mailbox.get(10), JobMessage):
                pass
            async with links.follow(JobHandle("b", "c-2")) as fresh:
                newest = await server.sockets.get()
                await newest.send(text("execution_start", prompt_id="b"))
                assert isinstance(await next_of(fresh), JobMessage)
    assert server.paths == [f"/ws?clientId={name}" for name in ("c-1", "c-1", "c-2")]


async def test_without_a_server_a_job_can_be_followed_all_the_same() -> None:
    links = Links(lambda name: Link("ws://127.0.0.1:9/ws", name, dialer()), "c")
    async with links.follow(JobHandle("a", "c-1")) as line:
        assert not line.link.hears
        assert await line.mailbox.get(10) is None
    await links.aclose()


async def test_a_renewed_socket_is_closed_in_order_and_opened_again() -> None:
    async with script() as (server, links), links.follow(JobHandle("a", links.current_id())) as line:
        deaf = await server.sockets.get()
        await line.link.renew()
        await deaf.wait_closed()
        assert deaf.close_code == 1000
        fresh = await server.sockets.get()
        await fresh.send(text("execution_start", prompt_id="a"))
        while not isinstance(await line.mailbox.get(10), JobMessage):
            pass
        assert line.link.spent
