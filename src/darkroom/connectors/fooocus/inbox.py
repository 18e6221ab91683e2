"""What the page told and nobody took yet: bounded, and putting never waits.

Gradio gives up a job whose client does not take a message within one second, so whoever reads the socket
must never wait for whoever follows the job. Source: Gradio 3.41.2, `queueing.py` `send_message`.
"""

from __future__ import annotations

import asyncio
from collections import deque

from darkroom.connectors.fooocus.events import Message, Plain, Shown, Waiting
from darkroom.domain.errors import DarkroomError


class Inbox:
    """Messages in order. What the page shows is merged: the newest of each part counts."""

    def __init__(self) -> None:
        self._waiting: deque[Message | DarkroomError] = deque()
        self._filled = asyncio.Event()

    def put(self, message: Message | DarkroomError) -> None:
        """Adds a message, or the reason why no more will come."""
        last = self._waiting[-1] if self._waiting else None
        if isinstance(message, Shown) and isinstance(last, Shown):
            self._waiting[-1] = _merged(last, message)
        elif isinstance(message, Waiting | Plain) and type(message) is type(last):
            self._waiting[-1] = message
        else:
            self._waiting.append(message)
        self._filled.set()

    async def get(self, timeout_s: float | None = None) -> Message | None:
        """The next message; `None` after `timeout_s` seconds.

        Raises:
            DarkroomError: No more will come.
        """
        if not self._waiting:
            self._filled.clear()
            try:
                async with asyncio.timeout(timeout_s):
                    await self._filled.wait()
            except TimeoutError:
                return None
        message = self._waiting.popleft()
        if isinstance(message, DarkroomError):
            raise message
        return message


def _merged(old: Shown, new: Shown) -> Shown:
    return Shown(
        old.bar if new.bar is None else new.bar,
        old.title if new.title is None else new.title,
        old.preview if new.preview is None else new.preview,
        old.results if new.results is None else new.results,
        old.gallery if new.gallery is None else new.gallery,
    )
