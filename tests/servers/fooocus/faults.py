"""The faults that wait for something to strike."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from typing import Any


@dataclass
class _Fault:
    name: str
    details: dict[str, Any]
    left: int


@dataclass
class Faults:
    """What was ordered and has not struck.

    Attributes:
        hostile: Names in lists hold markup, escapes and 10 kB.
        busy: A foreign job occupies the page's queue.
        transports: Connections that are open.
    """

    hostile: bool = False
    busy: bool = False
    transports: set[asyncio.Transport] = field(default_factory=set)
    _waiting: list[_Fault] = field(default_factory=list)
    _silent_until: float = 0.0

    def order(self, name: str, details: dict[str, Any], count: int) -> None:
        self._waiting.append(_Fault(name, details, count))

    def clear(self) -> None:
        self._waiting.clear()
        self.hostile = self.busy = False
        self._silent_until = 0.0

    def strike(self, name: str, **wanted: str) -> dict[str, Any] | None:
        """The details of the first of this name, counted down; `None` when there is none."""
        for fault in self._waiting:
            if fault.name == name and all(fault.details.get(key) == value for key, value in wanted.items()):
                fault.left -= 1
                if fault.left == 0:
                    self._waiting.remove(fault)
                return fault.details
        return None

    def at_step(self) -> None:
        """What happens at a step of sampling.

        Raises:
            RuntimeError: The job fails.
        """
        for name in ("fail", "oom"):
            if self.strike(name) is not None:
                raise RuntimeError(name)
        if (silence := self.strike("silence")) is not None:
            self._silent_until = time.monotonic() + float(silence.get("seconds", 1.0))
        if self.strike("cut", at="running") is not None:
            self.drop()

    def drop(self) -> None:
        """Breaks all open connections without a word."""
        for transport in self.transports:
            transport.abort()
        self.transports.clear()

    async def quiet(self) -> None:
        """Waits while nothing is answered."""
        await asyncio.sleep(max(self._silent_until - time.monotonic(), 0))
