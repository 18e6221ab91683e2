"""What makes the demo outlive its own death: jobs and their outcomes, one JSON line each, on disk.

A real ComfyUI forgets queue and history when it ends. The demo remembers, so that it can end itself
when idle and come back as if it had run all the time.
"""

from __future__ import annotations

import json
import logging
import os
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from darkroom.demo.jobs import Item

log = logging.getLogger(__name__)

KEPT = 1000
"""Finished jobs that survive a restart; older ones are dropped when the journal is read."""


@dataclass(slots=True)
class Remembered:
    """What a journal holds."""

    history: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Finished jobs, oldest first."""
    pending: list[Item] = field(default_factory=list)
    """Jobs that were waiting or running."""

    @property
    def next_number(self) -> int:
        """The first queue number that no remembered job has."""
        numbers = [item[0] for item in self.pending] + [entry["prompt"][0] for entry in self.history.values()]
        return int(max(numbers, default=-1)) + 1


class Journal:
    """Appends records; each is on disk when its method returns. Safe from all threads."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()

    def queued(self, item: Item) -> None:
        """A job was accepted."""
        self._append({"queued": list(item)})

    def done(self, prompt_id: str, entry: dict[str, Any] | None) -> None:
        """A job ended; None when it ended without a trace."""
        self._append({"done": prompt_id, "entry": entry})

    def dropped(self, prompt_ids: Iterable[str]) -> None:
        """Pending jobs were deleted."""
        self._append({"dropped": list(prompt_ids)})

    def history_deleted(self, prompt_ids: Iterable[str] | None) -> None:
        """Finished jobs were deleted; None means all of them."""
        self._append({"history_deleted": None if prompt_ids is None else list(prompt_ids)})

    def forget(self) -> None:
        """Drops everything."""
        with self._lock:
            self._path.unlink(missing_ok=True)

    def recall(self) -> Remembered:
        """Reads the journal and rewrites it without what no longer matters.

        A torn last line, or one that is damaged, is skipped: it was never confirmed to anyone.
        """
        remembered = Remembered()
        with self._lock:
            if not self._path.exists():
                return remembered
            for line in self._path.read_text(encoding="utf-8", errors="replace").splitlines():
                try:
                    _replay(json.loads(line), remembered)
                except (ValueError, LookupError, TypeError, AttributeError) as error:
                    log.warning("a damaged line in the journal is skipped: %s", error)
            for prompt_id in list(remembered.history)[:-KEPT]:
                del remembered.history[prompt_id]
            self._rewrite(remembered)
        return remembered

    def _append(self, record: dict[str, Any]) -> None:
        line = json.dumps(record) + "\n"
        with self._lock, self._path.open("a", encoding="utf-8") as file:
            file.write(line)
            file.flush()
            os.fsync(file.fileno())

    def _rewrite(self, remembered: Remembered) -> None:
        partial = self._path.with_suffix(".partial")
        with partial.open("w", encoding="utf-8") as file:
            for prompt_id, entry in remembered.history.items():
                file.write(json.dumps({"done": prompt_id, "entry": entry}) + "\n")
            for item in remembered.pending:
                file.write(json.dumps({"queued": list(item)}) + "\n")
            file.flush()
            os.fsync(file.fileno())
        partial.replace(self._path)


def _replay(record: dict[str, Any], remembered: Remembered) -> None:
    if "queued" in record:
        number, prompt_id, prompt, extra_data, outputs = record["queued"]
        remembered.pending.append((number, prompt_id, prompt, extra_data, outputs))
    elif "done" in record:
        _drop_first(remembered.pending, record["done"])
        if record["entry"] is not None:
            remembered.history[record["done"]] = record["entry"]
    elif "dropped" in record:
        for prompt_id in record["dropped"]:
            _drop_first(remembered.pending, prompt_id)
    elif "history_deleted" in record:
        gone = record["history_deleted"]
        for prompt_id in list(remembered.history) if gone is None else gone:
            remembered.history.pop(prompt_id, None)


def _drop_first(pending: list[Item], prompt_id: str) -> None:
    for index, item in enumerate(pending):
        if item[1] == prompt_id:
            del pending[index]
            return
