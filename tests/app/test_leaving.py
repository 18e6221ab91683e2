"""Quitting with work left: what is asked, who goes on, and that nothing is lost by it."""

from __future__ import annotations

import asyncio
import fcntl
import os
import pty
import signal
import struct
import subprocess
import sys
import termios
import threading
import time
import uuid
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from darkroom.app.hangup import HUNG_UP
from darkroom.app.leaving import work_left
from darkroom.app.screens.quit import QuitScreen, WaitScreen
from darkroom.config.writing import write_setting
from darkroom.domain.generation import Status
from darkroom.domain.profile import Profile
from darkroom.domain.queue import Order
from darkroom.services.clock import now
from tests.app.seeding import Row, snapshot
from tests.app.shell import TIMEOUT_S, opened_core, shown
from tests.servers.a1111 import A1111Server
from tests.servers.comfyui import comfyui_server
from tests.servers.process import running

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from darkroom.domain.generation import Summary
    from darkroom.services.core import Core
    from tests.app.shell import Shell
    from tests.servers.comfyui import ComfyServer

F10 = b"\x1b[21~"

SMALL = {"width": 64, "height": 64, "steps": 6}
LONGER = {**SMALL, "steps": 20}


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[ComfyServer]:
    async with comfyui_server(tmp_path, speed=0) as server:
        await server.fault("slow_step", seconds=0.3, count=-1)
        yield server


@asynccontextmanager
async def home_of(home: Path, profile: Profile) -> AsyncIterator[Core]:
    """A core over a home with one server; a worker that was started there is ended with it."""
    async with opened_core(home, profiles=[profile]) as core:
        try:
            yield core
        finally:
            await end_worker(core)


async def end_worker(core: Core) -> None:
    worker = core.background.running()
    if worker is not None:
        os.kill(worker, signal.SIGTERM)
        await until(lambda: core.background.running() is None, "the worker ended")


