"""The faults that wait for something to strike."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.servers.fooocus_api.jobs import Queue

LASTING = frozenset({"fail", "oom", "refuse", "cut", "silence", "half", "full", "undescribed"})

HOSTILE = (
    "[bold red]b[/bold red][link=file:///etc]x[/link].safetensors",
    "esc\x1b]52;c;aGk=\x07\x1b[2J\u202egnp.safetensors",
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
    _silent_until: float = 0.0

    def order(self, name: str, details: dict[str, Any], count: int) -> None:
        self.waiting.append(_Fault(name, details, count))

    def clear(self) -> None:
        self.waiting.clear()
        self.hostile = False
        self._silent_until = 0.0

    def strike(self, name: str, **wanted: str) -> dict[str, Any] | None:
        """The details of the first of this name, counted down; `None` when there is none."""
        for fault in self.waiting:
            if fault.name == name and all(fault.details.get(key) == value for key, value in wanted.items()):
                fault.left -= 1
                if fault.left == 0:
                    self.waiting.remove(fault)
                return fault.details
        return None

    def at_step(self, queue: Queue) -> None:
        """What happens at a step of sampling.

        Raises:
            RuntimeError: The job fails.
        """
        if self.strike("fail") is not None:
            raise RuntimeError("mat1 and mat2 shapes cannot be multiplied")
        if self.strike("oom") is not None:
            raise RuntimeError("CUDA out of memory")
        if (silence := self.strike("silence")) is not None:
            self._silent_until = time.monotonic() + float(silence.get("seconds", 1.0))
        if self.strike("cut", at="running") is not None:
            queue.drop()

    def silence_s(self) -> float:
        """For so many seconds more nothing is answered."""
        return max(self._silent_until - time.monotonic(), 0.0)
