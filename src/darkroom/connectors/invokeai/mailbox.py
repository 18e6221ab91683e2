"""What the socket has for one job, until its follower takes it: bounded, and putting never waits."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from typing import TYPE_CHECKING

from darkroom.connectors.invokeai.frames import NODE_PROGRESS

if TYPE_CHECKING:
    from darkroom.connectors.invokeai.frames import JobMessage

log = logging.getLogger(__name__)

MESSAGES_MAX = 20_000
"""More facts that wait come from no real job: a graph of a hundred nodes tells two hundred an item."""


class Mailbox:
    """Messages for one batch, in order. Of progress only the newest is kept."""

    def __init__(self, batch: str) -> None:
        self.batch = batch
        self.waits = True
        """The job has not begun: its place in the queue may change when another one ends."""
        self._facts: deque[JobMessage] = deque()
        self._progress: JobMessage | None = None
        self._filled = asyncio.Event()
        self._nudged = False

    def put(self, message: JobMessage) -> None:
        """Adds a message; never waits."""
        if message.kind == NODE_PROGRESS:
            self._progress = message
        elif len(self._facts) < MESSAGES_MAX:
            self._facts.append(message)
        else:
            log.error("batch %s: too many messages; %s was dropped", self.batch, message.kind)
        self._filled.set()

    def nudge(self) -> None:
        """Makes `get` return early, with nothing: the server should be asked."""
        self._nudged = True
        self._filled.set()

    async def get(self, timeout_s: float) -> JobMessage | None:
        """The next message, or `None` after `timeout_s` seconds or a nudge."""
        if (message := self._take()) is not None:
            return message
        if not self._nudged:
            try:
                async with asyncio.timeout(max(timeout_s, 0)):
                    await self._filled.wait()
            except TimeoutError:
                return None
        message = self._take()
        if message is None:
            self._nudged = False
        return message

    def _take(self) -> JobMessage | None:
        self._filled.clear()
        if self._facts:
            return self._facts.popleft()
        progress, self._progress = self._progress, None
        return progress
