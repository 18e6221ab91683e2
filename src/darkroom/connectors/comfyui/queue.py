"""The server's queue, as `GET /queue` tells it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class QueueState:
    """Who runs and who waits, in the order they will run.

    Attributes:
        running: Job ids; ComfyUI runs one at a time.
        pending: Job ids, the next one first.
    """

    running: tuple[str, ...] = ()
    pending: tuple[str, ...] = ()

    def ahead(self, job: str) -> int | None:
        """Jobs before `job` while it waits, the running one included; `None` when it does not wait."""
        return len(self.running) + self.pending.index(job) if job in self.pending else None

    @property
    def length(self) -> int:
        """Jobs running and waiting: the number that `status` frames carry."""
        return len(self.running) + len(self.pending)


def read_queue(document: object) -> QueueState:
    """The queue in the answer to `GET /queue`; items that are none are passed over.

    `queue_pending` comes in heap order, so it is sorted by each item's number here.
    Source: ComfyUI 0.3.64, recording `02-queue-heap-order`.

    Raises:
        ValueError: It is not a queue.
    """
    if not isinstance(document, dict) or "queue_running" not in document:
        raise ValueError("no queue_running")
    pending = sorted(_items(document.get("queue_pending")), key=lambda item: item[0])
    return QueueState(
        running=tuple(job for _, job in _items(document["queue_running"])),
        pending=tuple(job for _, job in pending),
    )


def _items(listed: Any) -> list[tuple[float, str]]:
    if not isinstance(listed, list):
        return []
    return [
        (item[0], item[1])
        for item in listed
        if isinstance(item, list)
        and len(item) > 1
        and isinstance(item[0], int | float)
        and isinstance(item[1], str)
    ]
