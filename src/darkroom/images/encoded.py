"""Pictures as they are sent to a terminal, kept on disk below `cache/encoded`.

To choose the colours of a large picture takes a second, and turning over pictures shows the same ones again.
The folder is a cache in the full sense: any file of it, or all of it, may be deleted at any time. What is
read is what was written, or nothing: each file has a checksum. Synchronous: run it in a thread.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from darkroom.images.kept import KeptFiles

if TYPE_CHECKING:
    from pathlib import Path

LIMIT_BYTES = 128 * 1024 * 1024
"""A thousand pictures of the size of a terminal."""

_EDITION = "1"
"""Counts the changes of encoders: what an earlier version wrote is not found."""

_SUM_BYTES = 16


class EncodedCache:
    """Encoded pictures by key. For several threads and processes at once."""

    def __init__(self, folder: Path, limit_bytes: int = LIMIT_BYTES) -> None:
        """A cache in `folder`, which is made when it is first needed.

        Args:
            folder: Where the files go; nothing else may be in it.
            limit_bytes: About the most they may have together.
        """
        self._files = KeptFiles(folder, limit_bytes=limit_bytes)

    def get(self, key: str) -> bytes | None:
        """What was put there, or `None`.

        Args:
            key: From `encoded_key`.
        """
        kept = self._files.read(key)
        if kept is None or kept[:_SUM_BYTES] != _checksum(key, kept[_SUM_BYTES:]):
            return None
        return kept[_SUM_BYTES:]

    def put(self, key: str, data: bytes) -> None:
        """Keeps `data`; a folder that cannot be written costs only time."""
        self._files.write(key, _checksum(key, data) + data)

    def prune(self) -> int:
        """Deletes what was used longest ago until the folder is within its limit; the bytes that freed."""
        return self._files.prune()


def encoded_key(digest: str, *parts: object) -> str:
    """The name of an encoded picture.

    Args:
        digest: Of the source, as from `source_digest`.
        parts: All that decides what the encoder makes of it: protocol, size, level, background and more; each
            with a `repr` that tells it from others.
    """
    return hashlib.blake2b(repr((_EDITION, digest, *parts)).encode(), digest_size=20).hexdigest()


def source_digest(source: bytes | Path) -> str:
    """What tells a picture from any other; "" when its file is gone.

    A file is not read for it: it is the same as long as its place, its size and its time are.
    """
    if isinstance(source, bytes):
        return hashlib.blake2b(source, digest_size=20).hexdigest()
    try:
        about = source.stat()
    except OSError:
        return ""
    told = f"{source.absolute()}\0{about.st_size}\0{about.st_mtime_ns}\0{about.st_ino}"
    return hashlib.blake2b(told.encode("utf-8", "surrogateescape"), digest_size=20).hexdigest()


def _checksum(key: str, data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=_SUM_BYTES, key=key.encode()).digest()
