"""Faults that a test can order, and how often each still strikes."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Any

LASTING = (
    "delay_http",
    "http_status",
    "half_file",
    "missing_file",
    "reject_upload",
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

    waiting: list[Fault] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def order(self, name: str, details: dict[str, Any], count: int) -> None:
        """Adds a fault that strikes `count` times, or until cleared when negative."""
        with self._lock:
            self.waiting.append(Fault(name, details, count))

    def clear(self) -> None:
        """Ends all faults."""
        with self._lock:
            self.waiting.clear()

    def strike(self, name: str, path: str = "") -> dict[str, Any] | None:
        """The details of the first waiting fault of this name for this path, which is counted down.

        A fault with a `path` strikes only request paths that begin with it.
        """
        with self._lock:
            for fault in self.waiting:
                if fault.name != name or not path.startswith(fault.details.get("path", "")):
                    continue
                fault.left -= 1
                if fault.left == 0:
                    self.waiting.remove(fault)
                return fault.details
        return None

    def extra_step_s(self) -> float:
        """How much longer the sampler's next step is to take, in seconds."""
        details = self.strike("slow_step")
        return float(details.get("seconds", 0.2)) if details is not None else 0.0
