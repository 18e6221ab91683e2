"""Following one job to its end: the socket is a hint, the queue is the truth."""

from __future__ import annotations

import asyncio
import logging
from time import monotonic
from typing import TYPE_CHECKING

from darkroom.connectors.invokeai import frames
from darkroom.connectors.invokeai.items import IN_PROGRESS, OVER, Item, read_item
from darkroom.connectors.invokeai.lookup import ask_items, compare, forgotten, with_items
from darkroom.connectors.invokeai.progress import ProgressMeter
from darkroom.connectors.invokeai.tally import FORGOTTEN, Tally, output_ref
from darkroom.domain.errors import ConnectorError
from darkroom.domain.events import Ended, JobEvent, Outcome, OutputReady, Preview, Progress, Queued

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterator

    from darkroom.connectors.invokeai.cancel import Cancels
    from darkroom.connectors.invokeai.client import Client
    from darkroom.connectors.invokeai.frames import JobMessage
    from darkroom.connectors.invokeai.handle import JobHandle
    from darkroom.connectors.invokeai.mailbox import Mailbox
    from darkroom.connectors.invokeai.replies import Counts, QueueStatus
    from darkroom.connectors.invokeai.socket import Link

log = logging.getLogger(__name__)

FIRST_ASK_S = 0.25
"""A job that has not begun by then is likely to wait: ask for its place."""

QUIET_S = 2.0
"""Silence after which the server is asked; a model may load for longer."""

QUIET_MAX_S = 10.0
QUIET_MAX_DEAF_S = 1.0
"""Longest time between two questions, while the socket is open and while it is not."""

ABSENT_PAUSE_S = 10.0
"""Longest pause before an unreachable server is asked again."""


