"""Two connections to one SQLite file: one that writes, one that only reads.

Each is an aiosqlite connection, a thread with a queue. Work is a plain function of a
`sqlite3.Connection` and runs there as a whole: one hop for a transaction of any length, no other
transaction of this process in between, and none left half done when the caller is cancelled.
(So the writer's queue is its lock.) Readers see the last commit and, in WAL mode, never wait for a write.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
import zlib
from typing import TYPE_CHECKING, TypeVar

import aiosqlite

from darkroom.domain.errors import StoreError
from darkroom.store import faults

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

T = TypeVar("T")

BUSY_TIMEOUT_S = 15.0
"""How long a write waits for another process; its own transactions take milliseconds."""

_MAPPED_BYTES = 1 << 28

_SETTINGS = """
PRAGMA foreign_keys = ON;
PRAGMA fullfsync = ON;
PRAGMA cache_size = -8000;
PRAGMA temp_store = MEMORY;
"""
# fullfsync: macOS alone knows it; there a plain fsync leaves the data in the drive's own cache.


class _Thread(aiosqlite.Connection):
    """An aiosqlite connection that runs whole functions on its thread."""

    async def run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Runs `work`; whatever it raises arrives here. A cancelled caller does not stop it."""
        result: T = await self._execute(work, self._conn)  # type: ignore[no-untyped-call]
        return result


def connect(database: Path) -> sqlite3.Connection:
    """A connection in autocommit mode: transactions begin and end where the code says so."""
    connection = sqlite3.connect(
        database, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False, cached_statements=256
    )
    connection.row_factory = sqlite3.Row
    connection.executescript(_SETTINGS)
    return connection


def transact(connection: sqlite3.Connection, work: Callable[[sqlite3.Connection], T]) -> T:
    """Runs `work` in one transaction that holds the write lock from its start."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        result = work(connection)
        connection.execute("COMMIT")
    except BaseException:
        # A full disk may have rolled it back already.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return result


class Database:
    """The open file. `sqlite3` errors leave it as `StoreError`s."""

    def __init__(self, path: Path, writer: _Thread, reader: _Thread) -> None:
        self.path = path
        self._writer = writer
        self._reader = reader
        self._open = True

    @classmethod
    async def open(cls, path: Path, prepare: Callable[[Path], sqlite3.Connection]) -> Database:
        """Opens the file.

        Args:
            path: The database file.
            prepare: Makes the writing connection, in a thread: checks, creates and migrates first.

        Raises:
            StoreError: It cannot be used.
        """
        try:
            # Not in aiosqlite's connectors: one that fails leaves its thread to a loop that may be closed.
            writer, reader = await asyncio.to_thread(_connect_both, path, prepare)
        except sqlite3.Error as error:
            raise faults.from_sqlite(error, path) from error
        threads = (
            _Thread(lambda: writer, iter_chunk_size=64),
            _Thread(lambda: reader, iter_chunk_size=64),
        )
        for thread in threads:
            await thread
        return cls(path, *threads)

    async def read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """What `work` reads from one consistent state of the database.

        A read whose caller was cancelled before it began is left out: while someone types, only the
        last search is of interest.
        """
        wanted = True

        def unit(connection: sqlite3.Connection) -> T:
            if not wanted:
                raise asyncio.CancelledError
            return _snapshot(connection, work)

        try:
            return await self._run(self._reader, unit)
        except asyncio.CancelledError:
            wanted = False
            raise

    async def write(self, work: Callable[[sqlite3.Connection], T], *, durable: bool = True) -> T:
        """What `work` returns, after its transaction was committed.

        Args:
            work: Reads and writes; what it raises undoes all of it.
            durable: Return only when the disk has it. Otherwise it survives the end of this process
                at any moment, but perhaps not a power cut within the next seconds; never is the
                database inconsistent, and the next durable write makes it durable too.
        """
        return await self._run(self._writer, lambda connection: _commit(connection, work, durable=durable))

    async def others_version(self) -> int:
        """A number that changes when another process committed something."""
        return await self._run(self._writer, data_version)

    async def aclose(self) -> None:
        """Finishes what was begun and closes the file. Idempotent."""
        if self._open:
            self._open = False
            try:
                await self._reader.close()
            finally:
                # The last connection to close folds the write-ahead log into the file.
                await self._writer.close()

    async def _run(self, thread: _Thread, work: Callable[[sqlite3.Connection], T]) -> T:
        if not self._open:
            raise StoreError("The database is closed")
        try:
            return await thread.run(work)
        except sqlite3.Error as error:
            raise faults.from_sqlite(error, self.path) from error
        except (zlib.error, json.JSONDecodeError) as error:
            raise faults.damaged(self.path, f"an entry cannot be read: {error}") from error


def _connect_both(
    path: Path, prepare: Callable[[Path], sqlite3.Connection]
) -> tuple[sqlite3.Connection, sqlite3.Connection]:
    writer = prepare(path)
    try:
        return writer, _connect_reader(path)
    except BaseException:
        writer.close()
        raise


def _connect_reader(path: Path) -> sqlite3.Connection:
    connection = connect(path)
    connection.execute("PRAGMA query_only = ON")
    # A search may look at every row: mapped, they need no copy. The file never shrinks under it.
    connection.execute(f"PRAGMA mmap_size = {_MAPPED_BYTES}")
    return connection


def _snapshot(connection: sqlite3.Connection, work: Callable[[sqlite3.Connection], T]) -> T:
    connection.execute("BEGIN")
    try:
        return work(connection)
    finally:
        connection.execute("ROLLBACK")


def _commit(connection: sqlite3.Connection, work: Callable[[sqlite3.Connection], T], *, durable: bool) -> T:
    connection.execute("PRAGMA synchronous = FULL" if durable else "PRAGMA synchronous = NORMAL")
    return transact(connection, work)


def data_version(connection: sqlite3.Connection) -> int:
    """A number that changes when another connection has committed."""
    version: int = connection.execute("PRAGMA data_version").fetchone()[0]
    return version
