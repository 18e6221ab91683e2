"""Following one job to its end: the socket is a hint, queue and history are the truth."""

from __future__ import annotations

import logging
from time import monotonic
from typing import TYPE_CHECKING

from darkroom.connectors.comfyui.events import JobMessage, PictureMessage, StatusMessage
from darkroom.connectors.comfyui.history import failure, interruption, read_entry
from darkroom.connectors.comfyui.outputs import frame_output, in_order, node_outputs
from darkroom.connectors.comfyui.progress import ProgressMeter
from darkroom.connectors.comfyui.stages import SOCKET_SAVERS
from darkroom.domain.errors import ConnectorError
from darkroom.domain.events import Ended, JobEvent, Outcome, OutputReady, Preview, Progress, Queued
from darkroom.domain.generation import OutputRef, Reason

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from darkroom.connectors.comfyui.cancel import Cancels
    from darkroom.connectors.comfyui.client import Client, Found
    from darkroom.connectors.comfyui.events import Message
    from darkroom.connectors.comfyui.handle import JobHandle
    from darkroom.connectors.comfyui.links import Line

log = logging.getLogger(__name__)

FIRST_ASK_S = 0.25
"""A job that has not begun by then is likely to wait: ask for its place."""

QUIET_S = 2.0
"""Silence after which the server is asked. 14 s of it are normal while a model loads."""

QUIET_MAX_S = 10.0
QUIET_MAX_DEAF_S = 2.0
"""Longest time between two questions, while the socket is open and while it is not."""

ABSENT_PAUSE_S = 10.0
"""Longest pause before an unreachable server is asked again."""

DEAF_S = 5.0
"""A socket that was reopened, and silent for so long while its job runs, may be deaf."""


