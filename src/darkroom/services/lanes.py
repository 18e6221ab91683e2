"""Turns at servers that cannot give a waiting job back.

Where a job that waits at the server cannot be cancelled, all but one wait here: then cancelling is
ours to do. A lane is one profile's; it knows the jobs of this process alone.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class Lanes:
    """Who is at each server, and who waits for a turn, in order of arrival."""

    def __init__(self) -> None:
        self._inside: dict[str, set[str]] = {}
        self._waiting: dict[str, dict[str, asyncio.Event]] = {}

    async def turn(
        self,
        profile: str,
        job: str,
        *,
        is_cancelled: Callable[[], bool],
        moved: Callable[[int], None],
    ) -> bool:
        """Waits until `job` may be sent; false when it was cancelled meanwhile. Then `leave`.

        Args:
            profile: Whose server.
            job: Who asks.
            is_cancelled: Asked at every change.
            moved: Told how many are before it, whenever that changes; never when it need not wait.
        """
        queue = self._waiting.setdefault(profile, {})
        changed = queue[job] = asyncio.Event()
        told = 0
        try:
            while not is_cancelled():
                ahead = len(self._inside.get(profile, ())) + list(queue).index(job)
                if ahead != told:
                    moved(ahead)
                    told = ahead
                if not ahead:
                    self.enter(profile, job)
                    return True
                changed.clear()
                await changed.wait()
            return False
        finally:
            del queue[job]
            self.look(profile)

    def enter(self, profile: str, job: str) -> None:
        """Notes that the server has, or may have, `job`; it is not asked whose turn it is."""
        self._inside.setdefault(profile, set()).add(job)

    def leave(self, profile: str, job: str) -> None:
        """Notes that the server is done with `job`; one that never entered is passed over."""
        self._inside.get(profile, set()).discard(job)
        self.look(profile)

    def look(self, profile: str) -> None:
        """Lets everybody who waits look again: something has changed, or was cancelled."""
        for changed in self._waiting.get(profile, {}).values():
            changed.set()
