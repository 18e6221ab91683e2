"""A batch as one labelled picture, from what is kept of its jobs."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from darkroom.domain.errors import InputError
from darkroom.domain.generation import Status
from darkroom.domain.text import excerpt
from darkroom.images.sheet import SheetAxis, Tile, draw_sheet

if TYPE_CHECKING:
    from PIL import Image

    from darkroom.domain.generation import Summary
    from darkroom.domain.queue import Batch
    from darkroom.store.store import Store


async def tiles_of(batch: Batch, store: Store) -> tuple[list[SheetAxis], list[Tile]]:
    """The axes of a batch, and a tile for each combination of their values.

    Raises:
        InputError: Its axes are not such that its jobs have a place on them.
    """
    axes = [SheetAxis(name, [str(value) for value in values]) for name, values in batch.axes.items()]
    places = [{label: place for place, label in enumerate(axis.labels)} for axis in axes]
    tiles = [Tile(None, "deleted")] * math.prod(len(axis.labels) for axis in axes)
    for job in await store.batches.jobs(batch.id):
        index = 0
        for axis, known in zip(axes, places, strict=True):
            label = str(job.coordinates.get(axis.name))
            if label not in known:
                raise InputError("This batch has no grid", f"A job is at {excerpt(label, 60)}")
            index = index * len(axis.labels) + known[label]
        tiles[index] = _tile(await store.generations.summary(job.generation_id), store)
    return axes, tiles


def sheet(batch: Batch, axes: list[SheetAxis], tiles: list[Tile]) -> Image.Image:
    """The picture. Slow: run it in a thread.

    Raises:
        InputError: There are too many pictures for one sheet.
    """
    return draw_sheet(axes, tiles, batch.title)


def _tile(summary: Summary | None, store: Store) -> Tile:
    if summary is None:
        return Tile(None, "deleted")
    output = summary.first_output
    if output is not None and output.kind.is_picture:
        return Tile(store.blobs.path(output.hash))
    if summary.status is Status.NEW:
        return Tile(None, "waiting")
    why = f": {summary.reason.title}" if summary.reason is not None else ""
    return Tile(None, f"{summary.status}{why}" if summary.status is not Status.COMPLETE else "no picture")