class Follower:
    """One pass over a job's life, from the moment the server has it."""

    def __init__(self, client: Client, job: JobHandle, line: Line, cancels: Cancels) -> None:
        self._client = client
        self._job = job
        self._mailbox = line.mailbox
        self._link = line.link
        self._cancels = cancels
        self._meter = ProgressMeter(job.class_types)
        self._outputs: list[OutputRef] = []
        self._final: JobMessage | None = None
        self._began = False
        self._ahead: int | None = None
        self._quiet_s = FIRST_ASK_S
        self._ask_at = monotonic() + FIRST_ASK_S
        self._deaf_s = DEAF_S
        self._mismatches = 0

    async def events(self) -> AsyncIterator[JobEvent]:
        """The job's events; exactly one `Ended`, last. Waits out a server that cannot be asked.

        Raises:
            Unreachable: The connector was closed.
        """
        while True:
            message = await self._mailbox.get(self._ask_at - monotonic())
            if message is None or (isinstance(message, JobMessage) and message.is_end):
                if message is not None:
                    # The end: the history has it now, and nothing else will be heard.
                    self._quiet_s = FIRST_ASK_S
                found = await self._ask(over=message is not None)
                if found is None:
                    continue
                if (ended := self._ended(found)) is not None:
                    yield ended
                    return
                for event in self._place(found):
                    yield event
                await self._suspect(found)
            else:
                for event in self._read(message):
                    yield event

    def _read(self, message: Message) -> Iterator[JobEvent]:
        if isinstance(message, StatusMessage):
            # The queue moved: our place in it may have changed.
            if not self._began:
                self._ask_at = min(self._ask_at, monotonic() + FIRST_ASK_S)
            return
        self._quiet_s = QUIET_S
        self._ask_at = monotonic() + QUIET_S
        if isinstance(message, PictureMessage):
            yield from self._picture(message)
            return
        self._began = True
        if message.kind in ("execution_error", "execution_interrupted", "execution_success"):
            self._final = message
        if message.kind == "executed":
            node = str(message.data.get("display_node") or message.data.get("node"))
            for ref in node_outputs(node, message.data.get("output")):
                yield self._announce(ref)
        progress = self._meter.feed(message)
        if progress is not None:
            yield progress

    def _picture(self, message: PictureMessage) -> Iterator[JobEvent]:
        if self._mailbox.is_result(message):
            index = sum(1 for ref in self._outputs if ref.node == message.node)
            yield self._announce(frame_output(message.node, index, message.data, message.media_type))
        elif message.data:
            yield Preview(message.data, message.media_type)

    def _announce(self, ref: OutputRef) -> OutputReady:
        self._outputs.append(ref)
        return OutputReady(ref)

    async def _ask(self, *, over: bool) -> Found | None:
        """Where the job is; `None` when the server cannot be asked now.

        Args:
            over: Its end was heard: the history is asked first.
        """
        try:
            found = await self._client.find(self._job.prompt_id, over=over)
            if found.running and self._cancels.stopping(self._job.prompt_id):
                # An interrupt that comes just before the first node is forgotten by the server.
                await self._client.interrupt(self._job.prompt_id)
        except ConnectorError as error:
            if self._client.http.is_closed:
                raise
            log.info("job %s: cannot be asked about: %s", self._job.prompt_id, error.title)
            self._wait_longer(ABSENT_PAUSE_S)
            return None
        self._wait_longer(QUIET_MAX_S if self._link.hears else QUIET_MAX_DEAF_S)
        return found

    def _wait_longer(self, longest_s: float) -> None:
        self._ask_at = monotonic() + min(self._quiet_s, longest_s)
        self._quiet_s = min(max(self._quiet_s * 1.5, 0.5), longest_s)

    def _place(self, found: Found) -> Iterator[JobEvent]:
        if found.ahead is not None and found.ahead != self._ahead:
            self._ahead = found.ahead
            yield Queued(found.ahead)
        elif found.running and not self._began:
            self._began = True
            yield self._meter.current()

    async def _suspect(self, found: Found) -> None:
        """Renews a socket that seems deaf: a wrong queue length, or a reopened one in long silence.

        `status` goes to every socket at every change of the queue, so a length that differs from
        the last one heard, twice in a row, was told to others and not to us.
        """
        wrong = self._link.remaining not in (None, found.queue.length)
        self._mismatches = self._mismatches + 1 if wrong else 0
        silent = self._link.reopened and found.running and self._link.silent_s > self._deaf_s
        if self._link.hears and (self._mismatches > 1 or silent):
            self._mismatches = 0
            self._deaf_s *= 2
            await self._link.renew()

    def _ended(self, found: Found) -> Ended | None:
        if found.entry is not None:
            if self._link.hears and self._final is None and self._link.silent_s > QUIET_S:
                # It ended and the socket did not tell.
                self._link.spent = True
            return self._complete(read_entry(found.entry, self._job))
        if not found.absent:
            return None
        if self._cancels.deleted(self._job.prompt_id):
            reason = Reason("Cancelled", "Taken out of the queue before it began")
            return Ended(Outcome.CANCELLED, reason, notes=self._job.dropped)
        if self._final is not None:
            return self._from_socket(self._final)
        return Ended(
            Outcome.LOST,
            Reason(
                "The server knows nothing of this job any more",
                "It is in neither queue nor history: the server was restarted, or they were cleared",
                "Generate it again",
                "JobLost",
            ),
            in_order(self._outputs, self._job.class_types),
            notes=self._job.dropped,
        )

    def _from_socket(self, final: JobMessage) -> Ended:
        """The end as the socket told it, when the history was cleared before we could read it."""
        outputs = in_order(self._outputs, self._job.class_types)
        if final.kind == "execution_error":
            return Ended(Outcome.FAILED, failure(final.data), outputs, notes=self._job.dropped)
        if final.kind == "execution_interrupted":
            return Ended(Outcome.CANCELLED, interruption(final.data), outputs, notes=self._job.dropped)
        return self._complete(Ended(Outcome.COMPLETE, None, outputs, notes=self._job.dropped))

    def _complete(self, ended: Ended) -> Ended:
        """Adds what only the socket had."""
        spooled = [ref for ref in self._outputs if ref.spooled is not None and ref.temporary]
        outputs = in_order([*ended.outputs, *spooled], self._job.class_types)
        notes = [*ended.notes]
        heard = {ref.node for ref in spooled}
        for node, name in self._job.class_types.items():
            if ended.outcome is Outcome.COMPLETE and name in SOCKET_SAVERS and node not in heard:
                notes.append(f"{name} (node {node}) sent its pictures while nobody listened; it keeps none")
        return Ended(
            ended.outcome,
            ended.reason,
            outputs,
            ended.unchanged,
            ended.duration_s,
            tuple(dict.fromkeys(notes)),
        )


def inspection(found: Found, job: JobHandle) -> Queued | Progress | Ended | None:
    """What `found` says of a job, for one who only asks; `None` when the server does not know it."""
    if found.entry is not None:
        return read_entry(found.entry, job)
    if found.running:
        return ProgressMeter(job.class_types).current()
    return Queued(found.ahead) if found.ahead is not None else None
