"""What the socket has for one job, until its follower takes it: bounded, and putting never waits.

A client that does not read its socket stalls event delivery for all clients of the server, so the
reader must never wait for a follower. Source: ComfyUI 0.3.64, recording `ws/13-slow-consumer-victim`.
"""

from __future__ import annotations

import logging
from collections import deque

from darkroom.connectors.comfyui.events import JobMessage, Message, PictureMessage, StatusMessage
from darkroom.connectors.messagebox import MessageBox

log = logging.getLogger(__name__)

CROWDED = 64
"""From so many waiting messages on, older progress makes room for newer."""

MESSAGES_MAX = 20_000
"""More messages that are no progress come from no real graph."""

SPOOL_MAX_BYTES = 1024 * 1024 * 1024
"""Pictures that came through the socket and wait for a follower, together."""

_PROGRESS = frozenset({"progress", "progress_state"})


class Mailbox(MessageBox[Message]):
    """Messages for one job, in order. Of previews and server status only the newest is kept."""

    def __init__(self, job: str, keep_nodes: frozenset[str] = frozenset()) -> None:
        """Makes a mailbox.

        Args:
            job: Whose messages it takes.
            keep_nodes: Nodes whose pictures are results and must not be dropped like previews.
        """
        super().__init__(job)
        self._keep_nodes = keep_nodes
        self._waiting: deque[JobMessage | PictureMessage] = deque()
        self._preview: PictureMessage | None = None
        self._status: StatusMessage | None = None
        self._spooled_bytes = 0

    def put(self, message: Message) -> None:
        """Adds a message; never waits."""
        if isinstance(message, StatusMessage):
            self._status = message
        elif isinstance(message, PictureMessage) and not self.is_result(message):
            self._preview = message
        elif self._has_room(message):
            self._waiting.append(message)
        self._filled.set()

    def is_result(self, message: PictureMessage) -> bool:
        """Whether a picture is an output and not a preview."""
        return message.node in self._keep_nodes

    def _take(self) -> Message | None:
        if self._waiting:
            message = self._waiting.popleft()
            if isinstance(message, PictureMessage):
                self._spooled_bytes -= len(message.data)
            return message
        preview, self._preview = self._preview, None
        if preview is not None:
            return preview
        status, self._status = self._status, None
        return status

    def _has_room(self, message: JobMessage | PictureMessage) -> bool:
        if isinstance(message, PictureMessage):
            if self._spooled_bytes + len(message.data) > SPOOL_MAX_BYTES:
                log.error("job %s: pictures through the socket exceed the cap; one was dropped", self.job)
                return False
            self._spooled_bytes += len(message.data)
        elif len(self._waiting) >= CROWDED and message.kind in _PROGRESS:
            self._waiting = deque(
                m for m in self._waiting if isinstance(m, PictureMessage) or m.kind not in _PROGRESS
            )
        if len(self._waiting) >= MESSAGES_MAX:
            log.error("job %s: too many messages; %s was dropped", self.job, type(message).__name__)
            return isinstance(message, JobMessage) and message.is_end
        return True
