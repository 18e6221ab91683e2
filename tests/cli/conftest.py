"""The command as a real process, and a server for it to speak to."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio

from darkroom.config.paths import resolve
from darkroom.services.background import Background
from tests.servers.comfyui import comfyui_server

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from pathlib import Path

    from tests.servers.comfyui import ComfyServer

TIMEOUT_S = 60
SMALL = ("--size", "64x64", "--set", "steps=2")
"""Options of a picture that is made at once."""


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    code: int
    out: str
    err: str

    def json(self) -> Any:
        """Its stdout as JSON; nothing else may be there."""
        return json.loads(self.out)


class Cli:
    """The command `darkroom` with a home of its own."""

    def __init__(self, home: Path, cwd: Path) -> None:
        self.home = home
        self.cwd = cwd
        self._started: list[subprocess.Popen[bytes]] = []
        self.env = {
            "PATH": os.environ["PATH"],
            "HOME": str(cwd),
            "DARKROOM_HOME": str(home),
            "LANG": "C.UTF-8",
            "TERM": "xterm-256color",
            "PYTHONWARNINGS": "error",
        }

    def command(self, *arguments: str | bytes) -> list[str | bytes]:
        """The whole command line."""
        return [sys.executable, "-m", "darkroom", *arguments]

    def __call__(self, *arguments: str | bytes, stdin: bytes = b"", **env: str) -> Done:
        """Runs it to its end."""
        done = subprocess.run(
            self.command(*arguments),
            input=stdin,
            capture_output=True,
            timeout=TIMEOUT_S,
            env=self.env | env,
            cwd=self.cwd,
            check=False,
        )
        return Done(done.returncode, done.stdout.decode(), done.stderr.decode())

    def start(
        self,
        *arguments: str,
        stdin: int = subprocess.DEVNULL,
        stdout: int = subprocess.PIPE,
        stderr: int = subprocess.PIPE,
    ) -> subprocess.Popen[bytes]:
        """Starts it and leaves it running; it is ended with the test."""
        started = subprocess.Popen(
            self.command(*arguments),
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
            env=self.env,
            cwd=self.cwd,
        )
        self._started.append(started)
        return started

    def end(self) -> None:
        """Ends what a test that failed left running."""
        for started in self._started:
            if started.poll() is None:
                started.kill()
                started.communicate()


@pytest.fixture
def cli(tmp_path: Path) -> Iterator[Cli]:
    """The command, in an empty folder, with a home that does not exist yet."""
    cwd = tmp_path / "cwd"
    cwd.mkdir()
    command = Cli(tmp_path / "home", cwd)
    yield command
    command.end()
    end_worker(tmp_path / "home")
    end_demo(tmp_path / "home")


def end_demo(home: Path) -> None:
    """Ends the demo server of a home, when the test woke it."""
    try:
        state = json.loads((home / "data" / "demo" / "server.json").read_text("utf-8"))
        os.kill(state["pid"], signal.SIGTERM)
    except (OSError, ValueError):
        return


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def url(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """Address of a server that makes pictures at once."""
    async with comfyui_server(tmp_path_factory.mktemp("quick")) as running:
        yield running.url


@pytest_asyncio.fixture(loop_scope="function")
async def server(tmp_path: Path) -> AsyncIterator[ComfyServer]:
    """A server of this test alone, with faults on order; its sampler takes its time."""
    async with comfyui_server(tmp_path, speed=1) as running:
        yield running


@pytest.fixture
def make(cli: Cli, url: str) -> Callable[..., Any]:
    """Makes a small picture; gives its record."""

    def made(prompt: str = "a quiet harbour", *options: str) -> Any:
        done = cli("generate", prompt, "--url", url, *SMALL, "--json", *options)
        assert done.code == 0, done.err
        return done.json()

    return made


def end_worker(home: Path) -> None:
    """Ends the worker of a home, when the test left one, and waits until it is gone."""
    background = Background(resolve(home, {}))
    pid = background.running()
    if pid is None:
        return
    os.kill(pid, signal.SIGTERM)
    wait_for(lambda: background.running() is None, "the worker to leave")


def wait_for(condition: Callable[[], object], what: str) -> None:
    """Waits until `condition` holds, for things that tell nobody: other processes, and files they write."""
    end = time.monotonic() + TIMEOUT_S
    while not condition():
        assert time.monotonic() < end, f"waited too long for {what}"
        time.sleep(0.02)
