"""A wire between client and server that a test can cut; it knows nothing of HTTP."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


class Relay:
    """Passes bytes on, until it meets the ones it was told to cut at."""

    def __init__(self, upstream: str) -> None:
        parts = urlsplit(upstream)
        self.far_address = (str(parts.hostname), int(parts.port or 80))
        self.url = ""
        self.cut_before: bytes | None = None
        """A request with these bytes never reaches the server; its connection is closed."""
        self.cut_after: bytes | None = None
        """A request with these bytes reaches the server; its answer never comes back."""
        self.sockets: list[bytes] = []
        """First line of each request for a websocket."""
        self.cuts = 0
        self.dead = False
        """The wire takes no more connections."""
        self.dead_after_cut = False
        """It is dead from the first cut on."""
        self.nears: set[_Near] = set()
        self.empty = asyncio.Event()
        self.empty.set()
        self.held: list[asyncio.Transport] | None = None

    def drop(self, *, late: bool = False) -> None:
        """Breaks all connections of clients. With `late` the server learns of it only by `release`."""
        if late:
            self.held = []
        for near in [*self.nears]:
            near.transport.abort()

    def release(self) -> None:
        """Lets the server notice what `drop` broke."""
        held, self.held = self.held, None
        for transport in held or ():
            transport.abort()

    def note_cut(self, cut: _Near) -> None:
        """Counts a cut; with `dead_after_cut` all other connections go too."""
        self.cuts += 1
        self.dead = self.dead_after_cut
        for near in self.nears - {cut} if self.dead else ():
            near.transport.abort()


class _Near(asyncio.Protocol):
    """The client's end of one connection."""

    transport: asyncio.Transport

    def __init__(self, relay: Relay) -> None:
        self.relay = relay
        self.far: _Far | None = None
        self.waiting: list[bytes] = []
        self.opening: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        if self.relay.dead:
            self.transport.abort()
            return
        self.relay.nears.add(self)
        self.relay.empty.clear()
        self.opening = asyncio.create_task(self._open())

    async def _open(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            _, far = await loop.create_connection(lambda: _Far(self), *self.relay.far_address)
        except OSError:
            self.transport.abort()  # the server is away
            return
        self.far = far
        for data in self.waiting:
            far.transport.write(data)

    def data_received(self, data: bytes) -> None:
        relay = self.relay
        if b"\r\nUpgrade: websocket" in data:
            relay.sockets.append(data.partition(b"\r\n")[0])
        if relay.cut_before is not None and relay.cut_before in data:
            relay.note_cut(self)
            self.transport.abort()
            return
        if relay.cut_after is not None and relay.cut_after in data and self.far is not None:
            relay.note_cut(self)
            self.far.mute = True
        if self.far is None:
            self.waiting.append(data)
        else:
            self.far.transport.write(data)

    def connection_lost(self, _error: Exception | None) -> None:
        self.relay.nears.discard(self)
        if not self.relay.nears:
            self.relay.empty.set()
        if self.far is None:
            return
        if self.relay.held is not None:
            self.relay.held.append(self.far.transport)
        else:
            self.far.transport.abort()


class _Far(asyncio.Protocol):
    """The server's end of one connection."""

    transport: asyncio.Transport

    def __init__(self, near: _Near) -> None:
        self.near = near
        self.mute = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        if self.mute:
            self.near.transport.abort()
        elif not self.near.transport.is_closing():
            self.near.transport.write(data)

    def connection_lost(self, _error: Exception | None) -> None:
        self.near.transport.close()


@asynccontextmanager
async def relay(upstream: str) -> AsyncIterator[Relay]:
    """A running relay to `upstream`; `relay.url` is its own address."""
    made = Relay(upstream)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Near(made), "127.0.0.1", 0)
    made.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield made
    finally:
        server.close()
        made.release()
        made.drop()
        await made.empty.wait()
        await server.wait_closed()
