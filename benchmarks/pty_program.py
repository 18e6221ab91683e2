"""A program on a pseudo-terminal: keys go in, painted bytes come out, both with their times."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import termios
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

TIMEOUT_S = 30.0


class PtyProgram:
    """A running program; a context manager that ends it."""

    def __init__(self, command: Sequence[str], environ: Mapping[str, str], *, size: tuple[int, int]) -> None:
        """Starts `command` on a terminal of `size` (columns, lines)."""
        self._master, slave = pty.openpty()
        columns, lines = size
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        self.started = time.perf_counter()
        self._process = subprocess.Popen(
            command, stdin=slave, stdout=slave, stderr=slave, env=dict(environ), start_new_session=True
        )
        os.close(slave)
        self.painted = b""

    def __enter__(self) -> PtyProgram:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        os.close(self._master)

    @property
    def pid(self) -> int:
        """Process id of the program."""
        return self._process.pid

    def kill(self) -> None:
        """Ends the program by SIGKILL and waits for it."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def read(self, seconds: float) -> bytes:
        """What is painted within so many seconds, at most the next piece; b"" when nothing is."""
        ready, _, _ = select.select([self._master], [], [], max(seconds, 0))
        if not ready:
            return b""
        try:
            piece = os.read(self._master, 1 << 16)
        except OSError:  # Linux says EIO when the last user of the other side is gone
            piece = b""
        if not piece:
            raise SystemExit(f"the measured program ended; it last painted {self.painted[-800:]!r}")
        self.painted += piece
        return piece

    def until(self, *markers: bytes, timeout_s: float = TIMEOUT_S) -> float:
        """Reads until all markers were painted since the last `forget`; that moment."""
        deadline = time.perf_counter() + timeout_s
        while not all(marker in self.painted for marker in markers):
            left = deadline - time.perf_counter()
            if left <= 0:
                missing = [m for m in markers if m not in self.painted]
                raise SystemExit(
                    f"{missing} was not painted in {timeout_s:g} s; last {self.painted[-800:]!r}"
                )
            self.read(left)
        return time.perf_counter()

    def rest(self, seconds: float) -> None:
        """Reads and throws away what is painted in so many seconds."""
        end = time.perf_counter() + seconds
        while (left := end - time.perf_counter()) > 0:
            self.read(left)
        self.forget()

    def forget(self) -> None:
        """Forgets what was painted so far."""
        self.painted = b""

    def press(self, keys: bytes) -> float:
        """Types `keys`; the moment just before."""
        moment = time.perf_counter()
        os.write(self._master, keys)
        return moment

    def cpu_seconds(self) -> float:
        """Processor time of the program so far, user and system, without its children (Linux)."""
        with open(f"/proc/{self.pid}/stat", encoding="ascii") as file:  # noqa: PTH123
            fields = file.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
