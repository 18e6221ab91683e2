"""The socket: engine.io packets over websockets, events to all who listen."""

from __future__ import annotations

import asyncio
import contextlib
import json
import uuid
from typing import TYPE_CHECKING, Any

from aiohttp import WSMsgType, web

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.servers.harness.faults import Faults

PING_S = 25.0


class Sockets:
    """All open sockets."""

    def __init__(self, faults: Faults, lets_in: Callable[[str], bool]) -> None:
        self.deaf = False
        """No connection is taken."""
        self._faults = faults
        self._lets_in = lets_in
        self._open: dict[web.WebSocketResponse, asyncio.Queue[str]] = {}

    def deafen(self) -> None:
        """All connections break, and no more are taken."""
        self.deaf = True
        self._faults.lines.drop()

    def listen(self) -> None:
        """Connections are taken again."""
        self.deaf = False

    def push(self, event: str, data: dict[str, Any]) -> None:
        """Sends an event to everybody; never waits."""
        frame = f"42{json.dumps([event, data])}"
        for waiting in self._open.values():
            waiting.put_nowait(frame)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """`GET /ws/socket.io/`: websocket alone; long polling fails, as it does with a newer starlette."""
        if request.query.get("transport") != "websocket" or self.deaf:
            return web.Response(text="Internal Server Error", status=500)
        socket = web.WebSocketResponse(heartbeat=None)
        await socket.prepare(request)
        pings = {"upgrades": [], "pingTimeout": 20000, "pingInterval": 25000, "maxPayload": 1000000}
        await socket.send_str("0" + json.dumps({"sid": uuid.uuid4().hex, **pings}))
        writing: asyncio.Task[None] | None = None
        try:
            async for message in socket:
                if message.type is not WSMsgType.TEXT:
                    continue
                if message.data.startswith("40") and writing is None:
                    told = json.loads(message.data[2:] or "{}")
                    if not self._lets_in(str(told.get("token", ""))):
                        await socket.send_str('44{"message":"Connection rejected by server"}')
                        continue
                    await socket.send_str("40" + json.dumps({"sid": uuid.uuid4().hex}))
                    self._open[socket] = asyncio.Queue()
                    writing = asyncio.create_task(self._write(socket))
        finally:
            self._open.pop(socket, None)
            if writing is not None:
                writing.cancel()
        return socket

    async def _write(self, socket: web.WebSocketResponse) -> None:
        waiting = self._open[socket]
        with contextlib.suppress(ConnectionResetError):
            while True:
                try:
                    frame = await asyncio.wait_for(waiting.get(), PING_S)
                except TimeoutError:
                    frame = "2"
                await self._faults.quiet()
                await socket.send_str(frame)
