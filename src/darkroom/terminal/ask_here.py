"""Asks the terminal of this process what it can do, before or without the screens. Blocking."""

from __future__ import annotations

import os
import sys
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from darkroom.terminal import tmux, truecolor
from darkroom.terminal.cells import cell_size
from darkroom.terminal.evidence import Evidence, spoken
from darkroom.terminal.probe import DEADLINE_S, Probe
from darkroom.terminal.replies import Filter
from darkroom.terminal.surroundings import Place, place

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

DEVICE = "/dev/tty"
"""The terminal that the process belongs to, wherever its input and output go."""


LOOK_S = 0.2
"""How long may pass until a ctrl+c is heeded."""


def has_terminal() -> bool:
    """Whether the process belongs to a terminal at all; one in a pipe does, a service does not."""
    try:
        os.close(os.open(DEVICE, os.O_RDWR | os.O_NOCTTY))
    except OSError:
        return False
    return True


def ask_terminal(timeout_s: float = DEADLINE_S, *, environ: Mapping[str, str] | None = None) -> Evidence:
    """What is known of the terminal, after asking it: for some milliseconds as a rule.

    Without a terminal, and in the background, nothing is asked. The modes of the terminal are as before when
    this returns, no answer is left for the shell, and a signal that comes meanwhile counts afterwards. What
    is typed meanwhile is given back, where the system allows that.

    Args:
        timeout_s: When answers are no longer waited for.
        environ: The environment of the process, its own when it is not said.
    """
    environ = os.environ if environ is None else environ
    is_truecolor = truecolor.is_truecolor(environ)
    untold = Evidence(environ=spoken(environ), truecolor=is_truecolor)
    if sys.platform == "win32":
        return untold
    try:
        descriptor = os.open(DEVICE, os.O_RDWR | os.O_NOCTTY)
    except OSError:
        return untold
    try:
        client = tmux.ask_blocking() if place(environ) is Place.TMUX else None
        probe = Probe(environ, is_truecolor, time.monotonic)
        if (first := probe.questions(client)) and _is_ours(descriptor):
            _converse(descriptor, probe, first, timeout_s)
        return probe.evidence(client, cell_px=cell_size(descriptor))
    finally:
        os.close(descriptor)


def _is_ours(descriptor: int) -> bool:
    """Whether the process is in the foreground; in the background, setting modes would stop it."""
    try:
        return os.tcgetpgrp(descriptor) == os.getpgrp()
    except OSError:
        return False


def _converse(descriptor: int, probe: Probe, first: str, timeout_s: float) -> None:
    import termios

    typed: list[str] = []
    # Both errors: the terminal went away. What it has answered by then counts.
    with suppress(OSError, termios.error):
        with _raw(descriptor):
            _ask(descriptor, probe, first, timeout_s, typed.append)
            if not probe.is_done:
                termios.tcflush(descriptor, termios.TCIFLUSH)  # the beginning of an answer
        _give_back(descriptor, "".join(typed))


def _ask(descriptor: int, probe: Probe, first: str, timeout_s: float, typed: Callable[[str], object]) -> None:
    import select

    answers = Filter(probe.hear, lambda: False, time.monotonic)
    deadline = time.monotonic() + timeout_s
    os.write(descriptor, first.encode())
    while not probe.is_done and (left := deadline - time.monotonic()) > 0:
        # Not for long: a ctrl+c that comes just before it does not end it.
        wait_s = min(left, answers.wait_s or left, LOOK_S)
        readable, _, _ = select.select([descriptor], [], [], wait_s)
        if readable:
            data = os.read(descriptor, 4096)
            if not data:
                return
            typed(answers.feed(data.decode(errors="surrogateescape")))
        typed(answers.tick())
        if more := probe.follow_up():
            os.write(descriptor, more.encode())


@contextmanager
def _raw(descriptor: int) -> Iterator[None]:
    """The terminal hands over every byte at once and echoes none; afterwards as before.

    Signals wait, as one that ended the process would leave the terminal without echo; ctrl+c raises in here
    and is heeded.
    """
    import signal
    import termios

    waiting = {signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGTSTP}
    before = signal.pthread_sigmask(signal.SIG_BLOCK, waiting)
    try:
        modes = termios.tcgetattr(descriptor)
        changed = termios.tcgetattr(descriptor)
        changed[0] &= ~termios.IXON
        changed[3] &= ~(termios.ICANON | termios.ECHO)
        changed[6][termios.VMIN], changed[6][termios.VTIME] = 0, 0
        termios.tcsetattr(descriptor, termios.TCSANOW, changed)
        try:
            yield
        finally:
            termios.tcsetattr(descriptor, termios.TCSANOW, modes)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _give_back(descriptor: int, typed: str) -> None:
    """Types again what was typed for others; Linux may be told to forbid it (dev.tty.legacy_tiocsti)."""
    import fcntl
    import termios

    for byte in typed.encode(errors="surrogateescape"):
        fcntl.ioctl(descriptor, termios.TIOCSTI, bytes((byte,)))
