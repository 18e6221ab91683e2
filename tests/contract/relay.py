"""A wire between client and server that a test can cut; it knows nothing of HTTP."""

from __future__ import annotations

import asyncio
import contextlib
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


class Relay:
    """Passes bytes on, until it meets the ones it was told to cut at."""

    def __init__(self, upstream: str) -> None:
        parts = urlsplit(upstream)
        self._host, self._port = str(parts.hostname), int(parts.port or 80)
        self.url = ""
        self.cut_before: bytes | None = None
        """A request with these bytes never reaches the server; its connection is closed."""
        self.cut_after: bytes | None = None
        """A request with these bytes reaches the server; its answer never comes back."""
        self.cuts = 0
        self._open: set[asyncio.StreamWriter] = set()
        self._held: asyncio.Event | None = None

    def drop(self, *, late: bool = False) -> None:
        """Breaks all connections of clients. With `late` the server learns of it only by `release`."""
        if late:
            self._held = asyncio.Event()
        for near in [*self._open]:
            near.transport.abort()

    def release(self) -> None:
        """Lets the server notice what `drop` broke."""
        assert self._held is not None
        self._held.set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection(self._host, self._port)
        answers = asyncio.create_task(_pass(far_reader, writer))
        self._open.add(writer)
        try:
            while data := await reader.read(65_536):
                if self.cut_before is not None and self.cut_before in data:
                    self.cuts += 1
                    break
                if self.cut_after is not None and self.cut_after in data:
                    self.cuts += 1
                    answers.cancel()
                    far_writer.write(data)
                    await asyncio.wait([answers])
                    await far_reader.read(1)
                    break
                far_writer.write(data)
                await far_writer.drain()
        except ConnectionError:
            pass
        finally:
            self._open.discard(writer)
            if self._held is not None:
                await self._held.wait()
            answers.cancel()
            for one in (writer, far_writer):
                one.close()
                with contextlib.suppress(ConnectionError):
                    await one.wait_closed()


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65_536):
        # A near side that is gone takes nothing more; the far side is read on, as a dead line would.
        with contextlib.suppress(ConnectionError):
            writer.write(data)
            await writer.drain()
    writer.close()


@asynccontextmanager
async def relay(upstream: str) -> AsyncIterator[Relay]:
    """A running relay to `upstream`; `relay.url` is its own address."""
    made = Relay(upstream)
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield made
    finally:
        server.close()
