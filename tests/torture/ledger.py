"""What must hold when a round is over."""

from __future__ import annotations

import hashlib
import io
import os
import sqlite3
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from PIL import Image

from darkroom.config.paths import resolve
from darkroom.store.store import Store

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

PICTURES = {
    "comfyui": "demo/output/**/*.png",
    "a1111": "outputs/**/*.png",
    "invokeai": "images/*.png",
    "fooocus": "outputs/**/*.png",
    "fooocus-api": "outputs/**/*.png",
}
"""Where the test server of a service leaves its pictures, below its home."""

FINAL = ("complete", "failed", "cancelled", "lost")


class Books(NamedTuple):
    """What the driver knows.

    Attributes:
        told: Ids, or numbers as `#N`, of jobs that somebody was told were kept.
        stopped: Ids of jobs that somebody was told were stopped.
        jobs: How many the servers took.
        homes: Folders of the servers.
        service: Theirs.
        recovers: A job of it can be followed again.
        resends: Each job that was lost was sent again, once.
        servers_died: One was killed: what it had taken may be sent again.
        may_fail: Reasons for which jobs may have failed.
        foreign_stopped: Foreign jobs that a request of ours ended.
    """

    told: Collection[str]
    stopped: Collection[str]
    jobs: int
    homes: Collection[Path]
    service: str
    recovers: bool
    resends: bool
    servers_died: bool
    may_fail: Collection[str]
    foreign_stopped: int


class Row(NamedTuple):
    """A generation."""

    number: int
    id: str
    status: str
    kind: str
    title: str
    expected: int | None
    prepared: bool
    retry_of: int | None
    hashes: tuple[str, ...]


def rows(home: Path) -> list[Row]:
    """All generations of a home."""
    with closing(sqlite3.connect(resolve(home, {}).database)) as db:
        outputs = db.execute("SELECT generation, hash FROM outputs ORDER BY position").fetchall()
        found = db.execute(
            "SELECT number, id, status, reason_kind, coalesce(reason_title, ''), expected,"
            " handle IS NOT NULL, retry_of FROM generations JOIN recipes USING (number) ORDER BY number"
        ).fetchall()
    blobs: dict[int, list[str]] = {}
    for number, blob in outputs:
        blobs.setdefault(number, []).append(blob)
    return [
        Row(number, made, status, kind, title, expected, bool(sent), retry_of, tuple(blobs.get(number, ())))
        for number, made, status, kind, title, expected, sent, retry_of in found
    ]


async def wrong(home: Path, books: Books) -> list[str]:
    """All that does not hold; empty when nothing was lost."""
    left = await _left_behind(home)
    kept = rows(home)
    return [
        *left,
        *_ends(kept, books),
        *_again(kept, books),
        *_pictures(home, kept),
        *_at_servers(kept, books),
        *_database(home),
        *_processes(home),
    ]


def _ends(kept: list[Row], books: Books) -> Iterator[str]:
    known = {row.id for row in kept} | {f"#{row.number}" for row in kept}
    yield from (f"{told} was told to be kept, and is gone" for told in books.told if told not in known)
    for row in kept:
        if row.status not in FINAL:
            yield f"#{row.number} has not ended: {row.status}"
        if row.id in books.stopped and row.status != "cancelled":
            yield f"#{row.number} was told to be stopped, and is {row.status}: {row.title}"
        if row.status == "failed" and row.kind not in books.may_fail:
            yield f"#{row.number} failed: {row.kind}: {row.title}"
        if row.status == "lost" and books.recovers and not books.servers_died:
            yield f"#{row.number} is lost, and its server has it: {row.title}"
        if row.status == "complete" and len(row.hashes) < max(row.expected or 1, 1):
            yield f"#{row.number} is complete with {len(row.hashes)} of {row.expected} pictures"


def _again(kept: list[Row], books: Books) -> Iterator[str]:
    """What was lost was sent again at most once, and once where that is wanted and nobody was killed."""
    times = Counter(row.retry_of for row in kept if row.retry_of is not None)
    for row in kept:
        first = row.status == "lost" and row.retry_of is None
        if times[row.number] > first or (first and books.resends and not times[row.number]):
            yield f"#{row.number} ({row.status}) was sent again {times[row.number]} times"


def _pictures(home: Path, kept: list[Row]) -> Iterator[str]:
    times = Counter(blob for row in kept if row.status != "lost" for blob in row.hashes)
    yield from (f"{blob} is stored {n} times" for blob, n in times.items() if n > 1)
    folder = resolve(home, {}).blobs
    for blob in times:
        data = (folder / blob[:2] / blob).read_bytes()
        if hashlib.sha256(data).hexdigest() != blob:
            yield f"{blob} has other bytes"
        with Image.open(io.BytesIO(data)) as picture:
            picture.load()


def _at_servers(kept: list[Row], books: Books) -> Iterator[str]:
    if books.foreign_stopped:
        yield f"{books.foreign_stopped} foreign jobs were stopped"
    made = Counter(_hashes(books.homes, PICTURES[books.service]))
    stored = {blob for row in kept for blob in row.hashes}
    yield from (f"{blob} is not as the server made it" for blob in stored - made.keys())
    unfinished = sum(row.status != "complete" for row in kept)
    missing = made.keys() - stored
    if len(missing) > unfinished:
        yield f"{len(missing)} pictures stayed at the server, {unfinished} jobs are not complete"
    if books.servers_died or any(row.retry_of is not None for row in kept):
        return
    yield from (f"{blob} was made {n} times" for blob, n in made.items() if n > 1)
    sent = sum(row.prepared for row in kept)
    if books.jobs > sent:
        yield f"{books.jobs} jobs reached the server, {sent} were sent"


def _hashes(homes: Iterable[Path], pattern: str) -> Iterator[str]:
    for home in homes:
        for path in home.glob(pattern):
            yield hashlib.sha256(path.read_bytes()).hexdigest()


def _database(home: Path) -> Iterator[str]:
    with closing(sqlite3.connect(resolve(home, {}).database)) as db:
        for pragma, sound in (("integrity_check", [("ok",)]), ("foreign_key_check", [])):
            if (found := db.execute(f"PRAGMA {pragma}").fetchall()) != sound:
                yield f"{pragma}: {found}"
        for table in ("queue", "progress"):
            if left := db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]:  # noqa: S608
                yield f"{left} rows are left in {table}"
        if left := db.execute("SELECT count(*) FROM batches WHERE writer <> ''").fetchone()[0]:
            yield f"{left} batches are half written"


async def _left_behind(home: Path) -> list[str]:
    """What killed processes leave half written is removed by a later start, once it is old: as if it were."""
    paths = resolve(home, {})
    for path in paths.blobs.glob("spool/*.part"):
        os.utime(path, (0, 0))
    store = await Store.open(paths.database, paths.blobs)
    await store.batches.drop_unfinished(datetime.now(UTC) + timedelta(days=1))
    await store.aclose()
    return [f"{path} was left behind" for path in paths.blobs.glob("spool/*.part")]


def processes(home: Path) -> list[tuple[int, str]]:
    """Ids and command lines of processes that work on this home."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if f" {home} " in command and int(folder.name) != os.getpid():
            found.append((int(folder.name), command))
    return found


def _processes(home: Path) -> Iterator[str]:
    yield from (f"process {pid} is left: {command}" for pid, command in processes(home))