class Follower:
    """One pass over a job's life, from the moment the server has it."""

    def __init__(
        self,
        client: Client,
        job: JobHandle,
        mailbox: Mailbox,
        link: Link,
        cancels: Cancels,
        *,
        resumed: bool = False,
    ) -> None:
        """Makes a follower; with `resumed` the job was sent before, and may have been long ago."""
        self._client = client
        self._job = job
        self._mailbox = mailbox
        self._link = link
        self._cancels = cancels
        self._meter = ProgressMeter(job)
        self._tally = Tally(job)
        self._announced: dict[str, asyncio.Task[tuple[str, ...]]] = {}
        self._began = False
        self._ahead: int | None = None
        self._before: tuple[int, int] | None = None
        self._losses = link.losses
        self._missed = resumed
        self._quiet_s = FIRST_ASK_S
        self._ask_at = monotonic() + (0 if resumed else FIRST_ASK_S)

    async def events(self) -> AsyncGenerator[JobEvent, None]:
        """The job's events; exactly one `Ended`, last. Waits out a server that cannot be asked.

        Raises:
            Unreachable: The connector was closed.
        """
        try:
            while True:
                message = await self._mailbox.get(self._ask_at - monotonic())
                self._missed = self._missed or self._link.losses != self._losses
                if message is not None:
                    for event in self._read(message):
                        yield event
                    if not self._all_over():
                        continue
                ended, events = await self._ask()
                for event in events:
                    yield event
                if ended is not None:
                    yield ended
                    return
        finally:
            for task in self._announced.values():
                task.cancel()
            if self._announced:
                await asyncio.wait(self._announced.values())

    def _all_over(self) -> bool:
        return self._tally.over >= self._job.expected

    def _read(self, message: JobMessage) -> Iterator[JobEvent]:
        self._quiet_s = QUIET_S
        self._ask_at = monotonic() + QUIET_S
        if message.kind == frames.ITEM_CHANGED:
            yield from self._changed(message)
            return
        self._began, self._mailbox.waits = True, False
        if message.kind == frames.NODE_DONE and message.data.get("invocation_source_id") == self._job.output:
            yield from self._made(message.item, frames.made_image(message.data))
        progress = self._meter.feed(message)
        if progress is not None:
            yield progress
        if message.kind == frames.NODE_PROGRESS and (shown := frames.preview(message.data)) is not None:
            yield Preview(*shown)

    def _changed(self, message: JobMessage) -> Iterator[JobEvent]:
        item = read_item(message.data)
        if item is None or not self._tally.take(item):
            return
        if item.status == IN_PROGRESS and not self._began:
            self._began, self._mailbox.waits = True, False
            yield self._meter.current()
        elif item.status in OVER:
            self._meter.item_over(item.id)

    def _made(self, item: int, name: str) -> Iterator[JobEvent]:
        """Announces a picture, once, and begins to ask how it was made."""
        if not name or name in self._announced:
            return
        self._tally.take_picture(item, name, Item(item, IN_PROGRESS))
        self._announced[name] = asyncio.create_task(
            compare(self._client, self._job, [(item, name)]), name=f"metadata of {name}"
        )
        yield OutputReady(output_ref(name))

    async def _ask(self) -> tuple[Ended | None, list[JobEvent]]:
        """The end, when it has come, and what else is news.

        Raises:
            Unreachable: The connector was closed.
        """
        try:
            if self._tally.complete:
                return await self._ended(), []
            counts = await self._client.batch_status(self._job.batch)
            if not counts.total:
                ended = await forgotten(self._client, self._job)
                return ended or Ended(Outcome.LOST, FORGOTTEN, self._tally.outputs()), []
            if not self._job.items:
                self._job = self._tally.job = await with_items(self._client, self._job)
            if not counts.open:
                return await self._gather()
            events = await self._place(counts)
        except ConnectorError as error:
            if self._client.http.is_closed:
                raise
            log.info("job %s: cannot be asked about: %s", self._job.batch, error.title)
            self._missed = True
            self._wait_longer(ABSENT_PAUSE_S)
            return None, []
        self._wait_longer(QUIET_MAX_S if self._link.hears else QUIET_MAX_DEAF_S)
        return None, events

    async def _gather(self) -> tuple[Ended, list[JobEvent]]:
        """The end of a job whose items are all over, from the items themselves."""
        events: list[JobEvent] = []
        for item in await ask_items(self._client, self._job):
            self._tally.take(item)
            events.extend(self._made(item.id, item.picture))
        return await self._ended(), events

    async def _ended(self) -> Ended:
        notes = await asyncio.gather(*self._announced.values())
        return self._tally.ended(
            by_us=self._cancels.asked(self._job.batch),
            missed=self._missed,
            notes=tuple(dict.fromkeys(line for lines in notes for line in lines)),
        )

    async def _place(self, counts: Counts) -> list[JobEvent]:
        """Where a job stands that is not over."""
        if counts.in_progress or counts.over:
            return await self._catch_up(counts)
        ahead = self._jobs_ahead(await self._client.queue_status(), counts)
        if ahead == self._ahead:
            return []
        self._ahead = ahead
        return [Queued(ahead)]

    async def _catch_up(self, counts: Counts) -> list[JobEvent]:
        """What was not heard of a job that runs: pictures that are there, and how far it is."""
        events: list[JobEvent] = []
        if counts.over > self._tally.over:
            for item in await ask_items(self._client, self._job):
                if item.status in OVER:
                    self._tally.take(item)
                    self._meter.item_over(item.id)
                    events.extend(self._made(item.id, item.picture))
        progress = self._meter.counted(self._tally.over)
        if progress is not None or not self._began:
            events.append(progress or self._meter.current())
        self._began, self._mailbox.waits = True, False
        return events

    def _jobs_ahead(self, status: QueueStatus, counts: Counts) -> int:
        """Items before ours: those that were open when we first asked, less those that ended since."""
        queue = status.queue
        if self._before is None:
            self._before = (max(0, queue.open - counts.open), queue.over)
        waiting, over = self._before
        return max(0, min(waiting - (queue.over - over), queue.open - counts.open))

    def _wait_longer(self, longest_s: float) -> None:
        self._ask_at = monotonic() + min(self._quiet_s, longest_s)
        self._quiet_s = min(max(self._quiet_s * 1.5, 0.5), longest_s)


async def look(client: Client, job: JobHandle, *, by_us: bool) -> Ended | Queued | Progress | None:
    """What the server says of a job now; `None` when it knows nothing of it."""
    counts = await client.batch_status(job.batch)
    if not counts.total:
        return await forgotten(client, job)
    if counts.open:
        if not counts.in_progress and not counts.over:
            status = await client.queue_status()
            return Queued(max(0, status.queue.open - counts.open))
        meter = ProgressMeter(job)
        return meter.counted(counts.over) or meter.current()
    job = await with_items(client, job)
    tally = Tally(job)
    for item in await ask_items(client, job):
        tally.take(item)
    notes = await compare(client, job, tally.pictures())
    return tally.ended(by_us=by_us, missed=True, notes=notes)
