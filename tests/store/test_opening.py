"""Opening: a fresh store, an old one, and files that are refused and stay as they were."""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from darkroom.domain.errors import DamagedDatabase, DarkroomError, NewerSchema, StoreError
from darkroom.domain.generation import Status
from darkroom.store import connection as connections
from darkroom.store import schema
from darkroom.store.store import Store

from .recipes import LATER, NOW, OWNER, complete, new

FIRST = schema.Migration(1, "first", "CREATE TABLE kept (value TEXT) STRICT;\n")
SECOND = schema.Migration(
    2,
    "second",
    """
-- A comment; with a semicolon.
CREATE TABLE log (value TEXT) STRICT;
CREATE TRIGGER note AFTER INSERT ON kept BEGIN
    INSERT INTO log VALUES (new.value || ';');
END;
INSERT INTO kept VALUES ('from the migration');
""",
)
BROKEN = schema.Migration(2, "broken", "CREATE TABLE half (value TEXT);\nINSERT INTO nowhere VALUES (1);\n")


def bytes_below(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def old_database(path: Path) -> None:
    """A database with schema 1 of a small program, and one row."""
    with closing(schema.prepare(path, [FIRST])) as db:
        db.execute("INSERT INTO kept VALUES ('old')")


async def test_a_fresh_store_is_private_and_opens_again(tmp_path: Path) -> None:
    database, blobs = tmp_path / "deep" / "data" / "darkroom.db", tmp_path / "deep" / "data" / "blobs"
    store = await Store.open(database, blobs)
    session = await store.sessions.create("s")
    await complete(store, session.id, data=b"picture")
    for path in database.parent.rglob("*"):
        expected = 0o700 if path.is_dir() else 0o600
        assert stat.S_IMODE(path.stat().st_mode) == expected, path
    assert stat.S_IMODE(database.parent.stat().st_mode) == 0o700
    await store.aclose()
    assert {p.name for p in database.parent.iterdir()} == {"darkroom.db", "blobs"}

    again = await Store.open(database, blobs)
    assert await again.sessions.get(session.id) is not None
    await again.aclose()
    with closing(sqlite3.connect(database)) as db:
        assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert db.execute("PRAGMA user_version").fetchone() == (len(schema.migrations()),)


async def test_a_readable_database_is_made_private(tmp_path: Path) -> None:
    database = tmp_path / "darkroom.db"
    await (await Store.open(database, tmp_path / "blobs")).aclose()
    database.chmod(0o644)
    await (await Store.open(database, tmp_path / "blobs")).aclose()
    assert stat.S_IMODE(database.stat().st_mode) == 0o600


async def test_a_newer_database_is_refused_and_not_touched(tmp_path: Path) -> None:
    database = tmp_path / "darkroom.db"
    await (await Store.open(database, tmp_path / "blobs")).aclose()
    with closing(sqlite3.connect(database)) as db:
        db.execute(f"PRAGMA user_version = {len(schema.migrations()) + 1}")
    before = bytes_below(tmp_path)
    with pytest.raises(NewerSchema) as caught:
        await Store.open(database, tmp_path / "blobs")
    assert "newer" in caught.value.title
    assert caught.value.hint
    assert bytes_below(tmp_path) == before


async def test_a_newer_schema_that_is_still_in_the_log_is_refused(tmp_path: Path) -> None:
    database = tmp_path / "darkroom.db"
    await (await Store.open(database, tmp_path / "blobs")).aclose()
    with closing(sqlite3.connect(database, isolation_level=None)) as db:
        db.execute(f"PRAGMA user_version = {len(schema.migrations()) + 1}")
        with pytest.raises(NewerSchema):
            await Store.open(database, tmp_path / "blobs")


@pytest.mark.parametrize(
    "content",
    [b"not a database", b"x" * 50_000, b"<!DOCTYPE html>" * 100, b"SQLite format 3\0" + b"\xff" * 5000],
    ids=["short", "long", "html", "forged"],
)
async def test_what_is_no_database_is_damaged_and_not_touched(tmp_path: Path, content: bytes) -> None:
    database = tmp_path / "darkroom.db"
    database.write_bytes(content)
    with pytest.raises(DamagedDatabase) as caught:
        await Store.open(database, tmp_path / "blobs")
    assert caught.value.hint
    assert bytes_below(tmp_path) == {"darkroom.db": content}


async def test_a_truncated_database_is_damaged_and_not_touched(tmp_path: Path) -> None:
    database = tmp_path / "darkroom.db"
    await (await Store.open(database, tmp_path / "blobs")).aclose()
    cut = database.read_bytes()[:8192]
    database.write_bytes(cut)
    with pytest.raises(DamagedDatabase):
        await Store.open(database, tmp_path / "blobs")
    assert database.read_bytes() == cut


async def test_a_checkpoint_cut_short_is_no_damage(tmp_path: Path) -> None:
    """A power cut while the log is folded in: page 1 is new, the pages it tells of are in the log only."""
    database = tmp_path / "darkroom.db"
    store = await Store.open(database, tmp_path / "blobs")
    session = await store.sessions.create("s")
    made = [await complete(store, session.id, f"harbour {i} " * 300) for i in range(60)]
    crashed = tmp_path / "crashed"
    shutil.copytree(tmp_path, crashed)
    await store.aclose()
    folded, half = database.read_bytes(), (crashed / "darkroom.db").read_bytes()
    assert len(folded) > len(half)
    (crashed / "darkroom.db").write_bytes(folded[:4096] + half[4096:])

    store = await Store.open(crashed / "darkroom.db", crashed / "blobs")
    try:
        assert await store.generations.page(session.id, offset=0, limit=100) == tuple(reversed(made))
    finally:
        await store.aclose()


async def test_damage_found_later_is_told_as_damage(tmp_path: Path) -> None:
    database = tmp_path / "darkroom.db"
    store = await Store.open(database, tmp_path / "blobs")
    session = await store.sessions.create("s")
    made = [await complete(store, session.id, f"p{i}" * 500) for i in range(20)]
    await store.aclose()
    healthy = database.read_bytes()
    with closing(sqlite3.connect(database)) as db:
        root = db.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'generations'").fetchone()[0]
    start = (root - 1) * 4096
    database.write_bytes(healthy[:start] + b"\xff" * 4096 + healthy[start + 4096 :])
    store = await Store.open(database, tmp_path / "blobs")
    try:
        with pytest.raises(DamagedDatabase):
            await store.generations.get(made[0].id)
    finally:
        await store.aclose()


async def test_another_programs_database_is_refused_and_not_touched(tmp_path: Path) -> None:
    database = tmp_path / "darkroom.db"
    with closing(sqlite3.connect(database)) as db:
        db.execute("CREATE TABLE bookmarks (url TEXT)")
    before = bytes_below(tmp_path)
    with pytest.raises(StoreError, match="another program"):
        await Store.open(database, tmp_path / "blobs")
    assert bytes_below(tmp_path) == before


async def test_an_empty_file_becomes_a_store(tmp_path: Path) -> None:
    database = tmp_path / "darkroom.db"
    database.touch()
    store = await Store.open(database, tmp_path / "blobs")
    assert await store.sessions.list() == ()
    await store.aclose()


@pytest.mark.parametrize("what", ["database", "blobs"])
async def test_a_folder_that_cannot_be_made_is_a_clear_error(tmp_path: Path, what: str) -> None:
    (tmp_path / "file").write_text("in the way")
    places = {"database": tmp_path / "darkroom.db", "blobs": tmp_path / "blobs"}
    places[what] = tmp_path / "file" / "below" / what
    with pytest.raises(StoreError) as caught:
        await Store.open(**places)
    assert caught.value.title
    assert caught.value.hint


async def test_a_folder_in_place_of_the_file_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "darkroom.db").mkdir()
    with pytest.raises(StoreError):
        await Store.open(tmp_path / "darkroom.db", tmp_path / "blobs")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
