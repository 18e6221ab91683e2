"""The faults that wait for something to strike."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

LASTING = frozenset({"fail", "oom", "refuse", "cut", "silence", "half", "full", "lie", "reset"})

HOSTILE = (
    "[bold red]b[/bold red][link=file:///etc]x[/link]",
    "esc\x1b]52;c;aGk=\x07\x1b[2J\u202egnp",
    "long" * 2500,
)
"""Names that must stay text."""


@dataclass
class _Fault:
    name: str
    details: dict[str, Any]
    left: int


@dataclass
class Faults:
    """What was ordered and has not struck."""

    waiting: list[_Fault] = field(default_factory=list)
    hostile: bool = False
    deaf: bool = False
    silent_until: float = 0.0

    def order(self, name: str, details: dict[str, Any], count: int) -> None:
        self.waiting.append(_Fault(name, details, count))

    def clear(self) -> None:
        self.waiting.clear()
        self.hostile = self.deaf = False
        self.silent_until = 0.0

    def strike(self, name: str, **wanted: str) -> dict[str, Any] | None:
        """The details of the first of this name, counted down; `None` when there is none."""
        for fault in self.waiting:
            if fault.name == name and all(fault.details.get(key) == value for key, value in wanted.items()):
                fault.left -= 1
                if fault.left == 0:
                    self.waiting.remove(fault)
                return fault.details
        return None

    def silence_s(self) -> float:
        """For so many seconds more nothing is answered or pushed."""
        return max(self.silent_until - time.monotonic(), 0.0)
