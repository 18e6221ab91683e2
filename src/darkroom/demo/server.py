"""The demo server put together: everything one process of it has, from start to end."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import sys
import time
from typing import TYPE_CHECKING, Any

from aiohttp import web

from darkroom.demo import state
from darkroom.demo.catalog import Catalog
from darkroom.demo.executor import Executor
from darkroom.demo.faults import Faults
from darkroom.demo.jobs import Jobs
from darkroom.demo.journal import Journal
from darkroom.demo.neighbour import Neighbour
from darkroom.demo.routes import application
from darkroom.demo.sockets import Sockets
from darkroom.demo.worker import Worker

if TYPE_CHECKING:
    from darkroom.demo.folders import Folders
    from darkroom.demo.options import Options

log = logging.getLogger(__name__)

HOST = "127.0.0.1"
IDLE_CHECK_S = 1.0


class DemoServer:
    """One running demo server. Make it inside the event loop that serves it."""

    def __init__(self, options: Options, folders: Folders) -> None:
        self.options = options
        self.folders = folders
        self.token = state.new_token()
        self.number = 0
        """The next queue number; every POST /prompt without one of its own takes one."""
        self.taken = 0
        """Jobs that clients sent since the start."""
        self.faults: Faults = Faults()
        self.journal = Journal(folders.root / "journal.jsonl")
        self.catalog = Catalog(folders)
        self.sockets: Sockets = Sockets(self.queue_info, self.faults.silence_s)
        self.faults.drop = self.sockets.drop_soon
        self.jobs = Jobs(self.sockets.status)
        self.executor = Executor(options, folders, self.catalog, self.sockets, self.faults)
        self.neighbour: Neighbour = Neighbour(self)
        self.worker = Worker(self.jobs, self.executor, self.journal)
        self.last_request = time.monotonic()
        """When the last request came; a client may be about to send the next."""
        self._stop = asyncio.Event()

    def queue_info(self) -> dict[str, Any]:
        """What `status` frames and `GET /prompt` say."""
        return {"exec_info": {"queue_remaining": self.jobs.remaining()}}

    def recall(self) -> None:
        """Takes over what an earlier run left, or makes sure that nothing of it is left."""
        if self.options.forget:
            self.forget()
            return
        remembered = self.journal.recall()
        self.number = remembered.next_number
        self.jobs.restore(remembered.history, remembered.pending)

    def forget(self) -> None:
        """Empties queue, history and temporary files, as a restart of a real ComfyUI does."""
        self.jobs.forget()
        self.executor.forget()
        self.journal.forget()
        self.folders.empty_temp()
        self.number = 0

    async def serve(self) -> None:
        """Serves until a signal or long idleness ends it."""
        file = self.folders.root / "server.json"
        state.remove(file)  # what a killed server left would send clients to a stranger's port
        self.recall()
        runner = web.AppRunner(application(self), access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        pump = asyncio.create_task(self.sockets.pump())
        idle = asyncio.create_task(self._watch_idleness())
        self.worker.start()
        try:
            site = web.TCPSite(runner, HOST, self.options.port)
            await site.start()
            port = runner.addresses[0][1]
            for number in (signal.SIGTERM, signal.SIGINT):
                asyncio.get_running_loop().add_signal_handler(number, self._stop.set)
            state.write(file, port=port, token=self.token)
            _announce(f"Darkroom's demo server (no AI) listens on http://{HOST}:{port}\n")
            await self._stop.wait()
        finally:
            state.remove(file)
            idle.cancel()
            # Sockets first: clients must not hear that the running job was cut short, for it was not
            # cancelled. As at the end of a real server, they get no closing frame either.
            pump.cancel()
            self.sockets.drop()
            await asyncio.to_thread(self.worker.stop)
            await runner.cleanup()

    async def _watch_idleness(self) -> None:
        """Ends the server when nobody has needed it for long, or when its home was removed."""
        limit = self.options.idle_exit_s
        while True:
            await asyncio.sleep(min(IDLE_CHECK_S, limit / 4) if limit > 0 else IDLE_CHECK_S)
            if not self.folders.root.is_dir():
                self._stop.set()
                return
            if limit <= 0 or self.sockets.count or self.jobs.remaining():
                self.last_request = time.monotonic()
            elif time.monotonic() - self.last_request > limit:
                log.info("idle for %g s: ending", limit)
                self._stop.set()
                return


def _announce(line: str) -> None:
    """Says something on stdout when there is anyone to hear it; a detached process has none."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        sys.stdout.write(line)
        sys.stdout.flush()
