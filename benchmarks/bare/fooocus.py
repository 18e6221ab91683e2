"""Fooocus: a POST that makes the task, a websocket of Gradio 3 that runs it, a GET."""

from __future__ import annotations

import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import httpx
from websockets.asyncio.client import connect

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from benchmarks.bare.shelf import Shelf


class Script:
    """The script, with its client open; the websocket belongs to one call."""

    def __init__(self, http: httpx.AsyncClient, queue: str, shelf: Shelf) -> None:
        self._http = http
        self._queue = queue
        self._shelf = shelf

    async def run(self, request: Mapping[str, Any]) -> None:
        """Makes one picture and keeps it."""
        (await self._http.post("/run/predict", json=request["build"])).raise_for_status()
        path = await self._made(request["generate"])
        content = (await self._http.get(f"/file={quote(path)}")).raise_for_status().content
        self._shelf.keep(request, content)

    async def _made(self, call: Mapping[str, Any]) -> str:
        """The path of the picture, once the call is over."""
        async with connect(self._queue, max_size=None) as socket:
            async for frame in socket:
                message = json.loads(frame)
                match message["msg"]:
                    case "send_hash":
                        who = {"session_hash": call["session_hash"], "fn_index": call["fn_index"]}
                        await socket.send(json.dumps(who))
                    case "send_data":
                        await socket.send(json.dumps(call))
                    case "process_completed":
                        gallery = message["output"]["data"][-1]
                        return str(gallery["value"][0]["name"])
        raise SystemExit("Fooocus ended the call without a picture")


@asynccontextmanager
async def opened(url: str, shelf: Shelf) -> AsyncIterator[Script]:
    """The script for the server at `url`."""
    async with httpx.AsyncClient(base_url=url, timeout=60) as http:
        yield Script(http, url.replace("http", "ws", 1) + "/queue/join", shelf)
