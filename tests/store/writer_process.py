"""A process that writes to a store: `writer_process.py FOLDER forever | count N | stall | hold`.

It prints a line after each step, once the store has said that the step is kept.
"""

from __future__ import annotations

import asyncio
import itertools
import sqlite3
import sys
import uuid
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from darkroom.domain.generation import Status
from darkroom.store.store import Store
from tests.store.recipes import LATER, NOW, OWNER, output, recipe


def say(step: str, generation_id: str) -> None:
    """Tells the parent, at once."""
    sys.stdout.write(f"{step} {generation_id}\n")
    sys.stdout.flush()


async def one(store: Store, session_id: str, index: int) -> None:
    """A generation from its beginning to its end."""
    generations, generation_id = store.generations, str(uuid.uuid4())
    await generations.create(
        generation_id, session_id, recipe(f"a harbour {index} " * 40), owner=OWNER, created_at=NOW
    )
    say("created", generation_id)
    await generations.prepared(
        generation_id, OWNER, request={"prompt": "x" * 5000}, handle={"v": 1}, expected=1, server_version="1"
    )
    say("prepared", generation_id)
    await generations.advance(generation_id, OWNER, Status.RUNNING, started_at=NOW)
    data = uuid.uuid4().bytes * 5000
    blob = await store.blobs.add(data)
    await generations.add_output(generation_id, OWNER, output(blob, len(data)))
    say("output", generation_id)
    await generations.finish(generation_id, OWNER, Status.COMPLETE, duration_s=1.0, finished_at=LATER)
    say("finished", generation_id)


async def stall(folder: Path) -> None:
    """Creates one generation and does no more until a line comes."""
    store = await Store.open(folder / "darkroom.db", folder / "blobs")
    await store.generations.register(OWNER, 1, "host", NOW)
    session, generation_id = await store.sessions.create("s"), str(uuid.uuid4())
    await store.generations.create(generation_id, session.id, recipe(), owner=OWNER, created_at=NOW)
    say("created", generation_id)
    sys.stdin.readline()
    await store.aclose()


async def write(folder: Path, count: int | None) -> None:
    """Writes `count` generations, or without end."""
    store = await Store.open(folder / "darkroom.db", folder / "blobs")
    await store.generations.register(OWNER, 1, "host", NOW)
    session = await store.sessions.create("s")
    for index in itertools.count() if count is None else range(count):
        await one(store, session.id, index)
    await store.aclose()


def hold(folder: Path) -> None:
    """Holds the write lock until a line comes."""
    db = sqlite3.connect(folder / "darkroom.db", isolation_level=None)
    db.execute("BEGIN IMMEDIATE")
    sys.stdout.write("held\n")
    sys.stdout.flush()
    sys.stdin.readline()
    db.execute("ROLLBACK")
    db.close()


if __name__ == "__main__":
    where, what, *rest = sys.argv[1:]
    if what == "hold":
        hold(Path(where))
    elif what == "stall":
        asyncio.run(stall(Path(where)))
    else:
        asyncio.run(write(Path(where), int(rest[0]) if what == "count" else None))
