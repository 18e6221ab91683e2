"""Original bytes: kept once, whole or not at all, and collected only when nobody wants them."""

from __future__ import annotations

import asyncio
import hashlib
import os
import sqlite3
import stat
import subprocess
import sys
import time
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from darkroom.domain.errors import InputError, StoreError
from darkroom.domain.generation import Status
from darkroom.domain.workflow import Workflow
from darkroom.store import trash
from darkroom.store.blobs import Blobs
from darkroom.store.trash import YOUNG_S

from .recipes import LATER, OWNER, complete, new, output

if TYPE_CHECKING:
    from pathlib import Path

    from darkroom.store.store import Store

FAR_FUTURE = datetime(2100, 1, 1, tzinfo=UTC)


def files(blobs: Blobs) -> set[str]:
    """Names of all files below the folder."""
    return {path.name for path in blobs.folder.rglob("*") if path.is_file()}


def age(blobs: Blobs, *hashes: str) -> None:
    """Makes kept files old enough to be collected."""
    long_ago = time.time() - 2 * YOUNG_S
    for blob_hash in hashes:
        os.utime(blobs.path(blob_hash), (long_ago, long_ago))


async def test_bytes_are_kept_once_under_their_hash(store: Store) -> None:
    data = os.urandom(1_000_000)
    expected = hashlib.sha256(data).hexdigest()
    async with store.blobs.spool() as spool:
        for start in range(0, len(data), 70_000):
            await spool.write(data[start : start + 70_000])
        await spool.flush()
        assert spool.path.read_bytes() == data
        assert await spool.keep() == (expected, len(data))
    assert await store.blobs.add(data) == expected
    assert await store.blobs.read_blob(expected) == data
    path = store.blobs.path(expected)
    assert path.parent.name == expected[:2]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert files(store.blobs) == {expected}


async def test_what_a_look_at_the_whole_file_refuses_is_not_kept(store: Store) -> None:
    def refuse(path: Path) -> int:
        raise InputError(f"{path.stat().st_size} bytes")

    async with store.blobs.spool() as spool:
        await spool.write(b"x" * 300_000)
        await spool.write(b"small")
        with pytest.raises(InputError, match="300005 bytes"):
            await spool.keep_if(refuse)
    assert files(store.blobs) == set()
    async with store.blobs.spool() as spool:
        assert (await spool.keep_if(lambda path: path.read_bytes()))[1] == b""


async def test_what_is_not_kept_is_removed(store: Store) -> None:
    async with store.blobs.spool() as spool:
        await spool.write(b"x" * 600_000)
        assert files(store.blobs) == {spool.path.name}
    assert files(store.blobs) == set()


async def test_a_cancelled_download_leaves_nothing(store: Store) -> None:
    writing = asyncio.Event()

    async def download() -> None:
        async with store.blobs.spool() as spool:
            while True:
                await spool.write(b"x" * 300_000)
                writing.set()

    task = asyncio.create_task(download())
    await writing.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert files(store.blobs) == set()


async def test_leftovers_of_dead_programs_go_when_they_are_old(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path / "blobs")
    (blobs.folder / "spool").mkdir(parents=True)
    old, fresh = blobs.folder / "spool" / "old.part", blobs.folder / "spool" / "fresh.part"
    for path in (old, fresh):
        path.write_bytes(b"half")
    two_days_ago = time.time() - 2 * 24 * 3600
    os.utime(old, (two_days_ago, two_days_ago))
    blobs.prepare_folder()
    assert files(blobs) == {"fresh.part"}


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "A" * 64, "a" * 63, "a" * 64 + "\n"])
async def test_a_name_is_never_a_path(store: Store, name: str) -> None:
    with pytest.raises(StoreError, match="no name"):
        store.blobs.path(name)


