"""Which batch a generation belongs to, and where it stands in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from darkroom.domain.errors import InputError
from darkroom.domain.text import excerpt

if TYPE_CHECKING:
    from darkroom.domain.generation import Summary
    from darkroom.domain.queue import Batch
    from darkroom.services.core import Core

RETRIES = 50
"""Attempts that are gone back through to the first one."""


async def first_attempt(core: Core, generation_id: str) -> str:
    """The generation that this one repeats, directly or not; itself when it repeats none, or that is gone.

    Raises:
        StoreError: It cannot be read.
    """
    for _ in range(RETRIES):
        summary = await core.store.generations.summary(generation_id)
        if summary is None or summary.retry_of is None:
            break
        try:
            generation_id = await core.store.generations.find(str(summary.retry_of))
        except InputError:
            break
    return generation_id


async def batch_of(core: Core, generation_id: str) -> Batch | None:
    """The batch of a generation, or of the one that it repeats.

    Raises:
        StoreError: It cannot be read.
    """
    return await core.store.batches.of(await first_attempt(core, generation_id))


async def place_in_batch(core: Core, summary: Summary) -> Content:
    """“Batch steps × cfg, 12 jobs / steps 25 · cfg 7”; empty for a generation of none.

    Raises:
        StoreError: It cannot be read.
    """
    first = await first_attempt(core, summary.id)
    batch = await core.store.batches.of(first)
    if batch is None:
        return Content("")
    jobs = await core.store.batches.jobs(batch.id)
    job = next((job for job in jobs if job.generation_id == first), None)
    places = [
        Content.assemble((f"{excerpt(name, 40)} ", "$quiet"), excerpt(str(label), 80))
        for name, label in (job.coordinates.items() if job is not None else ())
    ]
    return Content.assemble(
        ("Batch ", "$primary"),
        excerpt(batch.title, 120),
        ("   b shows it", "$faint"),
        "\n" if places else "",
        Content(" · ").join(places),
        "\n",
    )
