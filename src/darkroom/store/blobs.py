"""Original bytes, kept once each under their SHA-256.

`aa/aabbcc…` below the folder; folders are 0700, files 0600. A file appears under its name complete
and synced, by a rename, or not at all.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
import threading
import time
import uuid
from typing import TYPE_CHECKING, TypeVar

from darkroom.domain.errors import InputError, StoreError
from darkroom.store import faults
from darkroom.store.syncing import sync_file, sync_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from types import TracebackType
    from typing import Self

T = TypeVar("T")

_HASH = re.compile(r"[0-9a-f]{64}")
_SPOOL = "spool"
_ASIDE = "aside-"
_BUFFER_BYTES = 256 * 1024
_LEFTOVER_S = 24 * 3600.0
"""A spool this old was left by a program that died: no download takes as long without a write."""


class Spool:
    """Bytes on their way in. Used as `async with blobs.spool() as spool:`; removed when not kept."""

    def __init__(self, blobs: Blobs) -> None:
        self._blobs = blobs
        self._path = blobs.folder / _SPOOL / f"{uuid.uuid4().hex}.part"
        self._sha = hashlib.sha256()
        self._pending = bytearray()
        self._size = 0
        self._handle = -1
        self._over = False
        # A cancelled `write` goes on in its thread; it must not meet a handle that was closed
        # meanwhile and perhaps given to another file.
        self._lock = threading.Lock()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self._over:
            # Shielded: a task that is cancelled (again) must not leave the file behind.
            await asyncio.shield(asyncio.to_thread(self._discard))

    @property
    def path(self) -> Path:
        """Where the bytes lie until they are kept; complete after `flush`."""
        return self._path

    @property
    def size_bytes(self) -> int:
        """Bytes written so far."""
        return self._size

    async def write(self, data: bytes) -> None:
        """Appends `data`; it is hashed and written in a thread, in large pieces.

        Raises:
            StoreError: The disk is full or failing.
        """
        self._pending += data
        self._size += len(data)
        if len(self._pending) >= _BUFFER_BYTES:
            await self.flush()

    async def flush(self) -> None:
        """Writes what is buffered, so that `path` can be read before it is kept."""
        pending, self._pending = self._pending, bytearray()
        await _in_thread(lambda: self._append(pending), "keep a picture")

    async def keep(self) -> tuple[str, int]:
        """Makes the bytes durable under their hash; the same content is kept once.

        Returns:
            The hash, and the length in bytes.

        Raises:
            StoreError: The disk is full or failing; nothing is half kept.
        """
        blob_hash, _ = await self.keep_if(lambda _: None)
        return blob_hash, self._size

    async def keep_if(self, check: Callable[[Path], T]) -> tuple[str, T]:
        """Makes the bytes durable, once `check` has looked at the whole file: in one go, in a thread.

        Args:
            check: Called in that thread; what it raises comes out here, and nothing is kept.

        Returns:
            The hash, and what `check` returned.

        Raises:
            StoreError: As `keep`.
        """
        pending, self._pending = self._pending, bytearray()

        def work() -> tuple[str, T]:
            self._append(pending)
            found = check(self._path)
            return self._keep(), found

        return await _in_thread(work, "keep a picture")

    def _append(self, data: bytearray) -> None:
        with self._lock:
            if self._over:
                return
            if self._handle < 0:
                _make_folder(self._path.parent)
                self._handle = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            self._sha.update(data)
            view = memoryview(data)
            while view:
                view = view[os.write(self._handle, view) :]

    def _keep(self) -> str:
        with self._lock:
            digest = self._sha.hexdigest()
            # Its age begins now: the collector leaves young files alone.
            os.utime(self._path)
            sync_file(self._handle)
            os.close(self._handle)
            self._handle = -1
            target = self._blobs.path(digest)
            _make_folder(target.parent)
            # Also when the same content is there already, for its age.
            self._path.replace(target)
            sync_folder(target.parent)
            self._over = True
        return digest

    def _discard(self) -> None:
        with self._lock:
            self._over = True
            if self._handle >= 0:
                os.close(self._handle)
                self._handle = -1
            self._path.unlink(missing_ok=True)


class Blobs:
    """The folder of original bytes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, blob_hash: str) -> Path:
        """Where the bytes with this hash lie, whether they exist or not.

        Raises:
            StoreError: It is no SHA-256 in lower-case hexadecimal.
        """
        if not _HASH.fullmatch(blob_hash):
            raise StoreError("This is no name of a kept picture", blob_hash[:80])
        return self.folder / blob_hash[:2] / blob_hash

    def has(self, blob_hash: str) -> bool:
        """Whether the bytes are here; one look at the file system."""
        return self.path(blob_hash).is_file()

    async def read_blob(self, blob_hash: str) -> bytes:
        """The bytes whose SHA-256 is `blob_hash`.

        Raises:
            StoreError: They are gone, or cannot be read.
        """
        path = self.path(blob_hash)
        try:
            return await asyncio.to_thread(path.read_bytes)
        except FileNotFoundError as error:
            raise StoreError(
                "A kept picture is gone",
                f"{path} does not exist",
                "Something else removed it from the data folder",
            ) from error
        except OSError as error:
            raise faults.from_os(error, "read a kept picture") from error

    def spool(self) -> Spool:
        """A way in for bytes that arrive in pieces."""
        return Spool(self)

    async def add(self, data: bytes) -> str:
        """Keeps `data`; its hash. Raises `StoreError`."""
        async with self.spool() as spool:
            await spool.write(data)
            return (await spool.keep())[0]

    async def add_file(self, path: Path) -> str:
        """Keeps a copy of a person's file; its hash.

        Raises:
            InputError: `path` cannot be read.
            StoreError: The copy cannot be kept.
        """
        async with self.spool() as spool:
            try:
                file = await asyncio.to_thread(path.open, "rb")
                with file:
                    while piece := await asyncio.to_thread(file.read, 4 * _BUFFER_BYTES):
                        await spool.write(piece)
            except OSError as error:
                raise InputError("This file cannot be read", f"{path}: {error.strerror}") from error
            return (await spool.keep())[0]

    # The rest is for the store itself, on its own threads.

    def prepare_folder(self) -> None:
        """Creates the folder; removes what programs that died left in it. Raises `OSError`."""
        _make_folder(self.folder)
        spool = self.folder / _SPOOL
        if spool.is_dir():
            for path in spool.iterdir():
                if _age_s(path) > _LEFTOVER_S:
                    path.unlink(missing_ok=True)

    def hashes(self) -> Iterator[str]:
        """The hashes of all files, in no order. Raises `OSError`."""
        for folder in self.folder.iterdir():
            if len(folder.name) == 2 and folder.is_dir():
                for path in folder.iterdir():
                    if _HASH.fullmatch(path.name):
                        yield path.name
                    elif path.name.startswith(_ASIDE):
                        self._put_back(path, folder / path.name.removeprefix(_ASIDE))

    def collect(self, blob_hash: str, *, older_than_s: float) -> bool:
        """Removes a file that nothing refers to, unless it was kept (again) a short while ago.

        A writer may keep the same bytes at this very moment. So the file is moved aside first and
        looked at there: what a writer puts under the name afterwards stays, and what it put there
        just before is young and goes back.

        Raises:
            OSError: It cannot be removed.
        """
        path = self.path(blob_hash)
        aside = path.with_name(_ASIDE + blob_hash)
        try:
            if _age_s(path) < older_than_s:
                return False
            path.rename(aside)
        except FileNotFoundError:
            return False
        if _age_s(aside) < older_than_s:
            self._put_back(aside, path)
            return False
        aside.unlink(missing_ok=True)
        return True

    def _put_back(self, aside: Path, path: Path) -> None:
        if not path.exists():
            aside.rename(path)
        else:
            aside.unlink(missing_ok=True)


async def _in_thread(work: Callable[[], T], what: str) -> T:
    try:
        return await asyncio.to_thread(work)
    except OSError as error:
        raise faults.from_os(error, what) from error


def _make_folder(folder: Path) -> None:
    if not folder.is_dir():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        sync_folder(folder.parent)


def _age_s(path: Path) -> float:
    """Seconds since the file was written; 0 for one that is gone."""
    try:
        return time.time() - path.stat().st_mtime
    except FileNotFoundError:
        return 0.0
