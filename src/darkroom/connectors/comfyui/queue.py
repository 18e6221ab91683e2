"""The server's queue, as `GET /queue` tells it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple


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


class QueueItem(NamedTuple):
    """One job of the queue; the graph is foreign and may be anything."""

    number: float
    job: str
    graph: Mapping[str, Any]


def read_queue(document: object) -> QueueState:
    """The queue in the answer to `GET /queue`; see `read_items`."""
    running, pending = read_items(document)
    return QueueState(tuple(item.job for item in running), tuple(item.job for item in pending))


def read_items(document: object) -> tuple[list[QueueItem], list[QueueItem]]:
    """Who runs and who waits, in the answer to `GET /queue`; items that are none are passed over.

    `queue_pending` comes in heap order, so it is sorted by each item's number here.
    Source: ComfyUI 0.3.64, recording `02-queue-heap-order`.

    Raises:
        ValueError: It is not a queue.
    """
    if not isinstance(document, dict) or "queue_running" not in document:
        raise ValueError("no queue_running")
    pending = sorted(_items(document.get("queue_pending")), key=lambda item: item.number)
    return _items(document["queue_running"]), pending


def _items(listed: Any) -> list[QueueItem]:
    if not isinstance(listed, list):
        return []
    return [
        QueueItem(item[0], item[1], item[2] if len(item) > 2 and isinstance(item[2], Mapping) else {})
        for item in listed
        if isinstance(item, list)
        and len(item) > 1
        and isinstance(item[0], int | float)
        and isinstance(item[1], str)
    ]
