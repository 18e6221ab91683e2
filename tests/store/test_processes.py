"""Several real processes on one store, and processes that are killed."""

from __future__ import annotations

import asyncio
import random
import signal
import sqlite3
import sys
import uuid
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from darkroom.domain.queue import Order
from darkroom.store.store import Store

from .recipes import NOW, OTHER, OWNER, new, recipe

if TYPE_CHECKING:
    from asyncio.subprocess import Process

WRITER = Path(__file__).with_name("writer_process.py")
QUEUE = Path(__file__).with_name("queue_process.py")
ROUNDS = 20
SEED = 20260504
TIMEOUT_S = 60.0


async def start(folder: Path, *arguments: str, program: Path = WRITER) -> Process:
    """A process of `program` on the store in `folder`."""
    return await asyncio.create_subprocess_exec(
        sys.executable,
        program,
        folder,
        *arguments,
        cwd=Path(__file__).parents[2],
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def open_store(folder: Path) -> Store:
    return await Store.open(folder / "darkroom.db", folder / "blobs")


def check_integrity(folder: Path) -> None:
    """SQLite's own checks, and the full-text index against its table."""
    with closing(sqlite3.connect(folder / "darkroom.db")) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
        db.execute("INSERT INTO generations_text (generations_text, rank) VALUES ('integrity-check', 1)")
        counted = db.execute(
            "SELECT s.total, s.complete, s.unfinished, count(g.number), total(g.status = 'complete'),"
            " total(g.status IN ('new', 'sending', 'queued', 'running'))"
            " FROM sessions AS s LEFT JOIN generations AS g ON g.session_id = s.id GROUP BY s.id"
        ).fetchall()
        assert all(row[:3] == row[3:] for row in counted)
        outputs = db.execute("SELECT hash FROM outputs").fetchall()
    for (blob_hash,) in outputs:
        assert (folder / "blobs" / blob_hash[:2] / blob_hash).is_file()


async def test_what_was_reported_survives_a_kill_at_any_moment(tmp_path: Path) -> None:
    """Twenty times a writer is killed in the midst of its work; all it said was kept is there."""
    draw = random.Random(SEED)
    reported: set[str] = set()
    for _ in range(ROUNDS):
        process = await start(tmp_path, "forever")
        assert process.stdout is not None
        for _ in range(draw.randint(1, 25)):
            line = await asyncio.wait_for(process.stdout.readline(), TIMEOUT_S)
            assert line, await process.stderr.read() if process.stderr else b""
            reported.add(line.decode().strip())
        # A moment that is no multiple of a step: so many turns of a busy loop.
        for _ in range(draw.randint(0, 200_000)):
            pass
        process.send_signal(signal.SIGKILL)
        rest = (await asyncio.wait_for(process.communicate(), TIMEOUT_S))[0]
        reported |= {line.strip() for line in rest.decode().split("\n")[:-1]}
        check_integrity(tmp_path)

    store = await open_store(tmp_path)
    try:
        assert len(reported) > ROUNDS
        for said in reported:
            step, generation_id = said.split()
            kept = await store.generations.get(generation_id)
            assert kept is not None, said
            assert kept.snapshot.graph is not None
            if step in ("prepared", "output", "finished"):
                assert kept.request is not None, said
            if step in ("output", "finished"):
                assert len(await store.blobs.read_blob(kept.outputs[0].hash)) == kept.outputs[0].size_bytes
            if step == "finished":
                assert kept.summary.status.final, said
    finally:
        await store.aclose()


async def test_processes_write_at_once_and_none_is_told_to_wait(tmp_path: Path) -> None:
    """Four processes create the very same fresh store and write as fast as they can."""
    processes = [await start(tmp_path, "count", "40") for _ in range(4)]
    ended = await asyncio.wait_for(asyncio.gather(*(p.communicate() for p in processes)), TIMEOUT_S)
    assert [(p.returncode, err.decode()) for p, (_, err) in zip(processes, ended, strict=True)] == [
        (0, "")
    ] * 4
    check_integrity(tmp_path)
    store = await open_store(tmp_path)
    try:
        assert [(s.complete, s.unfinished) for s in await store.sessions.list()] == [(40, 0)] * 4
        assert len(await store.search.find("harbour", limit=1000)) == 160
    finally:
        await store.aclose()


@pytest.mark.parametrize("workers", [2, 4])
async def test_processes_share_a_queue_and_none_gets_a_job_twice(tmp_path: Path, workers: int) -> None:
    """They claim as fast as they can while another one writes a big batch; nobody meets a locked database."""
    store = await open_store(tmp_path)
    session = await store.sessions.create("s")
    moment, waiting = NOW, [str(uuid.uuid4()) for _ in range(60)]
    for made in waiting:
        await store.queue.add(made, session.id, recipe(), order=Order(), created_at=moment, durable=False)
    await store.aclose()
    processes = [await start(tmp_path, "batch", "300", program=QUEUE)]
    processes += [await start(tmp_path, "work", program=QUEUE) for _ in range(workers)]
    ended = await asyncio.wait_for(asyncio.gather(*(p.communicate() for p in processes)), TIMEOUT_S)
    told = [(p.returncode, err.decode()) for p, (_, err) in zip(processes, ended, strict=True)]
    assert told == [(0, "")] * len(processes)
    shares = [out.decode().split() for out, _ in ended[1:]]
    taken = [made for share in shares for made in share]
    assert len(taken) == len(set(taken)) == 360
    assert {*waiting} < {*taken}
    check_integrity(tmp_path)
    with closing(sqlite3.connect(tmp_path / "darkroom.db")) as db:
        assert db.execute("SELECT count(*) FROM queue").fetchone() == (0,)


async def test_reads_go_on_while_another_process_holds_the_write_lock(tmp_path: Path) -> None:
    store = await open_store(tmp_path)
    session = await store.sessions.create("s")
    process = await start(tmp_path, "hold")
    assert process.stdout is not None
    try:
        assert await asyncio.wait_for(process.stdout.readline(), TIMEOUT_S) == b"held\n"
        writing = asyncio.create_task(new(store, session.id))
        async with asyncio.timeout(5):
            for _ in range(50):
                assert len(await store.sessions.list()) == 1
                assert await store.generations.page(session.id, offset=0, limit=10) == ()
        assert not writing.done()
        await process.communicate(b"let go\n")
        made = await asyncio.wait_for(writing, TIMEOUT_S)
        assert await store.generations.page(session.id, offset=0, limit=10) == (made,)
    finally:
        await store.aclose()


async def test_the_version_tells_of_other_processes_only(tmp_path: Path) -> None:
    store = await open_store(tmp_path)
    try:
        session = await store.sessions.create("s")
        before = await store.data_version()
        await new(store, session.id)
        assert await store.data_version() == before
        process = await start(tmp_path, "count", "1")
        await asyncio.wait_for(process.communicate(), TIMEOUT_S)
        assert await store.data_version() != before
        assert len(await store.sessions.list()) == 2
    finally:
        await store.aclose()


async def test_the_row_of_a_killed_process_is_taken_over(tmp_path: Path) -> None:
    process = await start(tmp_path, "stall")
    assert process.stdout is not None
    generation_id = (await asyncio.wait_for(process.stdout.readline(), TIMEOUT_S)).decode().split()[1]
    store = await open_store(tmp_path)
    try:
        # The writer's heartbeat is of NOW.
        assert not await store.generations.claim(generation_id, OTHER, NOW, NOW)
        process.send_signal(signal.SIGKILL)
        await process.communicate()
        later = NOW.replace(year=NOW.year + 1)
        (orphan,) = await store.generations.unfinished(stale_before=later)
        assert (orphan.id, orphan.owner) == (generation_id, OWNER)
        assert await store.generations.claim(generation_id, OTHER, later, later)
        assert [row.id for row in await store.generations.mine(OTHER)] == [generation_id]
        assert await store.generations.mine(OWNER) == ()
    finally:
        await store.aclose()
