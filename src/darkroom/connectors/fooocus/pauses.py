"""The pauses of one who tries again and again, until the job is there or given up."""

from __future__ import annotations

import asyncio
import contextlib

FIRST_S = 0.5
LONGEST_S = 10.0
_GROWTH = 1.5


class Pauses:
    """Ever longer pauses, cut short by giving up."""

    def __init__(self) -> None:
        self._given_up = asyncio.Event()
        self._next_s = FIRST_S

    @property
    def given_up(self) -> bool:
        """Whether nobody wants the job any more."""
        return self._given_up.is_set()

    def give_up(self) -> None:
        """Ends this pause; no later one takes time."""
        self._given_up.set()

    def restart(self) -> None:
        """The next pause is a short one again."""
        self._next_s = FIRST_S

    async def pause(self) -> None:
        """Waits, each time longer than before."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._next_s):
                await self._given_up.wait()
        self._next_s = min(self._next_s * _GROWTH, LONGEST_S)
