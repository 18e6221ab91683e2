"""Batches in the database, and the queue of an older one."""

from __future__ import annotations

import uuid
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from darkroom.domain.errors import StoreError
from darkroom.domain.generation import Status
from darkroom.domain.queue import Batch, Hold, Priority
from darkroom.store import schema
from tests.store.desk import TIDE, Desk
from tests.store.recipes import NOW, OWNER

if TYPE_CHECKING:
    from pathlib import Path


async def test_nothing_of_a_batch_goes_before_all_of_it_is_written(desk: Desk) -> None:
    batch = await desk.begin_batch()
    await desk.write(batch, "ab", Priority.URGENT)
    await desk.add("c")
    await desk.store.queue.hold(desk.some("ab"), Hold.NONE)
    assert await desk.store.queue.clear(NOW, batch=batch.id) == 0
    assert await desk.store.batches.get(batch.id) is None
    assert await desk.take() == "c"
    await desk.store.batches.accept(batch.id)
    assert await desk.take() == "a"
    assert await desk.store.batches.get(batch.id) == batch
    assert await desk.store.batches.of(desk.ids["b"]) == batch
    assert await desk.store.batches.of_session(desk.session_id) == (batch,)
    jobs = await desk.store.batches.jobs(batch.id)
    assert [(job.position, job.generation_id) for job in jobs] == [*enumerate(desk.some("ab"))]
    assert await desk.store.queue.clear(NOW, batch=batch.id) == 1


async def test_a_batch_may_wait_as_a_whole(desk: Desk) -> None:
    batch = await desk.begin_batch()
    await desk.write(batch, "ab")
    await desk.store.batches.accept(batch.id, Hold.PAUSED)
    assert await desk.take() == ""
    await desk.store.queue.hold(desk.some("b"), Hold.NONE)
    assert await desk.take() == "b"


async def test_a_batch_that_a_crash_left_half_written_was_never_accepted(desk: Desk) -> None:
    batch = await desk.begin_batch()
    await desk.write(batch, "ab")
    await desk.add("c")
    assert await desk.store.batches.drop_unfinished(NOW) == 0
    assert await desk.store.batches.drop_unfinished(NOW + TIDE) == 1
    assert await desk.line() == "c"
    assert await desk.store.generations.get(desk.ids["a"]) is None
    session = await desk.store.sessions.get(desk.session_id)
    assert session is not None
    assert session.unfinished == 1


async def test_who_stood_still_while_writing_a_batch_is_told_that_it_is_gone(desk: Desk) -> None:
    """Nobody may be told that jobs were accepted which a successor has removed."""
    batch = await desk.begin_batch()
    await desk.write(batch, "a")
    await desk.store.batches.drop_unfinished(NOW + TIDE)
    with pytest.raises(StoreError, match="given up"):
        await desk.write(batch, "b")
    with pytest.raises(StoreError, match="given up"):
        await desk.store.batches.accept(batch.id)


async def test_to_begin_a_batch_is_a_sign_of_life(desk: Desk) -> None:
    later = NOW + TIDE
    batch = Batch(str(uuid.uuid4()), desk.session_id, "steps", {}, later, 1)
    await desk.store.batches.begin(batch, OWNER, later)
    assert await desk.store.batches.drop_unfinished(later) == 0


# Older databases


async def test_unfinished_rows_of_an_older_database_are_in_the_queue(tmp_path: Path) -> None:
    database = tmp_path / "darkroom.db"
    with closing(schema.prepare(database, schema.migrations()[:3])) as db:
        db.execute("INSERT INTO sessions (id, name, created_at, used_at) VALUES ('s', 's', 1, 1)")
        for status in Status:
            db.execute(
                "INSERT INTO generations (id, session_id, status, owner, created_at, profile, service,"
                " workflow, checkpoint, seed, sampler, scheduler, loras, prompt, negative)"
                " VALUES (?, 's', ?, 'gone', 1, 'box', 'comfyui', 't', 'x', '', '', '', '', '', '')",
                (str(status), str(status)),
            )
            db.execute("INSERT INTO recipes (number, snapshot) VALUES (last_insert_rowid(), '{}')")
    with closing(schema.prepare(database)) as db:
        found = db.execute(
            "SELECT id, target, queue.profile, queue.checkpoint, claimed, hold FROM queue"
            " JOIN generations ON number = generation ORDER BY place"
        ).fetchall()
    waiting = [status for status in Status if not status.final]
    assert [tuple(row) for row in found] == [(str(s), "box", "box", "x", 1, "") for s in waiting]
