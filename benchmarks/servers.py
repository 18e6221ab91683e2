"""A demo server to measure against, from code that is not asynchronous."""

from __future__ import annotations

import asyncio
import threading
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from tests.servers.comfyui import comfyui_server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.servers.comfyui import ComfyServer


class Server:
    """A running demo server."""

    def __init__(self, server: ComfyServer, loop: asyncio.AbstractEventLoop) -> None:
        self._server = server
        self._loop = loop
        self.url = server.url

    def fault(self, name: str, **details: Any) -> None:
        """Orders a fault; see `tests.servers.comfyui`."""
        asyncio.run_coroutine_threadsafe(self._server.fault(name, **details), self._loop).result(30)


@contextmanager
def demo_server(*, previews: bool = True) -> Iterator[Server]:
    """A demo server as fast as it can be, with its event loop in a thread."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    with TemporaryDirectory() as folder:
        opened = comfyui_server(Path(folder), speed=0, previews=previews, idle_exit_s=600)
        server = asyncio.run_coroutine_threadsafe(opened.__aenter__(), loop).result(60)
        try:
            yield Server(server, loop)
        finally:
            asyncio.run_coroutine_threadsafe(opened.__aexit__(None, None, None), loop).result(60)
            loop.call_soon_threadsafe(loop.stop)
            thread.join()
            loop.close()
