"""InvokeAI: a POST to the queue, socket.io over a websocket until the item is over, a GET."""

from __future__ import annotations

import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import httpx
from websockets.asyncio.client import ClientConnection, connect

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from benchmarks.bare.shelf import Shelf

QUEUE = "/api/v1/queue/default"


class Script:
    """The script, with its socket and client open."""

    def __init__(self, http: httpx.AsyncClient, socket: ClientConnection, shelf: Shelf) -> None:
        self._http = http
        self._socket = socket
        self._shelf = shelf

    async def run(self, request: Mapping[str, Any]) -> None:
        """Makes one picture and keeps it."""
        (await self._http.post(f"{QUEUE}/enqueue_batch", json=request)).raise_for_status()
        name = await self._made(request["batch"]["batch_id"])
        content = (await self._http.get(f"/api/v1/images/i/{name}/full")).raise_for_status().content
        self._shelf.keep(request, content)

    async def _made(self, batch: str) -> str:
        name = ""
        while True:
            frame = str(await self._socket.recv())
            if frame == "2":
                await self._socket.send("3")
            if not frame.startswith("42"):
                continue
            event, data = json.loads(frame[2:])
            if data.get("batch_id") != batch:
                continue
            if event == "invocation_complete" and "image" in data["result"]:
                name = data["result"]["image"]["image_name"]
            if event == "queue_item_status_changed" and data["status"] == "completed":
                return name


@asynccontextmanager
async def opened(url: str, shelf: Shelf) -> AsyncIterator[Script]:
    """The script for the server at `url`."""
    address = url.replace("http", "ws", 1) + "/ws/socket.io/?EIO=4&transport=websocket"
    async with (
        httpx.AsyncClient(base_url=url) as http,
        connect(address, max_size=None, ping_interval=None) as socket,
    ):
        await socket.recv()
        await socket.send("40")
        await socket.recv()
        await socket.send('42["subscribe_queue",{"queue_id":"default"}]')
        yield Script(http, socket, shelf)