async def test_missing_bytes_and_unreadable_files_are_clear_errors(store: Store, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="gone"):
        await store.blobs.read_blob("ab" * 32)
    with pytest.raises(InputError, match="cannot be read"):
        await store.blobs.add_file(tmp_path / "nothing.png")
    with pytest.raises(InputError, match="cannot be read"):
        await store.blobs.add_file(tmp_path)
    (tmp_path / "in.png").write_bytes(b"bytes" * 500_000)
    kept = await store.blobs.add_file(tmp_path / "in.png")
    assert await store.blobs.read_blob(kept) == b"bytes" * 500_000
    assert files(store.blobs) == {kept}


FULL_DISK = """
import asyncio, resource, sys
from pathlib import Path
from darkroom.domain.errors import StoreError
from darkroom.store.blobs import Blobs

async def main():
    blobs = Blobs(Path(sys.argv[1]))
    resource.setrlimit(resource.RLIMIT_FSIZE, (500_000, 500_000))
    try:
        await blobs.add(b"x" * 2_000_000)
    except StoreError as error:
        print(error.title)
    print(await blobs.add(b"small"))

asyncio.run(main())
"""


def test_a_disk_that_takes_no_more_keeps_nothing_by_halves(tmp_path: Path) -> None:
    """A file size limit makes the very same write fail that a full disk does."""
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(tmp_path / "blobs")],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    title, small = done.stdout.split("\n")[:2]
    assert "full" in title
    assert files(Blobs(tmp_path / "blobs")) == {small}


async def test_purge_deletes_old_trash_and_its_files_only(store: Store) -> None:
    session = await store.sessions.create("s")
    kept = await complete(store, session.id, data=b"kept")
    shared = await complete(store, session.id, data=b"kept")
    gone = await complete(store, session.id, "vanishing", data=b"gone")
    fresh = await complete(store, session.id, data=b"fresh trash")
    hashes = {row.id: row.first_output.hash for row in (kept, shared, gone, fresh) if row.first_output}
    age(store.blobs, *set(hashes.values()))
    await store.generations.trash([shared.id, gone.id])
    between = datetime.now(UTC)
    await store.generations.trash([fresh.id])

    assert await store.generations.purge(trashed_before=between) == (hashes[gone.id],)
    assert files(store.blobs) == {hashes[kept.id], hashes[fresh.id]}
    assert await store.generations.get(gone.id) is None
    assert await store.generations.get(shared.id) is None
    assert await store.generations.get(fresh.id) is not None
    assert await store.search.find("vanishing") == ()
    assert await store.generations.purge(trashed_before=between) == ()


async def test_purge_takes_trashed_sessions_and_everything_in_them(store: Store) -> None:
    session = await store.sessions.create("s")
    other = await store.sessions.create("other")
    rows = [await complete(store, session.id, data=b"%d" % i) for i in range(450)]
    hashes = {row.first_output.hash for row in rows if row.first_output}
    age(store.blobs, *hashes)
    await complete(store, other.id)
    await store.sessions.trash(session.id)
    removed = await store.generations.purge(trashed_before=FAR_FUTURE)
    assert set(removed) == hashes
    assert await store.sessions.get(session.id) is None
    assert [s.name for s in await store.sessions.list()] == ["other"]
    assert files(store.blobs) == set()


async def test_purge_spares_what_has_not_ended(store: Store) -> None:
    session = await store.sessions.create("s")
    running = await new(store, session.id)
    await complete(store, session.id)
    await store.generations.trash([running.id])
    await store.sessions.trash(session.id)
    await store.generations.purge(trashed_before=FAR_FUTURE)
    assert await store.generations.summary(running.id) is not None
    await store.generations.finish(running.id, OWNER, Status.LOST, finished_at=LATER)
    await store.generations.purge(trashed_before=FAR_FUTURE)
    assert await store.sessions.get(session.id) is None


