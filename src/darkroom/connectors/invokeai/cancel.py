"""Stopping one job and no other, and remembering that it was us."""

from __future__ import annotations

from typing import TYPE_CHECKING

from darkroom.domain.events import CancelResult

if TYPE_CHECKING:
    from darkroom.connectors.invokeai.client import Client

REMEMBERED = 1000


class Cancels:
    """Cancels jobs and remembers which: the server does not say who cancelled an item."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._asked: dict[str, None] = {}

    def asked(self, batch: str) -> bool:
        """Whether we asked for `batch` to be cancelled."""
        return batch in self._asked

    async def cancel(self, batch: str) -> CancelResult:
        """Cancels the items of `batch` that wait or run."""
        known = batch in self._asked
        # Before the request: the event may come before its answer.
        self._asked[batch] = None
        while len(self._asked) > REMEMBERED:
            del self._asked[next(iter(self._asked))]
        if await self._client.cancel_batch(batch):
            return CancelResult.STOPPED
        if not known:
            self._asked.pop(batch, None)
        return CancelResult.NOT_RUNNING
