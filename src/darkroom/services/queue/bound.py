"""Jobs that are lost when the process that has them leaves."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from darkroom.domain.errors import ConfigError, ConnectorError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from darkroom.domain.generation import Summary
    from darkroom.services.connections import Connections
    from darkroom.store.store import Store


async def bound(generation_ids: Iterable[str], store: Store, connections: Connections) -> tuple[Summary, ...]:
    """Those that no other process could find again once they are sent: their servers tell nobody of them.

    Args:
        generation_ids: Jobs of this process; those that have ended are passed over.
        store: Knows where they stand.
        connections: Know what their servers can do.

    Raises:
        StoreError: The database cannot be read.
    """
    found = []
    for generation_id in generation_ids:
        summary = await store.generations.summary(generation_id)
        if summary is None or summary.status.final:
            continue
        with contextlib.suppress(ConfigError, ConnectorError):
            if not (await connections.get(summary.profile)).capabilities.recovers:
                found.append(summary)
    return tuple(found)
