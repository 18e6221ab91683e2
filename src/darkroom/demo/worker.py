"""The thread that runs jobs, one at a time."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from darkroom.demo.executor import Executor
    from darkroom.demo.jobs import Item, Jobs
    from darkroom.demo.journal import Journal

log = logging.getLogger(__name__)


class Worker:
    """Takes jobs from the queue until the queue closes."""

    def __init__(self, jobs: Jobs, executor: Executor, journal: Journal) -> None:
        self._jobs = jobs
        self._executor = executor
        self._journal = journal
        self._thread = threading.Thread(target=self._work, name="demo-worker", daemon=True)

    def start(self) -> None:
        """Starts the thread."""
        self._thread.start()

    def stop(self, timeout_s: float = 5.0) -> None:
        """Ends the thread. A job that runs is cut short and, by the journal, runs again another time."""
        self._jobs.close()
        self._executor.interrupt.set()
        self._thread.join(timeout_s)

    def _work(self) -> None:
        while not self._jobs.closed:
            item = self._jobs.take()
            if item is not None:
                self._run(item)
            if self._jobs.freed():
                self._executor.cache.clear()

    def _run(self, item: Item) -> None:
        entry, progress = self._executor.run(item)
        if self._jobs.closed:
            return
        if self._jobs.finish(entry):
            # The end frame is sent when the history has the job, in memory and on disk.
            self._note(item[1], self._jobs.entry(item[1]))
            progress.end()
        else:
            self._note(item[1], None)

    def _note(self, prompt_id: str, entry: dict[str, Any] | None) -> None:
        """Journals the end of a job; with a full disk the job has ended all the same."""
        try:
            self._journal.done(prompt_id, entry)
        except OSError:
            log.exception("the end of a job could not be journalled")
