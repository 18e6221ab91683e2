"""How far a job is: asked for at intervals, because these servers push nothing.

Where the server names tasks (`/internal/progress`), ours is asked for by name. Elsewhere there is only
"what runs now" (`/sdapi/v1/progress`): the job that begins after ours was sent to an idle server is ours.
Source: Forge f2.0.1, `modules/progress.py`, recordings `timeline_progress_single`, `failed_job_ghosts`.
"""

from __future__ import annotations

import base64
import binascii
import logging
import re
from typing import TYPE_CHECKING

from darkroom.connectors.a1111.results import media_type
from darkroom.domain.errors import ConnectorError
from darkroom.domain.events import Accepted, Preview, Progress, Queued, Stage
from darkroom.domain.text import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from darkroom.connectors.a1111.cancels import Cancels
    from darkroom.connectors.a1111.client import Client
    from darkroom.connectors.a1111.handle import JobHandle
    from darkroom.connectors.a1111.replies import Progress as Now
    from darkroom.connectors.a1111.replies import State, Task
    from darkroom.domain.events import JobEvent

log = logging.getLogger(__name__)

FIRST_LOOK_S = 0.1
LOOK_EVERY_S = 0.3
"""Two small requests each time; the answer itself comes without being asked for."""

BROWSER = "task("
"""What the name of a job of the web page begins with. Source: recording `browser_job_seen_from_api`."""

_PLACE = re.compile(r"(\d+)\s*/\s*\d+")
_BELOW_ONE = 0.999

_STARTED = 0.01
"""What a job begins with, before its first step."""


class Watch:
    """One job's progress. `look` asks and tells what is new."""

    def __init__(self, client: Client, job: JobHandle, cancels: Cancels) -> None:
        self._client = client
        self._job = job
        self._cancels = cancels
        self.accepted = False
        """`Accepted` was told."""
        self.looked = False
        """The server was asked about it."""
        self._fraction = 0.0
        self._preview = -1
        self._shown = ""
        self._before: State | None = None
        self.task: Task | None = None
        """What was last heard of the task, where the server names tasks."""
        self.now: Now | None = None
        """What was last heard of the server."""
        self._began = ""
        """The server's own mark of our job, while it was seen to run."""

    async def remember(self) -> None:
        """Notes what runs before the job is sent, where jobs are told apart by nothing else."""
        if not self._job.tasks:
            try:
                found = await self._client.progress()
            except ConnectorError as error:
                log.info("what runs could not be asked before %s: %s", self._job.task, error.title)
            else:
                self._before = found.state if found is not None else None

    def accept(self) -> Iterator[JobEvent]:
        """`Accepted`, if it was not told yet: the server has the job."""
        if not self.accepted:
            self.accepted = True
            yield Accepted(self._job.to_json())

    async def look(self) -> list[JobEvent]:
        """What is new; empty when the server cannot be asked."""
        try:
            return await self.ask()
        except ConnectorError as error:
            log.info("progress of %s: %s", self._job.task, error.title)
            return []

    async def ask(self) -> list[JobEvent]:
        """What is new.

        Raises:
            ConnectorError: The server cannot be asked.
        """
        self.looked = True
        if not self._job.tasks:
            return list(self._of_anything(await self._client.progress(preview=True)))
        self.task = await self._client.task(self._job.task, self._preview, previews=True)
        if self.task is None or not self.task.active:
            return list(self._waiting(self.task))
        self.now = await self._client.progress()
        if self.is_ghost:
            # Or it has ended between the two questions: then it is not active any more.
            self.task = await self._client.task(self._job.task)
            return []
        self._began = self.now.state.job_timestamp if self.now is not None else ""
        await self._stop()
        return [*self.accept(), *self._running(self.task, self.now)]

    @property
    def is_ghost(self) -> bool:
        """The job failed: the server goes on calling it active until another one begins."""
        active = self.task is not None and self.task.active
        return active and self.now is not None and self.now.state.idle

    async def was_stopped(self) -> bool:
        """Whether somebody interrupted the job, which is over; false when that cannot be told any more.

        Raises:
            ConnectorError: The server cannot be asked.
        """
        last = await self._client.progress() if self._began else None
        return last is not None and last.state.job_timestamp == self._began and last.state.stopped

    async def _stop(self) -> None:
        """Stops a job that was cancelled while it waited, or whose stop was not heard."""
        heard = self.now is not None and self.now.state.interrupted is True
        if self._cancels.stopping(self._job.task) and not heard:
            await self._client.interrupt()

    def _waiting(self, task: Task | None) -> Iterator[JobEvent]:
        if task is not None and task.queued:
            yield from self.accept()
            place = _PLACE.search(task.textinfo)
            yield Queued(int(place[1]) if place else None)

    def _running(self, task: Task, now: Now | None) -> Iterator[JobEvent]:
        yield self._progress(task.progress, now.state if now is not None else None)
        if task.live_preview and task.id_live_preview != self._preview:
            self._preview = int(task.id_live_preview)
            yield from _previews(task.live_preview)

    def _of_anything(self, now: Now | None) -> Iterator[JobEvent]:
        if now is None or self._before is None or not self._before.idle:
            return  # whose job it is that runs cannot be told
        began = not now.state.idle and now.state.job_timestamp != self._before.job_timestamp
        if began and not now.state.job.startswith(BROWSER):
            self._cancels.runs_alone(self._job.task)
            yield from self.accept()
            yield self._progress(now.progress, now.state)
            if now.current_image and now.current_image != self._shown:
                self._shown = now.current_image
                yield from _previews(f"data:image/png;base64,{now.current_image}")

    def _progress(self, fraction: float, state: State | None) -> Progress:
        self._fraction = max(self._fraction, min(fraction, _BELOW_ONE))
        step = int(state.sampling_step) if state is not None else 0
        steps = int(state.sampling_steps) if state is not None else 0
        label = printable(state.job)[:60] if state is not None and state.job.startswith("Batch") else ""
        if step <= 0 and self._fraction <= _STARTED:
            # The number of steps is still that of the job before.
            return Progress(Stage.LOADING, self._fraction)
        return Progress(Stage.SAMPLING, self._fraction, step or None, steps or None, label)


def _previews(uri: str) -> Iterator[Preview]:
    """The picture of a `data:` URI; none when it is something else."""
    header, _, text = uri.partition(",")
    try:
        data = base64.b64decode(text) if header.endswith(";base64") else b""
    except binascii.Error:
        data = b""
    if data:
        yield Preview(data, media_type(data)[1])
