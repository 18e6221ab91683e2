"""What a socket has for one job, until its follower takes it: putting never waits."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from typing import Generic, TypeVar

M = TypeVar("M")


class MessageBox(ABC, Generic[M]):
    """Messages for one job. A service's own says what is kept, and what makes room."""

    def __init__(self, job: str) -> None:
        """`job` is whose messages it takes."""
        self.job = job
        self._filled = asyncio.Event()
        self._nudged = False

    def nudge(self) -> None:
        """Makes `get` return early, with nothing: the server should be asked."""
        self._nudged = True
        self._filled.set()

    async def get(self, timeout_s: float) -> M | None:
        """The next message, or `None` after `timeout_s` seconds or a nudge."""
        if (message := self._next()) is not None:
            return message
        if not self._nudged:
            try:
                async with asyncio.timeout(max(timeout_s, 0)):
                    await self._filled.wait()
            except TimeoutError:
                return None
        message = self._next()
        if message is None:
            self._nudged = False
        return message

    def _next(self) -> M | None:
        self._filled.clear()
        return self._take()

    @abstractmethod
    def _take(self) -> M | None:
        """The next of what waits, taken out; `None` when nothing does."""