async def test_whatever_is_referred_to_stays(store: Store) -> None:
    blobs = store.blobs
    session = await store.sessions.create("s")
    fed, remembered, drafted, default, orphan, young = [
        await blobs.add(name) for name in (b"fed", b"rem", b"draft", b"default", b"orphan", b"young")
    ]
    await new(store, session.id, blobs=(fed,))
    await store.sessions.remember(session.id, "w", {}, {"20.image": f"blob:{remembered}"})
    await store.sessions.save_draft(session.id, "w", {"20.image": f"blob:{drafted}"})
    await store.workflows.add(Workflow("", "w", defaults={"20.image": f"blob:{default}"}))
    age(blobs, fed, remembered, drafted, default, orphan)
    assert await store.generations.purge(trashed_before=FAR_FUTURE) == (orphan,)
    assert files(blobs) == {fed, remembered, drafted, default, young}


async def test_a_blob_kept_while_it_is_collected_does_not_vanish(store: Store, second: Store) -> None:
    """One process keeps old content again and records it while the other collects, over and over."""
    session = await store.sessions.create("s")
    contents = [b"content %d" % i for i in range(20)]
    hashes = [await store.blobs.add(data) for data in contents]

    async def keep_again() -> None:
        for data in contents:
            made = await new(store, session.id)
            blob = await store.blobs.add(data)
            await store.generations.add_output(made.id, OWNER, output(blob))

    async def collect(until: asyncio.Task[None]) -> None:
        while not until.done():
            await second.generations.purge(trashed_before=LATER)

    age(store.blobs, *hashes)
    keeping = asyncio.create_task(keep_again())
    await collect(keeping)
    await keeping
    await second.generations.purge(trashed_before=LATER)
    for blob, data in zip(hashes, contents, strict=True):
        assert await store.blobs.read_blob(blob) == data


async def test_a_slow_download_is_young_when_it_is_kept(store: Store) -> None:
    async with store.blobs.spool() as spool:
        await spool.write(b"hours ago")
        await spool.flush()
        os.utime(spool.path, (0, 0))
        blob, _ = await spool.keep()
    assert not store.blobs.collect(blob, older_than_s=YOUNG_S)
    assert store.blobs.has(blob)


async def test_a_row_written_after_the_first_look_keeps_its_file(store: Store, tmp_path: Path) -> None:
    """The collector looks again under the write lock: a draft came in between."""
    session = await store.sessions.create("s")
    blob = await store.blobs.add(b"drafted meanwhile")
    age(store.blobs, blob)
    with closing(sqlite3.connect(tmp_path / "data" / "darkroom.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute(
            "INSERT INTO session_values VALUES (?, 'draft', 'w', '\"20.image\"', ?)",
            (session.id, f'"blob:{blob}"'),
        )
        collecting = asyncio.create_task(trash._collect(store._database, store.blobs, [blob]))
        await asyncio.sleep(0)
        # Reads are answered in turn: the collector has had its first look when this one is answered.
        assert await store.sessions.draft(session.id, "w") == {}
        other.execute("COMMIT")
    assert await collecting == []
    assert await store.sessions.draft(session.id, "w") == {"20.image": f"blob:{blob}"}
    assert store.blobs.has(blob)


async def test_keeping_and_collecting_at_the_same_moment_leaves_the_file(tmp_path: Path) -> None:
    """However the two interleave, what was kept is there when both are done."""
    blobs = Blobs(tmp_path / "blobs")
    blob = await blobs.add(b"wanted")
    for _ in range(150):
        age(blobs, blob)
        await asyncio.gather(
            asyncio.to_thread(lambda: [blobs.collect(blob, older_than_s=YOUNG_S) for _ in range(20)]),
            blobs.add(b"wanted"),
        )
        assert blobs.has(blob)
    assert files(blobs) == {blob}


async def test_a_young_file_under_the_name_goes_back(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path / "blobs")
    blob = await blobs.add(b"wanted again")
    assert not blobs.collect(blob, older_than_s=YOUNG_S)
    age(blobs, blob)
    # What a collector that died left aside comes back at the next look through the folder.
    blobs.path(blob).rename(blobs.path(blob).with_name(f"aside-{blob}"))
    assert list(blobs.hashes()) == []
    assert list(blobs.hashes()) == [blob]
    assert blobs.collect(blob, older_than_s=YOUNG_S)
    assert not blobs.collect(blob, older_than_s=YOUNG_S)
    assert files(blobs) == set()
