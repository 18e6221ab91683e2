"""What goes wrong with files and disks, as a person is told."""

from __future__ import annotations

import asyncio
import errno
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from darkroom.domain.errors import DamagedDatabase, StoreError
from darkroom.store import faults

from .recipes import complete, new

if TYPE_CHECKING:
    from darkroom.store.store import Store


def has_namespaces() -> bool:
    """Whether a small disk can be mounted here without touching the machine's."""
    unshare = shutil.which("unshare")
    return (
        unshare is not None
        and not subprocess.run(
            [unshare, "-rm", "mount", "-t", "tmpfs", "tmpfs", "/mnt"], capture_output=True, check=False
        ).returncode
    )


def test_a_full_disk_loses_nothing(tmp_path: Path) -> None:
    if not has_namespaces():
        pytest.skip("no mount namespaces here")
    script = Path(__file__).with_name("full_disk_process.py")
    done = subprocess.run(
        ["unshare", "-rm", sys.executable, str(script), str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    database, blob, left, after = done.stdout.splitlines()
    assert "full" in database
    assert "full" in blob
    assert left == "left: []"
    assert after == "after: room again True"


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "disk is full"),
        (errno.EDQUOT, "disk is full"),
        (errno.EACCES, "No permission"),
        (errno.EROFS, "No permission"),
        (errno.EIO, "Could not"),
    ],
)
def test_errors_of_the_file_system_say_what_to_do(number: int, words: str) -> None:
    error = faults.from_os(OSError(number, "said by the system", "/data/\x1b[31m"), "keep a picture")
    assert words in error.title
    assert error.detail == "/data/\ufffd[31m: said by the system"
    assert error.hint


def test_a_file_that_may_only_be_read_is_named(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE t (v)")
    with (
        closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as db,
        pytest.raises(sqlite3.OperationalError) as caught,
    ):
        db.execute("INSERT INTO t VALUES (1)")
    error = faults.from_sqlite(caught.value, path)
    assert "cannot be opened for writing" in error.title
    assert str(path) in error.detail


async def test_a_lock_that_is_held_for_long_is_told(store: Store, tmp_path: Path) -> None:
    session = await store.sessions.create("s")
    await store._database.write(lambda db: db.execute("PRAGMA busy_timeout = 20").fetchall())
    with closing(sqlite3.connect(tmp_path / "data" / "darkroom.db", isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="busy") as caught:
            await new(store, session.id)
        assert caught.value.hint
        assert await store.generations.count(session.id) == 0
        holder.execute("ROLLBACK")
    await new(store, session.id)


@pytest.mark.parametrize(
    "damage",
    ["UPDATE recipes SET request = x'00ff'", "UPDATE recipes SET snapshot = '{'"],
    ids=["compressed", "json"],
)
async def test_a_damaged_entry_is_told_as_damage(store: Store, damage: str) -> None:
    session = await store.sessions.create("s")
    made = await complete(store, session.id)
    await store._database.write(lambda db: db.execute(damage).rowcount)
    with pytest.raises(DamagedDatabase):
        await store.generations.get(made.id)
    assert len(await store.generations.page(session.id, offset=0, limit=1)) == 1, "lists go on"


async def test_a_read_nobody_waits_for_is_left_out(store: Store) -> None:
    """Typing cancels one search after the other; none of those that had not begun is run."""
    ran: list[int] = []
    started, go_on = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def first(_: sqlite3.Connection) -> None:
        loop.call_soon_threadsafe(started.set)
        asyncio.run_coroutine_threadsafe(go_on.wait(), loop).result(30)

    waiting = asyncio.create_task(store._database.read(first))
    await started.wait()
    later = [asyncio.create_task(store._database.read(lambda _, i=i: ran.append(i))) for i in range(5)]  # type: ignore[misc]
    await asyncio.sleep(0)
    for task in later[:4]:
        task.cancel()
    await asyncio.gather(*later[:4], return_exceptions=True)
    go_on.set()
    await asyncio.gather(waiting, later[4])
    assert ran == [4]
