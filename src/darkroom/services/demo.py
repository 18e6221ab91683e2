"""The embedded server: found when it runs, started when it is needed.

It is a process of its own, one for each Darkroom home, detached: it outlives this program as a real
server does. Nothing of it is imported here; it is started as `python -m darkroom.demo`.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

from darkroom.domain.errors import Unreachable
from darkroom.domain.profile import DEMO

if TYPE_CHECKING:
    from pathlib import Path

START_TIMEOUT_S = 20.0
"""A cold start loads aiohttp and numpy from disk; slow machines need some seconds."""

_LOOK_EVERY_S = 0.03

_started: list[subprocess.Popen[bytes]] = []
"""Servers that this process started and that will outlive it; held, for Python warns of those let go."""


class Demo:
    """The demo server of one Darkroom home."""

    def __init__(self, home: Path) -> None:
        """`home` is the folder it keeps its state, journal and pictures in."""
        self._home = home
        self._starting = asyncio.Lock()

    def running(self) -> str | None:
        """Base URL of the running server, or `None`. Looks at its state file and process only."""
        for process in _started:
            process.poll()  # a dead child is a process until it is waited for
        try:
            state = json.loads((self._home / "server.json").read_text("utf-8"))
            port, pid = int(state["port"]), int(state["pid"])
            os.kill(pid, 0)
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return f"http://127.0.0.1:{port}"

    async def ensure(self) -> str:
        """Base URL of the server, started when it does not run.

        Raises:
            Unreachable: It could not be started; the detail says what it printed.
        """
        async with self._starting:
            url = self.running()
            if url is not None and await _listens(url):
                return url
            return await self._start()

    async def _start(self) -> str:
        self._home.mkdir(mode=0o700, parents=True, exist_ok=True)
        log = self._home / "server.log"
        # The server makes the folder `demo` in what it is given.
        command = [sys.executable, "-m", "darkroom.demo", "--port", "0", "--home", str(self._home.parent)]
        with log.open("wb") as output:
            process = subprocess.Popen(  # noqa: ASYNC220, S603 - our own module; Popen returns at once
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                close_fds=True,
            )
        _started.append(process)
        try:
            async with asyncio.timeout(START_TIMEOUT_S):
                while (url := self.running()) is None or not await _listens(url):
                    if process.poll() not in (None, 0):
                        raise self._failed(log, f"It ended with code {process.returncode}")
                    await asyncio.sleep(_LOOK_EVERY_S)
        except TimeoutError as error:
            process.terminate()
            raise self._failed(log, f"It did not answer within {START_TIMEOUT_S:g} s") from error
        return url

    def _failed(self, log: Path, what: str) -> Unreachable:
        said = ""
        with contextlib.suppress(OSError):
            said = log.read_text("utf-8", "replace")[-600:]
        return Unreachable(
            "The demo server did not start",
            f"{what}. {said}".strip(),
            "`darkroom demo --port 8189` starts it in the foreground and shows why",
            profile=DEMO,
        )


async def _listens(url: str) -> bool:
    """Whether something accepts connections there: a state file may be older than a power cut."""
    host, _, port = url.removeprefix("http://").partition(":")
    try:
        _, writer = await asyncio.open_connection(host, int(port))
    except OSError:
        return False
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()
    return True
