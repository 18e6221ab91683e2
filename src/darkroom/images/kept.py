"""A folder of small files that are only kept to save time: any of them may be lost, damaged or foreign.

Several processes may use it at once. Synchronous: run it in a thread.
"""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import re
import stat
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

log = logging.getLogger(__name__)

_NAME = re.compile(r"[0-9a-z]{2}[0-9a-z.-]*")

_SHARE = 8
"""It is pruned when this part of the limit was written since; what is written by others is not counted."""


class KeptFiles:
    """Files by name, the least recently used ones deleted when they are too many."""

    def __init__(self, folder: Path, *, limit_bytes: int) -> None:
        """Nothing is done yet.

        Args:
            folder: Where the files go, in folders of two letters; nothing else may be in it. It is made when
                it is first needed.
            limit_bytes: What `prune` leaves at most, and about the most there is.
        """
        self.folder = folder
        self.limit_bytes = limit_bytes
        self._written = 0

    def read(self, name: str) -> bytes | None:
        """The file, its modification time renewed: that is the order `prune` goes by. `None` without one.

        Args:
            name: Small letters, digits, dots and dashes, two letters or digits first.
        """
        path = self._path(name)
        try:
            data = self._content(path)
            os.utime(path)
        except FileNotFoundError:
            return None
        except OSError as error:
            log.info("a kept file is not read: %s", error)
            return None
        return data

    def _content(self, path: Path) -> bytes:
        # A pipe must not block, nor a link lead elsewhere.
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
        about = os.fstat(handle)
        if not stat.S_ISREG(about.st_mode) or about.st_size > self.limit_bytes:
            os.close(handle)
            raise OSError(errno.EINVAL, "it is no file of this folder", str(path))
        with os.fdopen(handle, "rb") as file:
            return file.read()

    def write(self, name: str, data: bytes) -> None:
        """Keeps the file, whole or not at all; a folder that cannot be written costs only time."""
        path = self._path(name)
        new = ""
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle, new = tempfile.mkstemp(dir=path.parent, prefix=".new-")
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            Path(new).replace(path)
        except OSError as error:
            log.info("a file is not kept: %s", error)
            if new:
                with contextlib.suppress(OSError):
                    Path(new).unlink()
            return
        self._written += len(data)
        if self._written > self.limit_bytes // _SHARE:
            self.prune()

    def prune(self) -> int:
        """Deletes what was used longest ago until the folder is within its limit; the bytes that freed."""
        self._written = 0
        found = sorted(self._found())
        excess = sum(size for _, size, _ in found) - self.limit_bytes
        freed = 0
        for _, size, path in found:
            if freed >= excess:
                break
            with contextlib.suppress(OSError):
                path.unlink()
                freed += size
        return freed

    def _found(self) -> Iterator[tuple[float, int, Path]]:
        """Time, size and place of every file; some may be gone by now, and with them whole folders."""
        for folder in _inside(self.folder):
            for path in _inside(folder):
                with contextlib.suppress(OSError):
                    about = path.lstat()
                    if not stat.S_ISDIR(about.st_mode):
                        yield about.st_mtime, about.st_size, path

    def _path(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise ValueError(f"{name!r} is no name of a kept file")
        return self.folder / name[:2] / name


def _inside(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError:
        return []
