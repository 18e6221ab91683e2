"""What a node may use while it runs."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from darkroom.demo import sockets
from darkroom.demo.nodes.values import Interrupted

if TYPE_CHECKING:
    import threading

    from darkroom.demo.folders import Folders
    from darkroom.demo.progress import Progress

FULL_SIZE_STEP_S = 0.105
"""Seconds of one step of a 1024×1024 picture at speed 1."""


class Pace(Protocol):
    """Whoever can slow the sampler down beside its normal pace, or make it fail."""

    def extra_step_s(self) -> float:
        """Seconds that the next step takes longer. Raises `NodeFailure` when it is to fail."""
        ...


@dataclass(frozen=True, slots=True)
class Context:
    """The surroundings of one node of one running job."""

    node_id: str
    graph: dict[str, Any]
    """The whole graph, for a picture's metadata."""
    extra_pnginfo: dict[str, Any] | None
    folders: Folders
    progress: Progress
    interrupt: threading.Event
    pace: Pace
    speed: float
    previews: bool
    started: float = field(default_factory=time.monotonic)

    def check(self) -> None:
        """Raises Interrupted when the job was stopped."""
        if self.interrupt.is_set():
            raise Interrupted

    def step(self, value: int, maximum: int, picture: bytes | None, image_format: int = sockets.JPEG) -> None:
        """Tells how far the node is; raises Interrupted when the job was stopped."""
        self.check()
        self.progress.step(self.node_id, value, maximum, picture, image_format)

    def wait_for_step(self, number: int, width: int, height: int) -> None:
        """Keeps the pace of sampling: returns when step `number` (from 1) of such a picture is due."""
        due_s = 0.0
        if self.speed > 0:
            share = max(width * height / 1024**2, 0.1) ** 0.5
            due_s = self.started + number * FULL_SIZE_STEP_S * share / self.speed - time.monotonic()
        self._sleep(max(due_s, 0.0) + self.pace.extra_step_s())

    def wait(self, seconds: float) -> None:
        """Pauses so long at speed 1, and not at all at speed 0."""
        if self.speed > 0:
            self._sleep(seconds / self.speed)

    def _sleep(self, seconds: float) -> None:
        if self.interrupt.wait(seconds) if seconds > 0 else self.interrupt.is_set():
            raise Interrupted