async def until(condition: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + TIMEOUT_S
    while not condition():
        assert time.monotonic() < end, f"never: {what}"
        await asyncio.sleep(0.02)


async def finished(core: Core) -> tuple[Summary, ...]:
    """All generations of the last session, once they have ended, newest first."""
    end = time.monotonic() + TIMEOUT_S
    while True:
        rows = await core.history.page((await core.sessions.last()).id, offset=0, limit=20)
        if rows and all(row.status.final for row in rows):
            return rows
        assert time.monotonic() < end, f"never ended: {[row.status for row in rows]}"
        await asyncio.sleep(0.05)


@asynccontextmanager
async def at_work(core: Core, count: int = 1) -> AsyncIterator[Shell]:
    """The program with a job that runs, and others behind it."""
    async with shown(core) as shell:
        await shell.until(lambda: shell.main.desk.state.known, "the server's lists")
        for _ in range(count):
            await shell.press("a", "ctrl+g")
        await shell.until(
            lambda: (run := shell.main.board.leading()) is not None and run.status is Status.RUNNING, "a run"
        )
        yield shell


async def asked(shell: Shell) -> None:
    await shell.press("f10")
    await shell.until(lambda: isinstance(shell.app.screen, QuitScreen), "the question")


async def test_the_question_says_what_is_left_and_escape_stays(tmp_path: Path, server: ComfyServer) -> None:
    async with home_of(tmp_path / "home", Profile("box", url=server.url, defaults=LONGER)) as core:
        async with at_work(core, 4) as shell:
            await asked(shell)
            await shell.sees("2 at work and 2 waiting")
            await shell.press("escape")
            await shell.until(lambda: shell.app.screen is shell.main, "the panes")
            assert shell.app.return_code is None
            await asked(shell)
            await shell.press("s")
            await shell.until(lambda: shell.app.screen is shell.main, "the panes again")
        assert core.background.running() is None


async def test_enter_hands_the_queue_to_a_worker(tmp_path: Path, server: ComfyServer) -> None:
    async with home_of(tmp_path / "home", Profile("box", url=server.url, defaults=SMALL)) as core:
        async with at_work(core, 3) as shell:
            await asked(shell)
            await shell.press("enter")
            await shell.until(lambda: shell.app.return_code == 0, "it left")
            assert shell.app.leaving is not None
            assert "3 jobs go on in the background" in shell.app.leaving.words
        assert core.background.running() is not None
        assert [row.status for row in await finished(core)] == [Status.COMPLETE] * 3


async def test_waiting_leaves_when_the_queue_is_empty(tmp_path: Path, server: ComfyServer) -> None:
    async with home_of(tmp_path / "home", Profile("box", url=server.url, defaults=LONGER)) as core:
        async with at_work(core, 2) as shell:
            await asked(shell)
            await shell.press("w")
            await shell.until(lambda: isinstance(shell.app.screen, WaitScreen), "it waits")
            await shell.press("escape")
            await shell.until(lambda: shell.app.screen is shell.main, "the panes")
            await asked(shell)
            await shell.press("w")
            await shell.until(lambda: shell.app.return_code == 0, "it left")
        assert core.background.running() is None
        assert [row.status for row in await finished(core)] == [Status.COMPLETE] * 2


async def test_pausing_stops_what_waits(tmp_path: Path, server: ComfyServer) -> None:
    async with home_of(tmp_path / "home", Profile("box", url=server.url, defaults=SMALL)) as core:
        async with at_work(core, 3) as shell:
            await asked(shell)
            await shell.press("p")
            await shell.until(lambda: shell.app.return_code == 0, "it left")
        assert [pause.profile for pause in await core.queue.pauses()] == [""]
        assert core.background.running() is None


async def test_a_setting_answers_for_good(tmp_path: Path, server: ComfyServer) -> None:
    profile = Profile("box", url=server.url, defaults=SMALL)
    async with home_of(tmp_path / "home", profile) as core:
        write_setting(core.paths, "quit", "background")
    async with home_of(tmp_path / "home", profile) as core:
        async with at_work(core) as shell:
            await shell.press("f10")
            await shell.until(lambda: shell.app.return_code == 0, "it left without a question")
        assert [row.status for row in await finished(core)] == [Status.COMPLETE]


async def test_what_waits_for_a_person_keeps_nobody(tmp_path: Path, server: ComfyServer) -> None:
    async with home_of(tmp_path / "home", Profile("box", url=server.url, defaults=SMALL)) as core:
        await core.store.queue.pause()
        async with shown(core) as shell:
            await shell.until(lambda: shell.main.desk.state.known, "the server's lists")
            await shell.press("a", "ctrl+g")
            await shell.sees("paused 1")
            await shell.press("f10")
            await shell.until(lambda: shell.app.return_code == 0, "it left")


async def test_nothing_is_left_of_an_empty_queue(tmp_path: Path) -> None:
    async with opened_core(tmp_path / "home") as core:
        left = await work_left(core)
        assert not left.any
        assert not left.needs_somebody


class Program:
    """The program on a pseudo-terminal of its own."""

    def __init__(self, home: Path) -> None:
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self.process = subprocess.Popen(
            [sys.executable, "-m", "darkroom", "--home", str(home)],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
            env={**os.environ, "TERM": "xterm-256color"},
        )
        os.close(slave)
        self.seen = b""
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        with suppress(OSError):
            while data := os.read(self.master, 65536):
                self.seen += data

    async def sees(self, words: bytes) -> None:
        await until(lambda: words in self.seen, words.decode())

    async def ended(self) -> int:
        await until(lambda: self.process.poll() is not None, "it ended")
        self._reader.join()
        return self.process.returncode

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self._reader.join()
        os.close(self.master)


@asynccontextmanager
async def program_at_work(core: Core, profile: str, jobs: int = 1) -> AsyncIterator[Program]:
    """The program, started on a queue with jobs, once the first of them runs."""
    session = await core.sessions.last()
    await core.sessions.use(session.id, workflow_id="txt2img", profile=profile)
    for number in range(jobs):
        request = snapshot(number, Row(width=64, height=64), profile)
        request = replace(request, service=core.profiles.get(profile).service)
        await core.store.queue.add(str(uuid.uuid4()), session.id, request, order=Order(), created_at=now())
    program = Program(core.paths.data.parent)
    try:
        end = time.monotonic() + TIMEOUT_S
        while not any(job.summary.status is Status.RUNNING for job in await core.store.queue.page(limit=1)):
            assert time.monotonic() < end, "never taken"
            await asyncio.sleep(0.05)
        yield program
    finally:
        program.close()


async def test_a_closed_line_hands_over_by_itself(tmp_path: Path, server: ComfyServer) -> None:
    async with home_of(tmp_path / "home", Profile("box", url=server.url)) as core:
        async with program_at_work(core, "box", 2) as program:
            program.process.send_signal(signal.SIGHUP)
            assert await program.ended() == HUNG_UP
        assert core.background.running() is not None
        assert [row.status for row in await finished(core)] == [Status.COMPLETE] * 2


async def test_a_job_that_nobody_else_can_follow_is_seen_through_in_the_terminal(tmp_path: Path) -> None:
    async with forge(tmp_path) as core:
        async with program_at_work(core, "forge", 2) as program:
            os.write(program.master, F10)
            await program.sees(b"can only be followed by this process")
            os.write(program.master, b"b")
            await program.sees(b"Waiting for what only this process can follow")
            assert await program.ended() == 0
            assert b"#1: complete" in program.seen
        assert [row.status for row in await finished(core)] == [Status.COMPLETE] * 2


async def test_a_closed_line_is_no_reason_to_lose_such_a_job(tmp_path: Path) -> None:
    async with forge(tmp_path) as core:
        async with program_at_work(core, "forge") as program:
            program.process.send_signal(signal.SIGHUP)
            assert await program.ended() == HUNG_UP
        assert [row.status for row in await finished(core)] == [Status.COMPLETE]


@asynccontextmanager
async def forge(tmp_path: Path) -> AsyncIterator[Core]:
    """A home whose only server tells the pictures of a job to whoever sent it, and to nobody else."""
    async with (
        running(A1111Server(tmp_path / "forge", step_s=0.3)) as server,
        home_of(tmp_path / "home", Profile("forge", "a1111", server.url)) as core,
    ):
        yield core