async def test_a_folder_without_permission_is_a_clear_error(tmp_path: Path) -> None:
    folder = tmp_path / "locked"
    folder.mkdir(mode=0o500)
    with pytest.raises(StoreError) as caught:
        await Store.open(folder / "darkroom.db", folder / "blobs")
    assert "permission" in caught.value.title.lower()


async def test_full_pages_are_told_as_a_full_disk(store: Store) -> None:
    session = await store.sessions.create("s")

    def fill(db: sqlite3.Connection) -> None:
        db.execute(f"PRAGMA max_page_count = {db.execute('PRAGMA page_count').fetchone()[0]}")

    await store._database.write(fill)
    with pytest.raises(StoreError, match="full") as caught:
        await complete(store, session.id, "long " * 100_000)
    assert caught.value.hint
    assert await store.generations.count(session.id) == 0
    await store._database.write(lambda db: db.execute("PRAGMA max_page_count = 1000000").fetchone()[0])
    await complete(store, session.id, "long " * 100_000)


def test_migrations_are_numbered_without_gaps() -> None:
    known = schema.migrations()
    assert [m.number for m in known] == list(range(1, len(known) + 1))
    assert all("".join(m.statements()).strip() == m.sql.strip() for m in known), "a statement is cut short"


def test_an_old_database_is_backed_up_and_migrated(tmp_path: Path) -> None:
    database = tmp_path / "darkroom.db"
    old_database(database)
    with closing(schema.prepare(database, [FIRST, SECOND])) as db:
        assert [row[0] for row in db.execute("SELECT value FROM kept")] == ["old", "from the migration"]
        assert [row[0] for row in db.execute("SELECT value FROM log")] == ["from the migration;"]
        assert db.execute("PRAGMA user_version").fetchone()[0] == 2
        assert [tuple(row) for row in db.execute("SELECT number, name, checksum FROM migrations")] == [
            (1, "first", FIRST.checksum),
            (2, "second", SECOND.checksum),
        ]
    backup = schema.backup_of(database, 1)
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    with closing(schema.prepare(backup, [FIRST])) as db:
        assert [row[0] for row in db.execute("SELECT value FROM kept")] == ["old"]
    assert {p.name for p in tmp_path.iterdir()} == {database.name, backup.name}


