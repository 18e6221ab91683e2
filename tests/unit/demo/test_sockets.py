"""The sockets' manners that cost clients their pictures."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from tests.unit.demo.driving import FLAGS, ended, frame, graph, hear, listen, submit, until

if TYPE_CHECKING:
    import httpx

    from tests.servers.comfyui import ComfyServer


async def test_the_first_frame_names_the_client(server: ComfyServer) -> None:
    async with listen(server, "me") as socket:
        event, data = await frame(socket)
    assert (event, data["sid"], data["status"]["exec_info"]) == ("status", "me", {"queue_remaining": 0})
    async with connect(f"ws{server.url[4:]}/api/ws") as socket:
        assert len((await frame(socket))[1]["sid"]) == 32


async def test_feature_flags_count_only_as_the_first_json_message(
    server: ComfyServer, client: httpx.AsyncClient
) -> None:
    async with listen(server, "late") as late, listen(server, "early") as early:
        await late.send('{"type": "hello"}')
        await late.send(FLAGS)
        await early.send("no json")
        await early.send(FLAGS)
        await until(early, "feature_flags")
        for name, socket in (("late", late), ("early", early)):
            await submit(client, graph(seed=len(name)), name, client_id=name)
            heard = [event for event, _ in await hear(socket, name)]
            assert ("binary 4" in heard, "binary 1" in heard) == (name == "early", name == "late")


async def test_the_newer_of_two_sockets_goes_deaf_when_the_older_closes(
    server: ComfyServer, client: httpx.AsyncClient
) -> None:
    older = await listen(server, "me")
    await frame(older)
    async with listen(server, "me") as newer:
        await frame(newer)
        await submit(client, graph(seed=1), "heard", client_id="me")
        await hear(newer, "heard")
        await older.close()
        await submit(client, graph(seed=2), "unheard", client_id="me")
        await ended(client, "unheard")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await newer.recv()


async def test_who_comes_back_hears_the_node_without_a_job_id(
    server: ComfyServer, client: httpx.AsyncClient
) -> None:
    await server.fault("slow_step", seconds=0.2, count=-1)
    async with listen(server, "me") as socket:
        await submit(client, graph(steps=50), "job", client_id="me")
        await until(socket, "progress")
    async with listen(server, "me") as socket:
        assert (await frame(socket))[0] == "status"
        assert await frame(socket) == ("executing", {"node": "3"})
        await until(socket, "progress", prompt_id="job")


async def test_progress_of_a_job_without_client_reaches_everybody(
    server: ComfyServer, client: httpx.AsyncClient
) -> None:
    async with listen(server, "me") as socket:
        await submit(client, graph(), "stranger")
        heard = await until(socket, "progress", prompt_id="stranger", value=2)
        events = {event for event, _ in heard}
        assert {"progress_state", "binary 1"} <= events
        assert events.isdisjoint({"execution_start", "executing", "executed"})


async def test_sockets_can_be_dropped_and_deafened(server: ComfyServer, client: httpx.AsyncClient) -> None:
    async with listen(server, "me") as socket:
        await frame(socket)
        await server.fault("deaf_sockets")
        await submit(client, graph(), "job", client_id="me")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await socket.recv()
        await server.fault("drop_sockets")
        with pytest.raises(ConnectionClosed):
            await frame(socket)


async def test_strange_frames_on_order(server: ComfyServer) -> None:
    async with listen(server, "me") as socket:
        await frame(socket)
        await server.fault("foreign_progress")
        heard = [await frame(socket) for _ in range(4)]
        assert [event for event, _ in heard] == ["progress_state", "progress", "binary 1", "binary 4"]
        await server.fault("unknown_message")
        assert (await frame(socket))[0] == "a_later_event"
        assert await socket.recv() == "this is no JSON"
