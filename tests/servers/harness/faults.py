"""The faults that wait for something to strike."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import Any, Literal

from tests.servers.harness.lines import Lines

WAITING = frozenset({"fail", "oom", "refuse", "cut", "silence", "half"})
"""Those of every service that wait for something to strike. Source: `tests.contract.backends`."""

HOSTILE = (
    "[bold red]b[/bold red][link=file:///etc]x[/link]",
    "esc\x1b]52;c;aGk=\x07\x1b[2J\u202egnp",
    "long" * 2500,
)
"""Names that must stay text."""

HOSTILE_FILES = (f"{HOSTILE[0]}.safetensors", f"{HOSTILE[1]}.safetensors", HOSTILE[2])
"""The same for servers that name models by their files."""


@dataclass
class _Fault:
    name: str
    details: dict[str, Any]
    left: int


class Faults:
    """What was ordered and has not struck.

    Attributes:
        hostile: Names in lists and messages hold markup, escapes and 10 kB.
        lines: The connections that faults break.
    """

    def __init__(self, *, hostile: bool = False) -> None:
        self.hostile = hostile
        self.lines = Lines()
        self._waiting: list[_Fault] = []
        self._silent_until = 0.0

    def order(self, name: str, details: dict[str, Any], count: int) -> None:
        """Lets a fault wait; it strikes `count` times, until `clear` if that is -1."""
        self._waiting.append(_Fault(name, details, count))

    def clear(self) -> None:
        """Ends all of them."""
        self._waiting.clear()
        self.hostile = False
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

    def at_step(self) -> Literal["fail", "oom"] | None:
        """What happens at a step of sampling; tells whether the job fails by it, and how."""
        if self.strike("fail") is not None:
            return "fail"
        if self.strike("oom") is not None:
            return "oom"
        if (silence := self.strike("silence")) is not None:
            self._silent_until = time.monotonic() + float(silence.get("seconds", 1.0))
        if self.strike("cut", at="running") is not None:
            self.lines.drop()
        return None

    async def quiet(self) -> None:
        """Waits while nothing is answered or pushed."""
        await asyncio.sleep(max(self._silent_until - time.monotonic(), 0.0))