async def test_one_of_many_processes_migrates_and_the_backup_is_of_the_old_state(tmp_path: Path) -> None:
    database = tmp_path / "darkroom.db"
    old_database(database)

    def migrate() -> int:
        with closing(schema.prepare(database, [FIRST, SECOND])) as db:
            version: int = db.execute("PRAGMA user_version").fetchone()[0]
            return version

    assert await asyncio.gather(*(asyncio.to_thread(migrate) for _ in range(6))) == [2] * 6
    with closing(schema.prepare(database, [FIRST, SECOND])) as db:
        assert [row[0] for row in db.execute("SELECT value FROM kept")] == ["old", "from the migration"]
    backup = schema.backup_of(database, 1)
    with closing(schema.prepare(backup, [FIRST])) as db:
        assert [row[0] for row in db.execute("SELECT value FROM kept")] == ["old"]
    assert set(bytes_below(tmp_path)) == {database.name, backup.name}


def test_a_backup_that_lacks_the_latest_write_is_not_migrated_upon(tmp_path: Path) -> None:
    database = tmp_path / "darkroom.db"
    old_database(database)
    known = [FIRST, SECOND]
    with closing(connections.connect(database)) as db, closing(connections.connect(database)) as other:
        seen = connections.data_version(db)
        early = schema._back_up(db, database, 1)
        other.execute("INSERT INTO kept VALUES ('late')")
        schema._apply_missing(db, database, known, 1, seen, early)
        assert db.execute("PRAGMA user_version").fetchone()[0] == 1
        early.unlink()
    schema.prepare(database, known).close()
    with closing(schema.prepare(schema.backup_of(database, 1), [FIRST])) as db:
        assert [row[0] for row in db.execute("SELECT value FROM kept")] == ["old", "late"]


def test_a_failing_migration_changes_nothing(tmp_path: Path) -> None:
    database = tmp_path / "darkroom.db"
    old_database(database)
    with pytest.raises(sqlite3.OperationalError, match="nowhere"):
        schema.prepare(database, [FIRST, BROKEN])
    with closing(schema.prepare(database, [FIRST])) as db:
        assert db.execute("PRAGMA user_version").fetchone()[0] == 1
        assert not db.execute("SELECT count(*) FROM sqlite_schema WHERE name = 'half'").fetchone()[0]


