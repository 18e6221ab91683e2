"""The schema: recognising our database, and bringing it up to date.

Migrations are the files `migrations/NNNN_name.sql`, numbered from 1 without gaps and never changed
once released: the checksum of each is kept in the database. `PRAGMA user_version` is the number of
the last one applied, `application_id` marks the file as ours.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sqlite3
import time
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from darkroom.domain.errors import NewerSchema, StoreError
from darkroom.store import connection as connections
from darkroom.store import faults
from darkroom.store.syncing import sync_file, sync_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

T = TypeVar("T")

APPLICATION_ID = 0x646B726D
"""Spells "dkrm". Source: SQLite, `PRAGMA application_id`."""

FOLDER = Path(__file__).with_name("migrations")

_CREATE_LEDGER = """
CREATE TABLE IF NOT EXISTS migrations (
    number INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at INTEGER NOT NULL
) STRICT
"""


class Migration(NamedTuple):
    """One step of the schema."""

    number: int
    name: str
    sql: str

    @property
    def checksum(self) -> str:
        """SHA-256 of its text."""
        return hashlib.sha256(self.sql.encode()).hexdigest()

    def statements(self) -> Iterator[str]:
        """Its statements, one by one (`executescript` would end the transaction)."""
        pending = ""
        for line in self.sql.splitlines(keepends=True):
            pending += line
            if sqlite3.complete_statement(pending):
                yield pending
                pending = ""


def migrations(folder: Path = FOLDER) -> tuple[Migration, ...]:
    """All migrations this program knows, in order."""
    files = sorted(folder.glob("[0-9][0-9][0-9][0-9]_*.sql"))
    return tuple(
        Migration(int(file.name[:4]), file.stem[5:], file.read_text(encoding="utf-8")) for file in files
    )


def prepare(database: Path, known: Sequence[Migration] | None = None) -> sqlite3.Connection:
    """A connection to the database, created or brought up to date when needed.

    Nothing is changed in a file that is refused.

    Args:
        database: The file; its folder is created (0700) when it does not exist, the file is made 0600.
        known: The migrations; the program's own when left out.

    Raises:
        NewerSchema: A newer Darkroom wrote it.
        DamagedDatabase: It is no healthy SQLite database.
        StoreError: It belongs to another program, has a changed history, or cannot be used.
        sqlite3.Error: SQLite refused; the caller translates it.
    """
    known = migrations() if known is None else known
    try:
        _inspect_file(database, len(known))
    except OSError as error:
        raise faults.from_os(error, "open the database") from error
    connection = connections.connect(database)
    try:
        _bring_up_to_date(connection, database, known)
        _use_write_ahead_log(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _inspect_file(database: Path, newest: int) -> None:
    """Refuses what can be refused without touching a byte; creates the file when there is none.

    `immutable` reads past a write-ahead log, which an ordinary connection might fold into the file.
    SQLite does the reading: closing a file that we opened ourselves would drop the locks of every
    other connection of this process. Source: SQLite, "How To Corrupt", 2.2.
    """
    try:
        database.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(database, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        sync_folder(database.parent)
    except FileExistsError:
        if database.stat().st_mode & 0o077:
            database.chmod(0o600)
    with contextlib.closing(
        sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro&immutable=1", uri=True)
    ) as header:
        try:
            application: int = header.execute("PRAGMA application_id").fetchone()[0]
            version: int = header.execute("PRAGMA user_version").fetchone()[0]
        except sqlite3.DatabaseError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_CORRUPT:
                raise
            # Not by itself damage: while its log is folded in, or when that was cut short by a crash,
            # the file is shorter than its first page says. With the log it is whole.
            return
    if application == APPLICATION_ID:
        _refuse_newer(database, version, newest)


def _refuse_newer(database: Path, version: int, newest: int) -> None:
    if version > newest:
        raise NewerSchema(
            "The database was written by a newer Darkroom",
            f"{database} has schema {version}, this Darkroom knows {newest}",
            "Install the newer version, or use another folder with --home",
        )


def _inspect(connection: sqlite3.Connection, database: Path, known: Sequence[Migration]) -> int:
    """The schema's number, after the refusals; 0 for a fresh file."""
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    application: int = connection.execute("PRAGMA application_id").fetchone()[0]
    if application != APPLICATION_ID:
        if version or connection.execute("SELECT EXISTS (SELECT 1 FROM sqlite_schema)").fetchone()[0]:
            raise StoreError(
                "The database belongs to another program",
                f"{database} is an SQLite database, but not one of Darkroom's",
                "Use another folder with --home",
            )
        return 0
    _refuse_newer(database, version, len(known))
    applied = connection.execute("SELECT number, checksum FROM migrations ORDER BY number").fetchall()
    for (number, checksum), migration in zip(applied, known, strict=False):
        if (number, checksum) != (migration.number, migration.checksum):
            raise StoreError(
                "The database has another history than this Darkroom expects",
                f"{database}: migration {migration.number} ({migration.name}) was applied in another wording",
                "Install the Darkroom that wrote it; the file was left as it is",
            )
    return version


