"""A scripted terminal: a program on a pseudo-terminal, a line of some speed, and somebody who types."""

from __future__ import annotations

import fcntl
import os
import re
import struct
import subprocess
import sys
import termios
import time
from collections import deque
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tests.terminal.scripted.compose import screen_image
from tests.terminal.scripted.keys import sequence
from tests.terminal.scripted.line import Line
from tests.terminal.scripted.placeholders import PLACEHOLDER
from tests.terminal.scripted.profiles import PROFILES
from tests.terminal.scripted.screen import Screen

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from PIL import Image

ROOT = Path(__file__).parents[3]
SHELL = Path(__file__).with_name("shell.py")

INHERITED = ("PATH", "HOME", "LANG", "PYTHONPATH")
"""What a program gets of our own environment; what speaks of our terminal is not among it."""

TIMEOUT_S = 20.0

GAP_S = 0.01
"""Between the pieces of an answer that is split."""


class _Reply(NamedTuple):
    """A piece of an answer: when it is sent, and whether it begins one."""

    due: float
    data: bytes
    is_first: bool = True


class ScriptedTerminal:
    """Runs a program and plays the terminal; a context manager that ends it.

    Time passes for the terminal only inside of its methods; between two calls it reads nothing, as one that
    hangs.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        profile: str = "plain",
        size: tuple[int, int] = (80, 24),
        cell_px: tuple[int, int] = (10, 20),
        latency_s: float = 0.0,
        split: Sequence[int] = (),
        rate: float | None = None,
        ssh: bool = False,
        environ: Mapping[str, str | None] | None = None,
        from_shell: bool = False,
    ) -> None:
        """Starts `command`.

        Args:
            command: The program and its arguments.
            profile: One of `PROFILES`.
            size: Columns and lines.
            cell_px: Width and height of a cell.
            latency_s: From reading a question to sending the answer.
            split: Answers are sent in pieces that begin at these characters, with a gap between them.
            rate: Bytes a second that the line carries to the terminal; `None` for no limit.
            ssh: The line takes everything at once; see `Line`.
            environ: What the environment has beside the terminal's own variables; `None` takes one out.
            from_shell: Start it from a small shell, which a stopped program falls back to.
        """
        self.profile = PROFILES[profile]
        self.latency_s = latency_s
        self.split = tuple(split)
        self.screen = Screen(self.profile, *size, cell_px)
        self.screen.heard = self._reply
        self.stream: list[tuple[float, bytes]] = []
        """All that the terminal has read, in pieces, each with its moment (`time.perf_counter`)."""
        self._mark = 0
        self._replies: deque[_Reply] = deque()
        ours, theirs = os.openpty()
        self.device = ours
        self._set_size()
        words = {**self.profile.environ, **(environ or {})}
        kept = {name: os.environ[name] for name in INHERITED if name in os.environ}
        if from_shell:
            command = [sys.executable, "-EPS", str(SHELL), *command]
        self.started = time.perf_counter()
        self.process = subprocess.Popen(
            command,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            cwd=ROOT,
            env=kept | {name: value for name, value in words.items() if value is not None},
            start_new_session=True,
        )
        os.close(theirs)
        self.line = Line(ours, rate, ssh=ssh)

    def __enter__(self) -> ScriptedTerminal:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self.device)

    # Somebody types

    def press(self, *keys: str) -> float:
        """Presses keys; the moment just before. `new` starts anew."""
        self._mark = len(self.stream)
        return self.send(b"".join(map(sequence, keys)))

    def send(self, data: bytes) -> float:
        """Gives the program input; the moment just before."""
        moment = time.perf_counter()
        begun = 0
        while begun < len(self._replies) and not self._replies[begun].is_first:
            begun += 1
        if begun:  # a terminal types nothing into the middle of an answer
            self._replies.insert(begun, _Reply(self._replies[begun - 1].due, data, is_first=False))
        else:
            self._write(data)
        return moment

    def _write(self, data: bytes) -> None:
        with suppress(OSError):  # the program is gone
            os.write(self.device, data)

    def resize(self, size: tuple[int, int], cell_px: tuple[int, int] | None = None) -> None:
        """Changes the window, or the font; the program gets SIGWINCH."""
        self._mark = len(self.stream)
        self.screen.resize(*size, cell_px or self.screen.cell_px)
        self._set_size()

    def _set_size(self) -> None:
        grid, (width, height) = self.screen.main, self.screen.cell_px
        packed = struct.pack("HHHH", grid.lines, grid.columns, grid.columns * width, grid.lines * height)
        fcntl.ioctl(self.device, termios.TIOCSWINSZ, packed)

    # Somebody looks

    @property
    def new(self) -> str:
        """What was read since the latest key."""
        return b"".join(data for _, data in self.stream[self._mark :]).decode("utf-8", "replace")

    @property
    def all(self) -> str:
        """Everything that was read."""
        return b"".join(data for _, data in self.stream).decode("utf-8", "replace")

    def image(self, left: int = 0, top: int = 0, columns: int = 0, lines: int = 0) -> Image.Image:
        """What is seen of the screen, or of an area of so many cells."""
        whole = screen_image(self.screen)
        width, height = self.screen.cell_px
        right = (left + columns) * width if columns else whole.width
        bottom = (top + lines) * height if lines else whole.height
        return whole.crop((left * width, top * height, right, bottom))

    def text(self) -> str:
        """The text on the screen, with blocks for parts of pictures."""
        text = "\n".join(self.screen.lines())
        return re.sub(f"{PLACEHOLDER}[^ -~\n{PLACEHOLDER}]{{0,3}}", "▒", text)

    # Time passes

    def step(self, wait_s: float = 0.05) -> bool:
        """Reads what comes within a wait, and sends what is due; whether anything came."""
        now = time.perf_counter()
        while self._replies and self._replies[0].due <= now:
            self._write(self._replies.popleft().data)
        if self._replies:
            wait_s = min(wait_s, self._replies[0].due - now)
        data = self.line.take(now, max(0.0, wait_s))
        if data:
            self.stream.append((time.perf_counter(), data))
            self.screen.feed(data)
        return bool(data)

    def until(self, condition: Callable[[], object], why: str = "", timeout_s: float = TIMEOUT_S) -> float:
        """Lets time pass until `condition` holds; that moment.

        Raises:
            AssertionError: When it does not come to hold in time, or the program ended before.
        """
        end = time.perf_counter() + timeout_s
        while not condition():
            self.step()
            left = end - time.perf_counter()
            if left < 0 or (self.line.ended and not condition()):
                state = "the program ended" if self.line.ended else f"{timeout_s:g} s went by"
                raise AssertionError(f"{why or 'it never came'}: {state}\n{self.text()}")
        return time.perf_counter()

    def rest(self, quiet_s: float = 0.3, timeout_s: float = TIMEOUT_S) -> None:
        """Lets time pass until nothing was written for `quiet_s` seconds.

        Raises:
            AssertionError: When it never rests, or the program ended.
        """
        end = time.perf_counter() + timeout_s
        last = time.perf_counter()
        while (now := time.perf_counter()) - last < quiet_s:
            if self.step(0.05) or self.line.held or self._replies:
                last = time.perf_counter()
            assert now < end, "it never rests"
            assert not self.line.ended, f"the program ended\n{self.text()}"

    def pump(self, seconds: float) -> None:
        """Lets so much time pass."""
        end = time.perf_counter() + seconds
        while (left := end - time.perf_counter()) > 0 and not self.line.ended:
            self.step(min(left, 0.05))

    def ends(self, timeout_s: float = TIMEOUT_S) -> float:
        """Lets time pass until the program ended and all of it was read; that moment.

        Raises:
            AssertionError: When it goes on.
        """
        end = time.perf_counter() + timeout_s
        while self.process.poll() is None or not self.line.ended:
            assert time.perf_counter() < end, f"it does not end\n{self.text()}"
            if self.line.ended:
                with suppress(subprocess.TimeoutExpired):
                    self.process.wait(0.05)
            self.step(0.01)
        return time.perf_counter()

    def _reply(self, text: str) -> None:
        due = time.perf_counter() + self.latency_s
        if self._replies:
            due = max(due, self._replies[-1].due)  # no answer overtakes the one before
        edges = [0, *(at for at in self.split if at < len(text)), len(text)]
        for place, (start, end) in enumerate(pairwise(edges)):
            self._replies.append(_Reply(due + place * GAP_S, text[start:end].encode(), not place))
