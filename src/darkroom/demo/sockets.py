"""The websockets: who is connected, what each understands, and the one line of events to them all."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import struct
import uuid
from typing import TYPE_CHECKING, Any

from aiohttp import WSMsgType, web

if TYPE_CHECKING:
    from collections.abc import Callable

log = logging.getLogger(__name__)

PREVIEW, PREVIEW_WITH_METADATA = 1, 4
"""Types of binary frames (u32, big endian, at the head of each)."""
JPEG, PNG = 1, 2
"""Picture formats in a frame of type `PREVIEW`."""

FEATURES = {"supports_preview_metadata": True, "max_upload_size": 104_857_600}
"""What the server says it can do, in `/features` and in the answer on the socket."""

Frame = tuple[str | bytes, str | None]
"""What is sent, and to whom: a client id, or None for everyone."""


def text_frame(event: str, data: dict[str, Any]) -> str:
    """An event as it travels."""
    return json.dumps({"type": event, "data": data})


def preview_frame(image_format: int, picture: bytes) -> bytes:
    """A picture without any id: type 1, format, picture."""
    return struct.pack(">II", PREVIEW, image_format) + picture


def metadata_frame(metadata: dict[str, Any], picture: bytes) -> bytes:
    """A picture that says whose it is: type 4, length of the JSON, JSON, picture."""
    document = json.dumps(metadata).encode()
    return struct.pack(">II", PREVIEW_WITH_METADATA, len(document)) + document + picture


class Sockets:
    """The table of sockets by client id, with the real server's table manners.

    Source: ComfyUI 0.3.64. One task sends everything to everyone in turn, so a client that does not
    read stalls all others. A second socket with the same id replaces the first; when the *first* then
    closes, the table's entry (by now the second's) goes with it and the second never hears anything
    again. A client that knows only this server must survive both.
    """

    def __init__(self, status: Callable[[], dict[str, Any]], silence_s: Callable[[], float]) -> None:
        """`silence_s` tells for how long nothing is to be sent."""
        self._status = status
        self._silence_s = silence_s
        self._loop = asyncio.get_running_loop()
        self._frames: asyncio.Queue[Frame] = asyncio.Queue()
        self._table: dict[str, web.WebSocketResponse] = {}
        self._flags: dict[str, Any] = {}
        self._open: dict[web.WebSocketResponse, asyncio.Transport | None] = {}
        self.client_id: str | None = None
        """Whose job runs, or ran last."""
        self.last_node: str | None = None
        """The node that runs now, for clients that come back."""

    @property
    def count(self) -> int:
        """Sockets that are open, deaf ones too."""
        return len(self._open)

    def supports_metadata(self, client_id: str | None) -> bool:
        """Whether this client asked for previews that carry ids."""
        flags = self._flags.get(client_id or "")
        return isinstance(flags, dict) and flags.get("supports_preview_metadata") is True

    def publish(self, frame: str | bytes, client_id: str | None = None) -> None:
        """Queues a frame for one client, or for all. From any thread; never waits."""
        with contextlib.suppress(RuntimeError):  # the loop has closed: nobody is left to hear it
            self._loop.call_soon_threadsafe(self._frames.put_nowait, (frame, client_id))

    def status(self) -> None:
        """Tells everyone how long the queue is."""
        self.publish(text_frame("status", {"status": self._status()}))

    async def pump(self) -> None:
        """Sends what was published, one frame after the other, for ever."""
        while True:
            frame, client_id = await self._frames.get()
            await asyncio.sleep(self._silence_s())
            if client_id is None:
                targets = list(self._table.values())
            else:
                targets = [self._table[client_id]] if client_id in self._table else []
            for socket in targets:
                await _send(socket, frame)

    async def handle(self, request: web.Request) -> web.WebSocketResponse:
        """Serves one socket until it closes."""
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        client_id = request.rel_url.query.get("clientId", "") or uuid.uuid4().hex
        self._table[client_id] = socket
        self._flags[client_id] = {}
        self._open[socket] = request.transport
        try:
            await self._greet(socket, client_id)
            await self._listen(socket, client_id)
        finally:
            self._open.pop(socket, None)
            self._table.pop(client_id, None)
            self._flags.pop(client_id, None)
        return socket

    async def _greet(self, socket: web.WebSocketResponse, client_id: str) -> None:
        await _send(socket, text_frame("status", {"status": self._status(), "sid": client_id}))
        if self.client_id == client_id and self.last_node is not None:
            # Source: ComfyUI 0.3.64 leaves out the prompt_id here.
            await _send(socket, text_frame("executing", {"node": self.last_node}))

    async def _listen(self, socket: web.WebSocketResponse, client_id: str) -> None:
        """Reads until the end. Only the first message that is JSON can be the feature flags."""
        first = True
        async for message in socket:
            if message.type is not WSMsgType.TEXT:
                continue
            try:
                document = json.loads(message.data)
            except json.JSONDecodeError:
                continue
            if not isinstance(document, dict):
                continue
            if first and document.get("type") == "feature_flags":
                self._flags[client_id] = document.get("data", {})
                self.publish(text_frame("feature_flags", FEATURES), client_id)
            first = False

    def deafen(self) -> None:
        """Forgets all sockets without closing them: they stay open and hear nothing."""
        self._table.clear()

    def drop(self) -> None:
        """Cuts all connections without a closing frame. From the loop's thread; see `drop_soon`."""
        for transport in list(self._open.values()):
            if transport is not None:
                transport.abort()

    def drop_soon(self) -> None:
        """`drop`, from any thread."""
        self._loop.call_soon_threadsafe(self.drop)


async def _send(socket: web.WebSocketResponse, frame: str | bytes) -> None:
    try:
        if isinstance(frame, str):
            await socket.send_str(frame)
        else:
            await socket.send_bytes(frame)
    except (ConnectionError, RuntimeError) as error:
        log.info("a socket is gone: %s", error)
