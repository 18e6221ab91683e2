"""ComfyUI: a POST, the websocket until the prompt is over, a GET."""

from __future__ import annotations

import json
import uuid
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import httpx
from websockets.asyncio.client import ClientConnection, connect

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from benchmarks.bare.shelf import Shelf


class Script:
    """The script, with its socket and client open."""

    def __init__(
        self, http: httpx.AsyncClient, socket: ClientConnection, client_id: str, shelf: Shelf
    ) -> None:
        self._http = http
        self._socket = socket
        self._client_id = client_id
        self._shelf = shelf

    async def run(self, request: Mapping[str, Any]) -> None:
        """Makes one picture and keeps it."""
        body = {**request, "client_id": self._client_id}
        (await self._http.post("/prompt", json=body)).raise_for_status()
        image = await self._made(body["prompt_id"])
        content = (await self._http.get("/view", params=image)).raise_for_status().content
        self._shelf.keep(body, content)

    async def _made(self, job: str) -> dict[str, str]:
        image: dict[str, str] = {}
        while True:
            frame = await self._socket.recv()
            if isinstance(frame, bytes):
                continue
            message = json.loads(frame)
            data = message["data"]
            if message["type"] == "executed" and data["prompt_id"] == job:
                image = data["output"]["images"][0]
            if message["type"] == "executing" and data["node"] is None and data.get("prompt_id") == job:
                return image


@asynccontextmanager
async def opened(url: str, shelf: Shelf) -> AsyncIterator[Script]:
    """The script for the server at `url`."""
    client_id = uuid.uuid4().hex
    address = url.replace("http", "ws", 1) + f"/ws?clientId={client_id}"
    async with httpx.AsyncClient(base_url=url) as http, connect(address, max_size=None) as socket:
        yield Script(http, socket, client_id, shelf)
