"""The program on a terminal: what keeps it from opening, and what happens when the terminal goes away."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
from typing import IO, TYPE_CHECKING, cast

import pytest
from textual.drivers._writer_thread import MAX_QUEUED_WRITES, WriterThread

from darkroom.app.hangup import HUNG_UP, TERMINATED, Outlasting
from darkroom.cli.exitcodes import ExitCode

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Program:
    """The program on a pseudo-terminal that is not its controlling one: closing it sends no signal."""

    def __init__(self, home: Path, *options: str) -> None:
        self.master, slave = pty.openpty()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "darkroom", "--home", str(home), "--profile", "demo", *options],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
            env={**os.environ, "TERM": "xterm-256color"},
        )
        os.close(slave)

    def until(self, words: bytes) -> None:
        seen = b""
        while words not in seen:
            seen += os.read(self.master, 65536)


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Program]:
    running = Program(tmp_path)
    yield running
    if running.process.poll() is None:
        running.process.kill()
        running.process.wait()


def test_a_hang_up_signal_ends_it(program: Program) -> None:
    program.until(b"Prompt")
    program.process.send_signal(signal.SIGHUP)
    try:
        while os.read(program.master, 65536):
            pass
    except OSError:
        pass
    assert program.process.wait(timeout=30) == HUNG_UP
    os.close(program.master)


def test_who_is_asked_to_end_gives_the_screen_back(program: Program) -> None:
    program.until(b"Prompt")
    program.process.send_signal(signal.SIGTERM)
    seen = b""
    try:
        while data := os.read(program.master, 65536):
            seen += data
    except OSError:
        pass
    assert program.process.wait(timeout=30) == TERMINATED
    assert seen.rindex(b"\x1b[?1049l") > seen.rindex(b"\x1b[?2004l")
    assert b"\x1b[?25h" in seen
    os.close(program.master)


def test_a_terminal_that_vanishes_without_a_signal_ends_it(program: Program) -> None:
    program.until(b"Prompt")
    os.close(program.master)
    assert program.process.wait(timeout=60) != 0


@pytest.mark.timeout(30)
def test_writing_goes_on_when_nobody_reads_any_more() -> None:
    master, slave = pty.openpty()
    with os.fdopen(slave, "w") as file:
        os.close(master)
        with pytest.raises(OSError, match="Input/output"):
            os.write(file.fileno(), b"lost")
        writer = WriterThread(cast("IO[str]", Outlasting(file)))
        writer.start()
        for _ in range(3 * MAX_QUEUED_WRITES):
            writer.write("lost")
        writer.stop()
        assert not writer.is_alive()
        # Nor shall what is left in the buffer fail at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), file.fileno())


def test_a_session_that_is_not_there_is_told_before_anything_is_shown(tmp_path: Path) -> None:
    running = Program(tmp_path, "--session", "absent")
    try:
        running.until("No session is called “absent”".encode())
        assert running.process.wait(timeout=60) == ExitCode.USAGE
    finally:
        os.close(running.master)
        running.process.kill()
        running.process.wait()
