"""The queue of jobs and the history of those that ended.

Shared by the event loop and the worker thread; every method is safe from both.
"""

from __future__ import annotations

import copy
import heapq
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

Item = tuple[float, str, dict[str, Any], dict[str, Any], list[str]]
"""number, prompt_id, prompt, extra_data, outputs_to_execute."""

SECRETS = ("auth_token_comfy_org", "api_key_comfy_org")
"""Keys of extra_data that never reach the history (but can be read in the queue)."""

MAXIMUM_HISTORY = 10_000


@dataclass(slots=True)
class Running:
    """The job that the worker has now."""

    item: Item
    discarded: bool = False
    """The server was told to forget it; its outcome is dropped."""


@dataclass(slots=True)
class Jobs:
    """Pending jobs in a heap, the running one, and finished ones by id in order of completion.

    Source: ComfyUI 0.3.64: `queue_pending` shows the heap as it lies in memory, not in run order, and
    two pending jobs with the same number and id make the comparison of their graphs fail *after*
    the job was queued. Both are kept, for clients meet them.
    """

    changed: Callable[[], None]
    """Called after the queue's length changed, from whichever thread changed it."""
    pending: list[Item] = field(default_factory=list)
    running: Running | None = None
    history: dict[str, dict[str, Any]] = field(default_factory=dict)
    ready_at: float = 0.0
    """When the last job ended, by `time.monotonic`."""
    _wake: threading.Condition = field(default_factory=lambda: threading.Condition(threading.RLock()))
    _closed: bool = False
    _free: bool = False

    def put(self, item: Item) -> None:
        """Queues a job. Raises TypeError, with the job queued, when number and id are not unique."""
        with self._wake:
            try:
                heapq.heappush(self.pending, item)
            finally:
                self._wake.notify()
            self.changed()

    def take(self) -> Item | None:
        """Waits for a job and marks it as running. None: the server is closing, or memory is to be freed."""
        with self._wake:
            while not self.pending:
                if self._closed or self._free:
                    return None
                self._wake.wait()
            if self._closed:
                return None
            item = heapq.heappop(self.pending)
            self.running = Running(copy.deepcopy(item))
            self.changed()
            return item

    def finish(self, entry: dict[str, Any]) -> bool:
        """Moves the running job to the history. False when it was discarded meanwhile."""
        with self._wake:
            running, self.running = self.running, None
            self.ready_at = time.monotonic()
            kept = running is not None and not running.discarded
            if running is not None and kept:
                number, prompt_id, prompt, extra_data, outputs = running.item
                shown = {k: v for k, v in extra_data.items() if k not in SECRETS}
                self.history[prompt_id] = {"prompt": [number, prompt_id, prompt, shown, outputs], **entry}
                if len(self.history) > MAXIMUM_HISTORY:
                    del self.history[next(iter(self.history))]
            self.changed()
            return kept

    def entry(self, prompt_id: str) -> dict[str, Any] | None:
        """One finished job, or None."""
        with self._wake:
            return self.history.get(prompt_id)

    def remaining(self) -> int:
        """Jobs that are pending or running."""
        with self._wake:
            return len(self.pending) + (self.running is not None)

    def snapshot(self) -> tuple[list[Item], list[Item]]:
        """The running and the pending jobs now; pending in heap order."""
        with self._wake:
            return ([self.running.item] if self.running else []), list(self.pending)

    def page(self, max_items: int | None, offset: int) -> dict[str, dict[str, Any]]:
        """Part of the history, oldest first.

        Without an offset (negative) the last `max_items`; with one, from there on.
        """
        with self._wake:
            ids = list(self.history)
            if max_items is None:
                chosen = ids[max(offset, 0) :]
            elif max_items < 1:
                # Source: ComfyUI 0.3.64: 0 gives one entry where the offset reaches any, less gives none.
                chosen = ids[max(offset, 0) :][:1] if offset >= 0 else []
            else:
                start = max(len(ids) - max_items, 0) if offset < 0 else offset
                chosen = ids[start : start + max_items]
            return {prompt_id: self.history[prompt_id] for prompt_id in chosen}

    def clear_pending(self) -> list[str]:
        """Drops all pending jobs; gives their ids."""
        with self._wake:
            gone = [item[1] for item in self.pending]
            self.pending.clear()
            self.changed()
            return gone

    def delete_pending(self, prompt_id: str) -> bool:
        """Drops the first pending job with this id; it leaves no event and no history."""
        with self._wake:
            for index, item in enumerate(self.pending):
                if item[1] == prompt_id:
                    self.pending.pop(index)
                    heapq.heapify(self.pending)
                    self.changed()
                    return True
        return False

    def clear_history(self) -> None:
        """Drops the history; files stay."""
        with self._wake:
            self.history.clear()

    def delete_history(self, prompt_id: str) -> None:
        """Drops one finished job from the history when it is there."""
        with self._wake:
            self.history.pop(prompt_id, None)

    def forget(self) -> None:
        """Drops everything, the running job's outcome too, as a restart does."""
        with self._wake:
            if self.running is not None:
                self.running.discarded = True
            self.pending.clear()
            self.history.clear()
            self.changed()

    def restore(self, history: dict[str, dict[str, Any]], pending: Iterable[Item]) -> None:
        """Takes over what an earlier run of the server left. Call before the worker starts."""
        with self._wake:
            self.history.update(history)
            self.pending.extend(pending)
            heapq.heapify(self.pending)

    def free(self) -> None:
        """Asks the worker to drop its cache when it is next awake."""
        with self._wake:
            self._free = True
            self._wake.notify()

    def freed(self) -> bool:
        """Whether memory was to be freed; asking resets it."""
        with self._wake:
            wanted, self._free = self._free, False
            return wanted

    def close(self) -> None:
        """Wakes the worker for the last time."""
        with self._wake:
            self._closed = True
            self._wake.notify_all()

    @property
    def closed(self) -> bool:
        """Whether the server is closing."""
        return self._closed
