"""Darkrooms as processes, and what they said."""

from __future__ import annotations

import asyncio
import json
import os
import pty
import re
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.torture.scenario import Face

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from collections.abc import Mapping, Sequence

    from darkroom.domain.parameters import Value

ROOT = Path(__file__).parents[2]
END_S = 30.0

_ANNOUNCED = re.compile(r"^#(\d+) |^(\d+)$")
"""How `generate` says what it kept: in words, or with `--no-wait` as a number."""


class Running:
    """A Darkroom that was started.

    Attributes:
        kept: Ids, and numbers as `#N`, of the jobs that it said were kept.
        stopped: Ids of the jobs that it said were stopped.
        said: All that it wrote.
        killed: It was not left to end by itself.
        first: It has kept a job (a worker: begun), or has ended.
    """

    def __init__(self, face: Face, process: Process) -> None:
        self.face = face
        self.kept: list[str] = []
        self.stopped: list[str] = []
        self.said: list[str] = []
        self.killed = False
        self.first = asyncio.Event()
        self._process = process
        self._readers = [
            asyncio.create_task(self._read(stream)) for stream in (process.stdout, process.stderr) if stream
        ]

    @property
    def alive(self) -> bool:
        return self._process.returncode is None

    @property
    def code(self) -> int | None:
        return self._process.returncode

    def send(self, number: signal.Signals) -> None:
        """Sends a signal, if it lives; a screen ends by that of a closed line."""
        if number is signal.SIGTERM and self.face is Face.SCREEN:
            number = signal.SIGHUP
        if self.alive:
            self.killed |= number in (signal.SIGKILL, signal.SIGTERM, signal.SIGHUP)
            self._process.send_signal(number)

    async def end(self, timeout_s: float = END_S) -> bool:
        """Waits for its end and its last words; False when it does not come."""
        try:
            async with asyncio.timeout(timeout_s):
                await self._process.wait()
        except TimeoutError:
            return False
        # A worker that it started holds its pipes open.
        if self._readers:
            await asyncio.wait(self._readers, timeout=1.0)
        for reader in self._readers:
            reader.cancel()
        return True

    async def _read(self, stream: asyncio.StreamReader) -> None:
        async for line in stream:
            text = line.decode(errors="replace").rstrip()
            self.said.append(text)
            if text.startswith("kept "):
                self.kept.append(text.removeprefix("kept "))
            elif text.startswith("stopped "):
                self.stopped.append(text.removeprefix("stopped "))
            elif self.face is Face.GENERATE and (announced := _ANNOUNCED.match(text)):
                self.kept.append(f"#{announced[1] or announced[2]}")
            if self.kept or self.face is Face.WORKER:
                self.first.set()
        self.first.set()


async def _start(face: Face, *command: str) -> Running:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        *command,
        cwd=ROOT,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    return Running(face, process)


async def desk(home: Path, **orders: Any) -> Running:
    """A Darkroom as the TUI has it."""
    return await _start(Face.DESK, "tests.torture.desk", str(home), json.dumps(orders))


async def generate(
    home: Path, targets: Sequence[str], values: Mapping[str, Value], seed: int, *more: str
) -> Running:
    """`darkroom generate`."""
    options = [f"{name}={value}" for name, value in values.items() if value is not None]
    settings = [word for option in options for word in ("--set", option)]
    target = targets[seed % len(targets)]
    return await _start(
        Face.GENERATE,
        *("darkroom", "--home", str(home), "generate", f"a dog {seed}", "--seed", str(seed)),
        *("--profile", target, *settings, *more),
    )


async def worker(home: Path) -> Running:
    """`darkroom worker` in the foreground."""
    return await _start(Face.WORKER, "darkroom", "--home", str(home), "worker", "--idle", "2")


class Screen(Running):
    """The program as a person has it, on a terminal that shows nobody anything."""

    def __init__(self, process: Process, terminal: int) -> None:
        super().__init__(Face.SCREEN, process)
        self._terminal = terminal
        os.set_blocking(terminal, False)
        asyncio.get_running_loop().add_reader(terminal, self._shown)

    def _shown(self) -> None:
        try:
            shown = os.read(self._terminal, 65536)
        except OSError:  # the other end is closed
            shown = b""
        if b"Prompt" in shown or not shown:
            self.first.set()
        if not shown:
            asyncio.get_running_loop().remove_reader(self._terminal)

    async def end(self, timeout_s: float = END_S) -> bool:
        """Waits for its end, and takes the terminal away."""
        over = await super().end(timeout_s)
        if over and self._terminal >= 0:
            asyncio.get_running_loop().remove_reader(self._terminal)
            os.close(self._terminal)
            self._terminal = -1
        return over


async def screen(home: Path, profile: str) -> Running:
    """The TUI."""
    terminal, other = pty.openpty()
    try:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "darkroom", "--home", str(home), "--profile", profile),
            cwd=ROOT,
            stdin=other,
            stdout=other,
            stderr=other,
            start_new_session=True,
            env={**os.environ, "TERM": "xterm-256color"},
        )
    finally:
        os.close(other)
    return Screen(process, terminal)
