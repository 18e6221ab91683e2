"""What the socket has for one job, until its follower takes it: bounded, and putting never waits."""

from __future__ import annotations

import logging
from collections import deque

from darkroom.connectors.invokeai.frames import NODE_PROGRESS, JobMessage
from darkroom.connectors.messagebox import MessageBox

log = logging.getLogger(__name__)

MESSAGES_MAX = 20_000
"""More facts that wait come from no real job: a graph of a hundred nodes tells two hundred an item."""


class Mailbox(MessageBox[JobMessage]):
    """Messages for one batch, in order. Of progress only the newest is kept."""

    def __init__(self, batch: str) -> None:
        super().__init__(batch)
        self.waits = True
        """The job has not begun: its place in the queue may change when another one ends."""
        self._facts: deque[JobMessage] = deque()
        self._progress: JobMessage | None = None

    def put(self, message: JobMessage) -> None:
        """Adds a message; never waits."""
        if message.kind == NODE_PROGRESS:
            self._progress = message
        elif len(self._facts) < MESSAGES_MAX:
            self._facts.append(message)
        else:
            log.error("batch %s: too many messages; %s was dropped", self.job, message.kind)
        self._filled.set()

    def _take(self) -> JobMessage | None:
        if self._facts:
            return self._facts.popleft()
        progress, self._progress = self._progress, None
        return progress
