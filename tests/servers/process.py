"""A test server as a process of its own, with faults on order.

Each server here is a module that `python -m` runs. It takes `--home FOLDER` for its files and `--port N` (0:
any free one), prints one line with "listens on" and its port at the end when it is ready (and nothing more to
stdout), and ends itself when nobody needs it any more. Its control route is

    POST /darkroom/control   {"fault": NAME, "count": N, …}   orders a fault; see `tests.contract.backends`
    GET  /darkroom/control   {"jobs": …, "unfinished": …, "foreign_stopped": …, "ready_at": …}
                             see `ServerProcess.state`
"""

from __future__ import annotations

import asyncio
import re
import signal
import subprocess
import sys
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import httpx

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from pathlib import Path

START_TIMEOUT_S = 30.0
STOP_TIMEOUT_S = 15.0


class State(NamedTuple):
    """What a server says of itself.

    Attributes:
        jobs: Taken since the process started, foreign ones not counted.
        unfinished: Waiting or running now, ours and foreign ones.
        foreign_stopped: Foreign jobs (fault "busy") that a request of a client ended.
        ready_at: When the server had the last picture, by `time.monotonic`, which is one clock for all
            processes of a machine; 0 before the first.
    """

    jobs: int
    unfinished: int
    foreign_stopped: int
    ready_at: float


class ServerProcess:
    """One server process; its port stays the same over restarts. Belongs to no event loop."""

    def __init__(self, module: str, home: Path, arguments: Sequence[str] = ()) -> None:
        """Starts nothing yet.

        Args:
            module: What `python -m` runs.
            home: Where it keeps its files.
            arguments: Further ones.
        """
        self.home = home
        self.port = 0
        self._module = module
        self._arguments = arguments
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Base URL without a trailing slash."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        """Of the running process."""
        assert self._process is not None
        return self._process.pid

    async def start(self, *arguments: str) -> None:
        """Starts the process, if it is not running, and waits until it listens."""
        if self.alive:
            return
        await self.kill()  # takes the remains of one that ended by itself
        command = [sys.executable, "-m", self._module, "--home", str(self.home), "--port", str(self.port)]
        process = self._process = await asyncio.to_thread(
            subprocess.Popen,
            [*command, *self._arguments, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
        )
        assert process.stdout is not None
        line = await asyncio.wait_for(asyncio.to_thread(process.stdout.readline), START_TIMEOUT_S)
        assert b"listens on" in line, f"the server ended with {await self.wait()}"
        self.port = int(re.findall(r":(\d+)", line.decode())[-1])

    async def stop(self) -> int:
        """Asks the process to end (SIGTERM) and waits for it; gives its exit code."""
        return await self._end(signal.SIGTERM)

    async def wait(self) -> int:
        """Waits until the process ends by itself; gives its exit code."""
        assert self._process is not None
        code = await asyncio.to_thread(self._process.wait, START_TIMEOUT_S)
        await self._end(signal.SIGKILL)
        return code

    async def kill(self) -> None:
        """Ends the process at once (SIGKILL)."""
        await self._end(signal.SIGKILL)

    async def restart(self) -> None:
        """Kills the process and starts it again on the same port; it comes back with what its disk holds."""
        await self.kill()
        await self.start()

    async def fault(self, name: str, **details: object) -> None:
        """Orders a fault. `count=-1` lasts until `fault("clear")`."""
        async with httpx.AsyncClient() as client:
            answer = await client.post(f"{self.url}/darkroom/control", json={"fault": name, **details})
        answer.raise_for_status()

    async def state(self) -> State:
        """How many jobs it took, how many still wait or run, when the last picture was there."""
        async with httpx.AsyncClient() as client:
            answer = await client.get(f"{self.url}/darkroom/control")
        told = answer.raise_for_status().json()
        return State(told["jobs"], told["unfinished"], told["foreign_stopped"], told["ready_at"])

    async def _end(self, number: signal.Signals) -> int:
        process, self._process = self._process, None
        if process is None:
            return 0
        if process.poll() is None:
            process.send_signal(number)
        try:
            return await asyncio.to_thread(process.wait, STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            return await asyncio.to_thread(process.wait)
        finally:
            assert process.stdout is not None
            process.stdout.close()


Server = TypeVar("Server", bound=ServerProcess)


@asynccontextmanager
async def running(server: Server) -> AsyncIterator[Server]:
    """`server`, started; its process is gone at the end, whatever happens."""
    try:
        await server.start()
        yield server
    finally:
        await server.kill()
