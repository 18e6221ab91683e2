"""The log: a rotating file, whose lines say which generation and which profile they are about."""

from __future__ import annotations

import contextlib
import logging
import logging.handlers
import os
import sys
import time
import traceback
from contextvars import ContextVar
from typing import TYPE_CHECKING

from darkroom.config.paths import ensure_folder
from darkroom.domain.errors import DarkroomError
from darkroom.domain.text import printable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from darkroom.config.paths import Paths

_MAX_BYTES = 1_000_000
_FILES = 3
_CHATTY = ("httpx", "httpcore", "websockets", "aiohttp", "asyncio", "aiosqlite", "PIL", "markdown_it")

_subject: ContextVar[str] = ContextVar("subject", default="-")


@contextlib.contextmanager
def about(*, generation: str = "", profile: str = "") -> Iterator[None]:
    """Lines logged inside, by this task and those it starts, name the generation and the profile."""
    token = _subject.set(" ".join(part for part in (generation[:8], profile) if part) or "-")
    try:
        yield
    finally:
        _subject.reset(token)


class _Formatter(logging.Formatter):
    """One printable line a record: foreign text in a message cannot act when the log is read with `cat`."""

    def format(self, record: logging.LogRecord) -> str:
        record.subject = printable(_subject.get())
        return printable(super().format(record), keep_lines=True)


class _PrivateFile(logging.handlers.RotatingFileHandler):
    """A rotating file that only its owner can read."""

    def _open(self):  # type: ignore[no-untyped-def]  # its return type is typeshed's own private matter
        os.close(os.open(self.baseFilename, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600))
        return super()._open()


def configure(paths: Paths, level: str = "info", *, name: str = "darkroom") -> Path | None:
    """Sends the log of Darkroom to `logs/NAME.log`; gives its path, or `None` when it cannot be written.

    A log that cannot be written never keeps the program from working.
    """
    file = paths.logs / f"{name}.log"
    try:
        ensure_folder(paths.logs)
        handler = _PrivateFile(
            file, maxBytes=_MAX_BYTES, backupCount=_FILES, encoding="utf-8", errors="replace"
        )
    except (OSError, DarkroomError):
        return None
    handler.setFormatter(
        _Formatter("%(asctime)s %(levelname)-7s %(process)d %(name)s [%(subject)s] %(message)s")
    )
    root = logging.getLogger()
    for old in [known for known in root.handlers if isinstance(known, _PrivateFile)]:
        root.removeHandler(old)
        old.close()
    root.addHandler(handler)
    root.setLevel(level.upper())
    for name in _CHATTY:
        # Below "warning" they write headers, and with them passwords, and a line for each socket frame.
        logging.getLogger(name).setLevel(logging.WARNING)
    return file


def write_crash(paths: Paths, error: BaseException) -> Path | None:
    """Writes a report of an error nobody expected; gives its path, or `None` when it cannot be written.

    It holds versions and the traceback, neither values of variables nor the command line.
    """
    from darkroom import __version__

    stamp = time.strftime("%Y%m%d-%H%M%S")
    file = paths.logs / f"crash-{stamp}-{os.getpid()}.log"
    text = "".join(traceback.format_exception(error))
    head = f"Darkroom {__version__}, Python {sys.version.split()[0]}, {sys.platform}\n\n"
    try:
        ensure_folder(paths.logs)
        descriptor = os.open(file, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="replace") as stream:
            stream.write(head + text)
    except (OSError, DarkroomError):
        return None
    return file
