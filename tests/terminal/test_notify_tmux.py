"""What of a notification reaches the terminal before a real tmux."""

from __future__ import annotations

import os
import pty
import select
import shutil
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from darkroom.terminal import tmux
from darkroom.terminal.notify import BELL, notification

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not there")

TIMEOUT_S = 20.0


class Pane:
    """A pane of a tmux of its own, and the terminal before it."""

    def __init__(self, folder: Path) -> None:
        self.socket = folder / "socket"
        self.stream = b""
        self._pipe = folder / "pipe"
        os.mkfifo(self._pipe)
        # The pane shows what is written to the pipe; `<>` keeps it open.
        self.run("-f", "/dev/null", "new-session", "-d", "-x", "80", "-y", "24", f"exec cat <> {self._pipe}")
        self._terminal, theirs = pty.openpty()
        environ = {"TERM": "xterm-256color", "PATH": os.environ["PATH"], "LANG": "C.UTF-8"}
        attach = ("tmux", "-u", "-S", str(self.socket), "attach")
        self._client = subprocess.Popen(attach, stdin=theirs, stdout=theirs, stderr=theirs, env=environ)
        os.close(theirs)

    def run(self, *words: str) -> None:
        """Gives tmux a command."""
        done = subprocess.run(("tmux", "-S", str(self.socket), *words), capture_output=True, check=False)
        assert done.returncode == 0, done.stderr

    def show(self, text: str) -> None:
        """The program in the pane writes this."""
        with self._pipe.open("wb", buffering=0) as pipe:
            pipe.write(text.encode())

    def until(self, expected: bytes) -> None:
        """Reads until the terminal was sent this."""
        end = time.monotonic() + TIMEOUT_S
        while expected not in self.stream:
            assert time.monotonic() < end, f"{expected!r} never came: {self.stream!r}"
            if select.select([self._terminal], [], [], 0.2)[0]:
                self.stream += os.read(self._terminal, 65536)

    def close(self) -> None:
        """Ends the tmux."""
        self.run("kill-server")
        os.close(self._terminal)
        self._client.wait(TIMEOUT_S)


@contextmanager
def pane(monkeypatch: pytest.MonkeyPatch, passthrough: str) -> Iterator[Pane]:
    # Not tmp_path: the name of a socket may have some hundred characters only.
    with tempfile.TemporaryDirectory(prefix="tmux") as folder:
        opened = Pane(Path(folder))
        try:
            opened.run("set", "-g", "allow-passthrough", passthrough)
            monkeypatch.setenv("TMUX", f"{opened.socket},1,0")
            opened.show("ready\r\n")
            opened.until(b"ready")
            yield opened
        finally:
            opened.close()


def test_it_arrives_where_passthrough_is_on(monkeypatch: pytest.MonkeyPatch) -> None:
    with pane(monkeypatch, "on") as opened:
        client = tmux.client()
        assert client.split()[0] == "xterm-256color"
        opened.show(notification("Queue empty", "港; \x1b]0;x\x07", os.environ, client) + "end\r\n")
        opened.until("\x1b]9;Darkroom: Queue empty: 港, �]0,x�\x1b\\".encode())
        opened.until(b"end")
        for client, expected in (
            ("xterm-kitty kitty(0.41.1)", b"\x1b]99;i=darkroom"),
            ("foot foot(1.21.0)", b"\x1b]777;notify;Queue empty;x\x1b\\"),
        ):
            opened.show(notification("Queue empty", "x", os.environ, client))
            opened.until(expected)


def test_with_passthrough_off_only_the_bell_arrives_and_nothing_is_printed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with pane(monkeypatch, "off") as opened:
        said = opened.stream
        for client in ("xterm-256color", "xterm-kitty", "foot"):
            opened.show(BELL + notification("Queue empty", "a harbour", os.environ, client))
        opened.show("end\r\n")
        opened.until(b"end")
        opened.until(b"\x07")
        assert b"Queue" not in opened.stream[len(said) :]
        assert b"harbour" not in opened.stream


def test_without_a_server_nobody_answers(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TMUX", f"{tmp_path / 'none'},1,0")
    assert tmux.client() == ""
    monkeypatch.setenv("PATH", str(tmp_path))
    assert tmux.client() == ""