def test_a_changed_history_is_refused_and_not_touched(tmp_path: Path) -> None:
    database = tmp_path / "darkroom.db"
    old_database(database)
    before = bytes_below(tmp_path)
    reworded = schema.Migration(1, "first", FIRST.sql + "-- reworded\n")
    with pytest.raises(StoreError, match="another history"):
        schema.prepare(database, [reworded, SECOND])
    assert bytes_below(tmp_path) == before


async def test_the_first_released_schema_opens_today(tmp_path: Path) -> None:
    """An empty database as the very first version made it, kept as a file."""
    database = tmp_path / "darkroom.db"
    database.write_bytes((Path(__file__).parent / "data" / "schema-0001.db").read_bytes())
    store = await Store.open(database, tmp_path / "blobs")
    try:
        session = await store.sessions.create("s")
        made = await complete(store, session.id, "an old harbour", data=b"x")
        assert await store.search.find("harbour") == (made,)
        assert [w.name for w in await store.workflows.list()] == ["txt2img", "upscale"]
        assert made.created_at == NOW
    finally:
        await store.aclose()


async def test_a_workflow_of_ones_own_keeps_the_name_upscale(tmp_path: Path) -> None:
    database = tmp_path / "darkroom.db"
    with closing(schema.prepare(database, schema.migrations()[:1])) as db:
        db.execute(
            "INSERT INTO workflows (id, name, mode, document) VALUES ('own', 'Upscale', 'workflow', x'')"
        )
    store = await Store.open(database, tmp_path / "blobs")
    try:
        names = {workflow.id: workflow.name for workflow in await store.workflows.list()}
    finally:
        await store.aclose()
    assert names["own"] == "Upscale"
    assert names["upscale"].startswith("upscale (built in")


BEFORE_THE_QUEUE = """
    DROP TRIGGER queue_enter; DROP TRIGGER queue_leave;
    DROP TABLE progress; DROP TABLE batch_jobs; DROP TABLE batches; DROP TABLE lanes; DROP TABLE queue;
    ALTER TABLE generations DROP COLUMN retry_of;
"""


def schema_is(number: int) -> str:
    return f"DELETE FROM migrations WHERE number > {number}; PRAGMA user_version = {number};"  # noqa: S608


async def test_what_was_unfinished_before_there_was_a_queue_is_in_it(tmp_path: Path) -> None:
    database = tmp_path / "darkroom.db"
    store = await Store.open(database, tmp_path / "blobs")
    session = await store.sessions.create("s")
    ended, running, unsent = [await new(store, session.id) for _ in range(3)]
    await store.generations.finish(ended.id, OWNER, Status.COMPLETE, finished_at=LATER)
    await store.generations.advance(running.id, OWNER, Status.RUNNING)
    await store.aclose()
    with closing(sqlite3.connect(database)) as db:
        db.executescript(BEFORE_THE_QUEUE + schema_is(3))
    store = await Store.open(database, tmp_path / "blobs")
    try:
        jobs = await store.queue.page(limit=10)
    finally:
        await store.aclose()
    assert [(job.summary.id, job.claimed, job.owner) for job in jobs] == [
        (running.id, True, OWNER),
        (unsent.id, True, OWNER),
    ]


async def test_remarks_of_before_are_counted(tmp_path: Path) -> None:
    database = tmp_path / "darkroom.db"
    store = await Store.open(database, tmp_path / "blobs")
    session = await store.sessions.create("s")
    told, silent = [await new(store, session.id) for _ in range(2)]
    await store.generations.finish(told.id, OWNER, Status.COMPLETE, notes=("one", "two"), finished_at=LATER)
    await store.aclose()
    with closing(sqlite3.connect(database)) as db:
        db.executescript(f"{BEFORE_THE_QUEUE} ALTER TABLE generations DROP COLUMN remarks; {schema_is(2)}")
    store = await Store.open(database, tmp_path / "blobs")
    try:
        rows = [await store.generations.summary(row.id) for row in (told, silent)]
    finally:
        await store.aclose()
    assert [row.remarks for row in rows if row is not None] == [2, 0]


async def test_all_refusals_are_the_projects_errors(tmp_path: Path) -> None:
    (tmp_path / "darkroom.db").write_bytes(b"junk")
    with pytest.raises(DarkroomError) as caught:
        await Store.open(tmp_path / "darkroom.db", tmp_path / "blobs")
    assert isinstance(caught.value.__cause__, sqlite3.Error)
