"""One server for each home: the lock, and the file that says where the server listens."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
from contextlib import contextmanager
from typing import TYPE_CHECKING

from darkroom import __version__

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def sole(lock: Path) -> Iterator[bool]:
    """Holds the home's lock; gives False when another process has it.

    The lock is the kernel's: it goes with the process, however that ends.
    """
    with lock.open("a+b") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


def new_token() -> str:
    """A random name for one run of a server; it tells that server from a stranger on its old port."""
    return secrets.token_hex(16)


def write(state: Path, *, port: int, token: str) -> None:
    """Writes the state file, whole or not at all. Readers may rely on the port being open."""
    document = {"port": port, "pid": os.getpid(), "token": token, "version": __version__}
    partial = state.with_suffix(".partial")
    with partial.open("w", encoding="utf-8") as file:
        json.dump(document, file)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(state)


def remove(state: Path) -> None:
    """Removes the state file when it is there."""
    state.unlink(missing_ok=True)
