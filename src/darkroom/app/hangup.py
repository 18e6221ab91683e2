"""Leaves when the terminal goes away: an SSH line that broke, a window that was closed.

What runs goes on at its server, and what was typed is kept. Seen with Textual 8.2.8: a program whose
pseudo-terminal is gone, and that got no SIGHUP, goes on at a third of a core for ever. And the thread that
writes ends at the first error; then thirty more writes fill its queue, and the event loop waits for room
in it for ever.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from contextlib import contextmanager, suppress
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LOOK_EVERY_S = 5.0
"""How often the terminal is looked at; one system call."""

HUNG_UP = 129
"""Exit status: 128 + SIGHUP, as a shell tells it."""

TERMINATED = 143
"""Exit status: 128 + SIGTERM. The screen is given back as it was; for the rest it is as if the line broke."""


class Outlasting:
    """A file that drops what its terminal no longer takes, so that whoever writes to it never fails."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file

    def write(self, text: str) -> int:
        """Writes `text`, if there is still somebody to read it."""
        with suppress(OSError):
            self._file.write(text)
        return len(text)

    def flush(self) -> None:
        """Sends what was written, likewise."""
        with suppress(OSError):
            self._file.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


@contextmanager
def leaving_when_alone(leave: Callable[[int], object]) -> Iterator[None]:
    """Calls `leave` once the terminal is gone, or the process is asked to end, while the block lasts.

    It gets the exit status, `HUNG_UP` or `TERMINATED`. Needs a running loop.
    """
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGHUP, leave, HUNG_UP)
    loop.add_signal_handler(signal.SIGTERM, leave, TERMINATED)
    watcher = asyncio.create_task(_watch(leave), name="terminal")
    try:
        yield
    finally:
        watcher.cancel()
        loop.remove_signal_handler(signal.SIGHUP)
        loop.remove_signal_handler(signal.SIGTERM)


async def _watch(leave: Callable[[int], object]) -> None:
    descriptor = sys.__stdin__.fileno() if sys.__stdin__ is not None else -1
    while os.isatty(descriptor):  # noqa: ASYNC110 - nothing tells when a terminal goes without a signal
        await asyncio.sleep(LOOK_EVERY_S)
    leave(HUNG_UP)
