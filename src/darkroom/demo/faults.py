"""Faults that a test can order, and how often each still strikes."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from darkroom.demo.nodes.values import NodeFailure

if TYPE_CHECKING:
    from collections.abc import Callable

LASTING = (
    "cut",
    "delay_http",
    "fail",
    "half_file",
    "http_status",
    "missing_file",
    "refuse",
    "reject_upload",
    "silence",
    "slow_step",
)
"""Faults that wait for something to strike; all others happen at once."""


@dataclass(slots=True)
class Fault:
    """One ordered fault."""

    name: str
    details: dict[str, Any]
    left: int
    """How often it still strikes; negative: until cleared."""


@dataclass(slots=True)
class Faults:
    """The faults that wait. Safe from all threads."""

    drop: Callable[[], None] = lambda: None
    """Cuts all open connections."""
    waiting: list[Fault] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _silent_until: float = 0.0

    def order(self, name: str, details: dict[str, Any], count: int) -> None:
        """Adds a fault that strikes `count` times, or until cleared when negative."""
        with self._lock:
            self.waiting.append(Fault(name, details, count))

    def clear(self) -> None:
        """Ends all faults."""
        with self._lock:
            self.waiting.clear()
            self._silent_until = 0.0

    def strike(self, name: str, path: str = "", **wanted: str) -> dict[str, Any] | None:
        """The details of the first waiting fault of this name for this path, which is counted down.

        A fault with a `path` strikes only request paths that begin with it. All details that are `wanted`
        must be as given.
        """
        with self._lock:
            for fault in self.waiting:
                if fault.name != name or not path.startswith(fault.details.get("path", "")):
                    continue
                if any(fault.details.get(key) != value for key, value in wanted.items()):
                    continue
                fault.left -= 1
                if fault.left == 0:
                    self.waiting.remove(fault)
                return fault.details
        return None

    def extra_step_s(self) -> float:
        """How much longer the sampler's next step is to take, in seconds.

        What waits for a step strikes here: a failure, a silence, a cut.

        Raises:
            NodeFailure: The step is to fail.
        """
        if (failure := self.strike("fail")) is not None:
            raise NodeFailure(str(failure["message"]), str(failure.get("exception_type", "RuntimeError")))
        if (silence := self.strike("silence")) is not None:
            self._silent_until = time.monotonic() + float(silence.get("seconds", 1.0))
        if self.strike("cut", at="running") is not None:
            self.drop()
        slow = self.strike("slow_step")
        return float(slow.get("seconds", 0.2)) if slow is not None else 0.0

    def silence_s(self) -> float:
        """For how many seconds more nothing is to be answered or pushed."""
        return max(self._silent_until - time.monotonic(), 0.0)
