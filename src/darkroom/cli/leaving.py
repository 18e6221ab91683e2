"""What is lost when this process leaves its jobs to another one."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from darkroom.cli import output
from darkroom.domain.errors import ConfigError, ConnectorError
from darkroom.domain.generation import FINAL, Status

if TYPE_CHECKING:
    from darkroom.domain.generation import Summary
    from darkroom.services.core import Core


async def bound(core: Core) -> tuple[Summary, ...]:
    """Jobs that run here and that nobody could find again: their servers tell them to this process alone.

    Raises:
        StoreError: The database cannot be read.
    """
    found = []
    for generation_id in core.generations.active():
        summary = await core.store.generations.summary(generation_id)
        if summary is None or summary.status in (Status.NEW, *FINAL):
            continue
        with contextlib.suppress(ConfigError, ConnectorError):
            if not (await core.connections.get(summary.profile)).capabilities.recovers:
                found.append(summary)
    return tuple(found)


async def warn(core: Core) -> None:
    """Says which jobs will be lost when this process leaves them."""
    for summary in await bound(core):
        output.say(f"#{summary.number} cannot be brought home: {summary.profile} tells nobody else of it")
