"""Compares what came back with what was asked: the seed of the result, the metadata in the first picture.

A job's pictures differ by their seeds alone, so one of them tells for all; only its beginning is read.
"""

from __future__ import annotations

import io
import logging
from typing import TYPE_CHECKING

from darkroom.connectors.fooocus.truth import differences, seed_difference
from darkroom.domain.errors import ConnectorError, InputError
from darkroom.domain.fooocus_metadata import read_metadata
from darkroom.domain.png import read_texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from darkroom.connectors.fooocus_api.client import Client
    from darkroom.connectors.fooocus_api.handle import JobHandle
    from darkroom.domain.fooocus_metadata import FooocusMetadata
    from darkroom.domain.generation import OutputRef

log = logging.getLogger(__name__)


async def truth(client: Client, job: JobHandle, outputs: Sequence[OutputRef]) -> tuple[str, ...]:
    """One line for each silent replacement; none where the pictures do not tell."""
    said = str(outputs[0].locator.get("seed") or "")
    told = await _metadata(client, outputs[0])
    if told is None:
        return seed_difference(job.asked, said)
    seed = said or ("" if told.seed is None else str(told.seed))
    return (*seed_difference(job.asked, seed), *differences(job.asked, told))


async def _metadata(client: Client, output: OutputRef) -> FooocusMetadata | None:
    """What the picture says of itself; `None` when it says nothing, or cannot be read now."""
    if not output.name.endswith(".png"):
        return None
    try:
        texts = read_texts(io.BytesIO(await client.head(output.locator["path"])))
    except (ConnectorError, InputError) as error:
        # The picture itself will be fetched, and what is wrong with it be said, by others.
        log.info("%s: its metadata cannot be read: %s", output.name, error.title)
        return None
    return read_metadata(texts.get("parameters", ""), texts.get("fooocus_scheme", ""))
