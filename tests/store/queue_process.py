"""A process that works on a queue: `queue_process.py FOLDER work | batch N`.

`work` claims jobs and ends them until none is left, and prints each id as it gets it; `batch` writes one of N
jobs in pieces, as the program does.
"""

from __future__ import annotations

import asyncio
import os
import sys
import uuid
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from darkroom.domain.generation import Status
from darkroom.domain.queue import Batch, Lane, Priority
from darkroom.services.queue.queue import PIECE
from darkroom.store.batches import NewJob
from darkroom.store.store import Store
from tests.store.recipes import LATER, NOW, recipe

LANE = Lane("box", ("box", "farm"), 3)


async def work(store: Store, owner: str) -> None:
    """Takes jobs until the batch is whole and nothing is left."""
    (session,) = await store.sessions.list()
    while not await store.batches.of_session(session.id) or await store.queue.page(limit=1):
        taken = await store.queue.claim(owner, LANE, NOW)
        if taken is None:
            continue  # the others have all places, or the batch is not whole
        sys.stdout.write(f"{taken}\n")
        await store.generations.prepared(
            taken, owner, request={"p": "x" * 2000}, handle={"v": 1}, expected=1, server_version="1"
        )
        await store.generations.finish(taken, owner, Status.COMPLETE, finished_at=LATER)


async def write(store: Store, owner: str, size: int) -> None:
    """Writes a batch."""
    (session,) = await store.sessions.list()
    batch = Batch(str(uuid.uuid4()), session.id, "many", {"n": [*range(size)]}, NOW, size)
    await store.batches.begin(batch, owner, NOW)
    for start in range(0, size, PIECE):
        piece = [
            NewJob(str(uuid.uuid4()), recipe(f"a harbour {n} " * 20), n, {"n": n})
            for n in range(start, min(start + PIECE, size))
        ]
        await store.batches.add(batch, piece, Priority.NORMAL)
    await store.batches.accept(batch.id)


async def main(folder: Path, what: str, *rest: str) -> None:
    """One process."""
    store = await Store.open(folder / "darkroom.db", folder / "blobs")
    owner = uuid.uuid4().hex
    await store.generations.register(owner, os.getpid(), "host", NOW)
    await (work(store, owner) if what == "work" else write(store, owner, int(rest[0])))
    await store.queue.release(owner, NOW)
    await store.aclose()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), *sys.argv[2:]))
