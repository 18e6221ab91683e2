"""What became of a job, asked of the server: its items, and the pictures that outlive them."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from darkroom.connectors.invokeai.items import Item, read_item
from darkroom.connectors.invokeai.tally import FORGOTTEN, output_ref
from darkroom.connectors.invokeai.truth import differences
from darkroom.connectors.together import together
from darkroom.domain.errors import ConnectorError
from darkroom.domain.events import Ended, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable

    from darkroom.connectors.invokeai.client import Client
    from darkroom.connectors.invokeai.handle import JobHandle

AT_ONCE = 8
"""Questions about items or pictures of one job at a time."""


async def with_items(client: Client, job: JobHandle) -> JobHandle:
    """The job with the numbers of its items, where the answer that named them was lost."""
    if job.items:
        return job
    items = await client.items_of(job.destination)
    return replace(job, items=tuple(int(item["item_id"]) for item in items))


async def ask_items(client: Client, job: JobHandle) -> tuple[Item, ...]:
    """The state of all items of a job that the server still has."""
    limit = asyncio.Semaphore(AT_ONCE)

    async def ask(number: int) -> Item | None:
        async with limit:
            found = await client.item(number)
        return read_item(found, job.output) if found is not None else None

    return tuple(item for item in await together(*map(ask, job.items)) if item is not None)


async def forgotten(client: Client, job: JobHandle) -> Ended | None:
    """The end of a job that the queue does not know, by the pictures that carry its name.

    A queue that is pruned or cleared forgets its items; pictures stay.

    Returns:
        Complete with all pictures, lost with some; `None` when there is none.
    """
    names = await client.find_pictures(job.batch)
    if not names:
        return None
    outputs = tuple(map(output_ref, names[: job.expected]))
    if len(outputs) < job.expected:
        return Ended(Outcome.LOST, FORGOTTEN, outputs)
    # Which seed made which cannot be told here any more; everything else is compared.
    notes = await compare(client, replace(job, seeds=()), enumerate(names[: job.expected]))
    return Ended(Outcome.COMPLETE, None, outputs, notes=notes)


async def compare(client: Client, job: JobHandle, pictures: Iterable[tuple[int, str]]) -> tuple[str, ...]:
    """Remarks on pictures that were made otherwise than asked: each line once.

    Args:
        client: Of the server.
        job: What was asked for.
        pictures: Item and picture.
    """
    limit = asyncio.Semaphore(AT_ONCE)

    async def one(item: int, name: str) -> list[str]:
        async with limit:
            return await _compare_one(client, job, item, name)

    found = await together(*(one(item, name) for item, name in pictures))
    return tuple(dict.fromkeys(line for lines in found for line in lines))


async def _compare_one(client: Client, job: JobHandle, item: int, name: str) -> list[str]:
    try:
        told = await client.metadata(name)
        board = (await client.picture(name)).board_id if job.board else None
    except ConnectorError as error:
        return [f"it could not be checked how a picture was made: {error.title}"]
    numbered = job.seeds and item in job.items
    seed = job.seeds[job.items.index(item)] if numbered else None
    lines = list(differences(job.asked, seed, told))
    if job.board and board != job.board:
        lines.append("the server put a picture on no board: the board is gone")
    return lines
