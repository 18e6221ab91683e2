"""What follows from the end of a job: a queue that must stop, or a lost job that is sent again."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from darkroom.domain.errors import OutOfMemory, StoreError, Unauthorized
from darkroom.domain.generation import Status
from darkroom.services.updates import QueueChanged

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from darkroom.domain.generation import Summary
    from darkroom.services.updates import Hub
    from darkroom.store.store import Store

log = logging.getLogger(__name__)

STOPPING = frozenset({OutOfMemory.__name__, Unauthorized.__name__})
"""Reasons that the next job would meet as well: its queue waits for a person instead."""


class Aftermath:
    """Looks at every end of a job that this process had."""

    def __init__(self, store: Store, hub: Hub, again: Callable[[str], Awaitable[None]] | None) -> None:
        """`again` sends a generation once more; `None` where lost ones are left to the person."""
        self._store = store
        self._hub = hub
        self._again = again

    async def mind(self, summary: Summary) -> None:
        """Does what follows; a full disk costs no more than that."""
        try:
            if summary.status is Status.FAILED and summary.reason is not None:
                await self._stop(summary)
            elif summary.status is Status.LOST and summary.retry_of is None and self._again is not None:
                # Once: a job that a server loses twice is not helped by a third time.
                await self._again(summary.id)
        except StoreError as error:
            log.warning("after generation %s: %s", summary.id, error)
        self._hub.publish(QueueChanged())

    async def _stop(self, summary: Summary) -> None:
        reason = summary.reason
        if reason is None or reason.kind not in STOPPING:
            return
        await self._store.queue.pause_if_waiting(
            summary.profile,
            f"#{summary.number}: {reason.title}",
            "Make the next ones smaller, or free memory on the server; then resume"
            if reason.kind == OutOfMemory.__name__
            else reason.hint,
        )
