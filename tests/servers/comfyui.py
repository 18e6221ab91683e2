"""Darkroom's demo server as a real process, with faults on order; stands for ComfyUI in the tests."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import httpx

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from pathlib import Path

START_TIMEOUT_S = 30.0
STOP_TIMEOUT_S = 15.0


class ComfyServer:
    """One server process; its port stays the same over restarts."""

    def __init__(self, home: Path, arguments: Sequence[str]) -> None:
        self.home = home
        """The `--home` of the server; its files are in `home/demo`."""
        self.port = 0
        self._arguments = arguments
        self._process: asyncio.subprocess.Process | None = None

    @property
    def url(self) -> str:
        """Base URL without a trailing slash."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        """Of the running process."""
        assert self._process is not None
        return self._process.pid

    async def start(self, *arguments: str) -> None:
        """Starts the process and waits until it listens."""
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "darkroom.demo", "--home", str(self.home), "--port", str(self.port)),
            *self._arguments,
            *arguments,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
        )
        assert self._process.stdout is not None
        line = await asyncio.wait_for(self._process.stdout.readline(), START_TIMEOUT_S)
        assert b"listens on" in line, f"the server ended with {await self._process.wait()}"
        state = json.loads((self.home / "demo" / "server.json").read_text())
        assert state["pid"] == self._process.pid
        self.port = state["port"]

    async def stop(self) -> int:
        """Asks the process to end (SIGTERM) and waits for it; gives its exit code."""
        return await self._end(signal.SIGTERM)

    async def wait(self) -> int:
        """Waits until the process ends by itself; gives its exit code."""
        assert self._process is not None
        code = await asyncio.wait_for(self._process.wait(), START_TIMEOUT_S)
        self._process = None
        return code

    async def kill(self) -> None:
        """Ends the process at once (SIGKILL)."""
        await self._end(signal.SIGKILL)

    async def restart(self, *, forget: bool = True) -> None:
        """Kills the process and starts it again on the same port.

        With `forget` it comes back empty, as a real ComfyUI does; without, by its journal.
        """
        await self.kill()
        await self.start(*(["--forget"] if forget else []))

    async def fault(self, name: str, **details: Any) -> None:
        """Orders a fault; see `darkroom.demo.routes.control`. `count=-1` lasts until `fault("clear")`."""
        async with httpx.AsyncClient() as client:
            answer = await client.post(f"{self.url}/darkroom/control", json={"fault": name, **details})
        answer.raise_for_status()

    async def _end(self, number: signal.Signals) -> int:
        process, self._process = self._process, None
        if process is None:
            return 0
        if process.returncode is None:
            process.send_signal(number)
        try:
            return await asyncio.wait_for(process.wait(), STOP_TIMEOUT_S)
        except TimeoutError:
            process.kill()
            return await process.wait()


@asynccontextmanager
async def comfyui_server(
    tmp_path: Path,
    *,
    control: bool = True,
    speed: float = 0,
    previews: bool = True,
    idle_exit_s: float = 120,
    arguments: Sequence[str] = (),
) -> AsyncIterator[ComfyServer]:
    """A running server below `tmp_path`; its process is gone at the end, whatever happens.

    Args:
        tmp_path: Where the home folder is made.
        control: Whether faults can be ordered.
        speed: Pace of sampling; 0 never waits.
        previews: Whether the sampler sends pictures.
        idle_exit_s: The server ends itself after so many idle seconds, even if the test is killed.
        arguments: Further arguments of `python -m darkroom.demo`.
    """
    given = ["--speed", str(speed), "--idle-exit-s", str(idle_exit_s), *arguments]
    given += ["--preview-method", "auto" if previews else "none", *(["--control"] if control else [])]
    server = ComfyServer(tmp_path / "comfyui-home", given)
    try:
        await server.start()
        yield server
    finally:
        await server.kill()
