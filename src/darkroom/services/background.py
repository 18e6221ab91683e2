"""The worker: a Darkroom without a face, which works on the queue when nobody else does.

One for each home. It is a process of its own, detached, as the demo server is; nothing of it is imported
here: it is started as `python -m darkroom worker --detached`.

Who holds the lock of the file `worker.lock` is the worker. Its process id stands in the file while it takes
jobs: it comes when the worker has announced itself to the others, and goes before the worker looks at the
queue for the last time. So a job that is kept before `Background.ensure` is called is never overlooked.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import signal
import sys
import time
from typing import TYPE_CHECKING

from darkroom.config.paths import ensure_folder, of_home
from darkroom.domain.errors import DarkroomError, StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from darkroom.config.paths import Paths

START_TIMEOUT_S = 30.0
"""A cold start reads Python and SQLite from disk, and may have to wait for one that is just leaving."""

_LOOK_EVERY_S = 0.03

_TAKE_TRIES, _TAKE_EVERY_S = 20, 0.01
"""Whoever asks `running` holds the lock for some microseconds: the place is not taken for that."""


class _Started:
    """A worker that this process started, and that will outlive it: no more than a process id."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._code: int | None = None

    def ended(self) -> int | None:
        """Its exit code; `None` while it runs. A dead child is a process until it is asked for."""
        if self._code is None:
            try:
                pid, status = os.waitpid(self.pid, os.WNOHANG)
            except ChildProcessError:
                self._code = 0  # somebody else waited for it
            else:
                self._code = os.waitstatus_to_exitcode(status) if pid else None
        return self._code


_started: list[_Started] = []


class Place:
    """The worker's place in a home, as the worker holds it."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def open(self) -> None:
        """From now on this process takes jobs."""
        os.pwrite(self._descriptor, f"{os.getpid()}\n".encode(), 0)

    def close(self) -> None:
        """It does not (any more); whoever keeps a job after this starts another worker for it."""
        os.ftruncate(self._descriptor, 0)


class Background:
    """The worker of one home, as others see it."""

    def __init__(self, paths: Paths) -> None:
        """Starts nothing."""
        self._paths = paths
        self._lock = lock_file(paths)

    def running(self) -> int | None:
        """Its process id when it takes jobs, else `None`. Looks at one small file only.

        On a home that several machines share it may be of another one.
        """
        _started[:] = [process for process in _started if process.ended() is None]
        return self._look()[1]

    async def ensure(self) -> None:
        """Returns when a worker takes jobs; starts one if none does. Any number may ask at once.

        It goes on when this process ends, and when its terminal is closed.

        Raises:
            DarkroomError: It could not be started; the detail says what it printed.
        """
        process: _Started | None = None
        try:
            async with asyncio.timeout(START_TIMEOUT_S):
                while self.running() is None:
                    code = process.ended() if process is not None else 0
                    if code:
                        raise self._failed(f"It ended with code {code}")
                    if code == 0 and not self._look()[0]:
                        process = self._start()
                    await asyncio.sleep(_LOOK_EVERY_S)
        except TimeoutError as error:
            if process is not None and process.ended() is None:
                os.kill(process.pid, signal.SIGTERM)
            raise self._failed(f"It was not ready within {START_TIMEOUT_S:g} s") from error

    def _start(self) -> _Started:
        ensure_folder(self._paths.logs)
        command = [sys.executable, "-m", "darkroom", *of_home(self._paths), "worker", "--detached"]
        # Several may be started at once, of which one stays: what they print goes to the end of the file.
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND
        streams = [
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, str(self._said), flags, 0o600),
            (os.POSIX_SPAWN_DUP2, 1, 2),
        ]
        # A session of its own: what the terminal sends to this one does not reach it.
        pid = os.posix_spawn(sys.executable, command, os.environ, file_actions=streams, setsid=True)
        process = _Started(pid)
        _started.append(process)
        return process

    @property
    def _said(self) -> Path:
        return self._paths.logs / "worker.out"

    def _look(self) -> tuple[bool, int | None]:
        """Whether some process has the place, and the id of the one that takes jobs in it."""
        try:
            descriptor = os.open(self._lock, os.O_RDONLY)
        except OSError:
            return False, None
        try:
            if _try_lock(descriptor, fcntl.LOCK_SH):
                return False, None
            text = os.pread(descriptor, 32, 0).decode("ascii", "replace")
        except OSError:
            return False, None
        finally:
            os.close(descriptor)
        return True, int(text) if text.endswith("\n") and text.strip().isdecimal() else None

    def _failed(self, what: str) -> DarkroomError:
        said = ""
        with contextlib.suppress(OSError):
            said = self._said.read_text("utf-8", "replace")[-600:]
        return DarkroomError(
            "The worker did not start, so nothing is sent in the background",
            f"{what}. {said}".strip(),
            "`darkroom worker` starts it in the foreground and shows why",
        )


@contextlib.contextmanager
def place(paths: Paths) -> Iterator[Place | None]:
    """Takes the worker's place in a home for the block; `None` when another process has it. Blocking.

    The lock is the kernel's: it goes with the process, however that ends.

    Raises:
        StoreError: The file cannot be made, or not be locked.
    """
    descriptor = _opened(paths)
    try:
        ours = _take(descriptor)
        yield ours
        if ours is not None:
            ours.close()
    finally:
        os.close(descriptor)


def lock_file(paths: Paths) -> Path:
    """The file whose lock the worker of a home has."""
    return paths.data / "worker.lock"


def _opened(paths: Paths) -> int:
    try:
        return os.open(lock_file(paths), os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise _unusable(error) from error


def _take(descriptor: int) -> Place | None:
    try:
        for _ in range(_TAKE_TRIES):
            if _try_lock(descriptor, fcntl.LOCK_EX):
                ours = Place(descriptor)
                ours.close()  # what one that was killed left there
                return ours
            time.sleep(_TAKE_EVERY_S)
    except OSError as error:
        raise _unusable(error) from error
    return None


def _unusable(error: OSError) -> StoreError:
    return StoreError(
        "The worker cannot keep its place in the data folder",
        str(error),
        "The folder must be writable, and on a file system that knows locks",
    )


def _try_lock(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
