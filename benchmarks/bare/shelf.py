"""Where the bare scripts keep what they make: a file each, synced, and a committed row."""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path


class Shelf:
    """A folder of files named by their bytes, and a database beside them."""

    def __init__(self, folder: Path, database: sqlite3.Connection) -> None:
        self._folder = folder
        self._database = database

    @staticmethod
    @contextmanager
    def opened(folder: Path) -> Iterator[Shelf]:
        """A shelf in `folder`, with durable commits as Darkroom's store has them."""
        database = sqlite3.connect(folder / "bare.db")
        database.executescript(
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
            "CREATE TABLE done (id INTEGER PRIMARY KEY, request TEXT, hash TEXT, size INTEGER)"
        )
        try:
            yield Shelf(folder, database)
        finally:
            database.close()

    def keep(self, request: Mapping[str, Any], content: bytes) -> None:
        """Keeps a picture and the request that made it; durable on return."""
        digest = hashlib.sha256(content).hexdigest()
        part = self._folder / "part"
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.rename(self._folder / digest)
        descriptor = os.open(self._folder, os.O_RDONLY)
        os.fsync(descriptor)
        os.close(descriptor)
        self._database.execute(
            "INSERT INTO done (request, hash, size) VALUES (?, ?, ?)",
            (json.dumps(request), digest, len(content)),
        )
        self._database.commit()
