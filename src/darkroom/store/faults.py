"""SQLite's and the file system's errors, in the words of the project.

Only this package catches `sqlite3.Error`; everything leaves it as a `StoreError`.
"""

from __future__ import annotations

import errno
import sqlite3
from typing import TYPE_CHECKING

from darkroom.domain.errors import DamagedDatabase, StoreError

if TYPE_CHECKING:
    from pathlib import Path

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})

_SPACE_HINT = "Free some space on the disk; nothing that was kept before is lost"


def from_sqlite(error: sqlite3.Error, database: Path) -> StoreError:
    """What `error` means for a person; the caller raises it `from error`."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    said = f"{database}: {error}"
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return damaged(database, str(error))
    if code == sqlite3.SQLITE_FULL:
        return StoreError("The disk is full", said, _SPACE_HINT)
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return StoreError(
            "The database is busy",
            said,
            "Another program holds it for long; close it, then try again",
        )
    if code in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH):
        return StoreError(
            "The database cannot be opened for writing",
            said,
            "Check who owns the file and its folder, or choose another folder with --home",
        )
    if code == sqlite3.SQLITE_IOERR:
        return StoreError(
            "The database could not be read or written", said, "Check the disk and its free space"
        )
    if code == sqlite3.SQLITE_CONSTRAINT:
        return StoreError("The database refused a contradictory entry", said)
    return StoreError("The database failed", said)


def damaged(database: Path, detail: str) -> DamagedDatabase:
    """The error for a file that is no healthy database."""
    return DamagedDatabase(
        "The database is damaged",
        f"{database}: {detail}",
        "It was left as it is. Move it away to start anew; the pictures in the folder beside it are unharmed",
    )


def from_os(error: OSError, what: str) -> StoreError:
    """What a file system's `error` means while doing `what` ("keep a picture")."""
    said = f"{error.filename}: {error.strerror}" if error.filename else str(error)
    if error.errno in _FULL:
        return StoreError(f"The disk is full: could not {what}", said, _SPACE_HINT)
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return StoreError(
            f"No permission to {what}",
            said,
            "Check who owns the folder, or choose another one with --home",
        )
    return StoreError(f"Could not {what}", said, "Check the folder and its disk")
