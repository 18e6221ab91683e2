"""Compares what came back with what was asked: seed of the result, metadata in the first picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from darkroom.connectors.fooocus.truth import seed_difference

if TYPE_CHECKING:
    from collections.abc import Sequence

    from darkroom.connectors.fooocus_api.client import Client
    from darkroom.connectors.fooocus_api.handle import JobHandle
    from darkroom.domain.generation import OutputRef


async def truth(client: Client, job: JobHandle, outputs: Sequence[OutputRef]) -> tuple[str, ...]:
    """One line for each silent replacement."""
    return seed_difference(job.asked, str(outputs[0].locator.get("seed") or ""))
