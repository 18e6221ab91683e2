"""A queue to try things on, with jobs that are named by a letter each."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from darkroom.domain.queue import Batch, Lane, Order, Priority
from darkroom.store.batches import NewJob
from tests.store.recipes import NOW, OWNER, recipe

if TYPE_CHECKING:
    from darkroom.domain.generation import Summary
    from darkroom.store.store import Store

BOX = Lane("box", ("box", "farm"), 2)
TIDE = timedelta(days=1)
URGENT, IDLE = Order(Priority.URGENT), Order(Priority.IDLE)


class Desk:
    """A session to put jobs in, by a letter each."""

    def __init__(self, store: Store, session_id: str) -> None:
        self.store = store
        self.session_id = session_id
        self.ids: dict[str, str] = {}

    async def add(
        self, name: str, order: Order | None = None, *, target: str = "box", checkpoint: str = ""
    ) -> Summary:
        """A job that waits."""
        made = self.ids[name] = str(uuid.uuid4())
        asked = replace(recipe(name, values={"4.ckpt_name": checkpoint}), profile=target)
        summary, _ = await self.store.queue.add(
            made, self.session_id, asked, order=order or Order(), created_at=NOW
        )
        return summary

    async def take(self, lane: Lane = BOX, owner: str = OWNER, **more: object) -> str:
        """Claims the next; its name, "" for none."""
        taken = await self.store.queue.claim(owner, lane, NOW, **more)  # type: ignore[arg-type]
        return next((name for name, made in self.ids.items() if made == taken), "")

    async def line(self) -> str:
        """The names of all that is unfinished, in the order of the queue."""
        return "".join([job.summary.prompt for job in await self.store.queue.page(limit=100)])

    def some(self, names: str) -> list[str]:
        """Ids by name."""
        return [self.ids[name] for name in names]

    async def begin_batch(self, writer: str = OWNER) -> Batch:
        batch = Batch(str(uuid.uuid4()), self.session_id, "steps", {"steps": [1, 2]}, NOW, 2)
        await self.store.batches.begin(batch, writer, NOW)
        return batch

    async def write(self, batch: Batch, names: str, priority: Priority = Priority.NORMAL) -> None:
        """Jobs of a batch."""
        jobs = []
        for position, name in enumerate(names):
            made = self.ids[name] = str(uuid.uuid4())
            jobs.append(NewJob(made, recipe(name), position, {"steps": position}))
        await self.store.batches.add(batch, jobs, priority)


async def fill(desk: Desk, names: str) -> None:
    for name in names:
        await desk.add(name)


def of_depth(depth: int) -> Lane:
    """The lane of the server with so many places."""
    return BOX._replace(depth=depth)