def _patiently(work: Callable[[], T]) -> T:
    """Runs `work` again while SQLite says "busy" where its own timeout does not apply.

    So it is while another process switches a fresh file to the write-ahead log or recovers one.
    """
    deadline = time.monotonic() + connections.BUSY_TIMEOUT_S
    while True:
        try:
            return work()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.005)


def _use_write_ahead_log(connection: sqlite3.Connection) -> None:
    def switch() -> None:
        if connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
            connection.execute("PRAGMA journal_mode = WAL").fetchone()

    _patiently(switch)


def _bring_up_to_date(connection: sqlite3.Connection, database: Path, known: Sequence[Migration]) -> None:
    """Applies all that is missing in one transaction, after a backup."""
    while True:
        version = _patiently(lambda: _inspect(connection, database, known))
        if version >= len(known):
            return
        seen = connections.data_version(connection)
        backup = _back_up(connection, database, version) if version else None
        try:
            _apply_missing(connection, database, known, version, seen, backup)
        finally:
            if backup is not None:
                backup.unlink(missing_ok=True)


def _apply_missing(
    connection: sqlite3.Connection,
    database: Path,
    known: Sequence[Migration],
    version: int,
    seen: int,
    backup: Path | None,
) -> None:
    """Applies what comes after `version`; nothing when another process wrote since `seen`."""

    def work(connection: sqlite3.Connection) -> None:
        if _inspect(connection, database, known) != version or connections.data_version(connection) != seen:
            return
        if backup is not None:
            # Under the write lock, so it is the backup of exactly what is migrated now.
            backup.replace(backup_of(database, version))
        for migration in known[version:]:
            _apply(connection, migration)

    try:
        _patiently(lambda: connections.transact(connection, work))
    except OSError as error:
        raise faults.from_os(error, "back the database up") from error


def _apply(connection: sqlite3.Connection, migration: Migration) -> None:
    connection.execute(_CREATE_LEDGER)
    for statement in migration.statements():
        connection.execute(statement)
    connection.execute(
        "INSERT INTO migrations VALUES (?, ?, ?, ?)",
        (migration.number, migration.name, migration.checksum, time.time_ns() // 1000),
    )
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {migration.number}")


def backup_of(database: Path, version: int) -> Path:
    """Where the database is kept as it was with schema `version`."""
    return database.with_name(f"{database.name}.schema-{version:04}.backup")


def _back_up(connection: sqlite3.Connection, database: Path, version: int) -> Path:
    part = database.with_name(f"{backup_of(database, version).name}.{uuid.uuid4().hex}.part")
    os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    connection.execute("VACUUM INTO ?", (str(part),))
    with part.open("rb") as file:
        sync_file(file.fileno())
    return part
