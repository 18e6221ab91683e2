"""Looking for a job whose line is gone: in the server's own log of the day, where all pictures are noted.

That is no recovery: the page forgets whom a job belongs to, and neither queue nor history can be asked. But
a picture with our seed and prompt that was written after we sent is ours.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from darkroom.connectors.fooocus.client import modified
from darkroom.connectors.fooocus.files import ServerFile, outputs
from darkroom.connectors.fooocus.log import is_of, read_log, seeds
from darkroom.connectors.fooocus.pauses import Pauses
from darkroom.domain.errors import ConnectorError, Unauthorized
from darkroom.domain.events import Ended, JobEvent, NotFound, Outcome, Progress, Stage
from darkroom.domain.generation import OutputRef, Reason
from darkroom.domain.text import plural

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from darkroom.connectors.fooocus.client import Client, Life
    from darkroom.connectors.fooocus.config import Page
    from darkroom.connectors.fooocus.handle import JobHandle

log = logging.getLogger(__name__)

LOG_CAP_BYTES = 2 * 1024 * 1024
"""So much of the log's start is looked at: the newest pictures stand first, 4 kB each."""

PATIENCE_S = 600.0
"""How long after the last sign a job may still run: models load, and slow machines paint, for minutes."""

SKEW_S = 1.5
"""File times and the `Date` header are whole seconds."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one look at the server found.

    Attributes:
        refs: Pictures of the job, in the order of their seeds.
        restarted: The server began a new life since: nothing of ours runs any more.
        has_log: It keeps a log, and gives it away.
        quiet_s: Seconds since the last sign of the job, by the server's clock.
    """

    refs: tuple[OutputRef, ...]
    restarted: bool
    has_log: bool
    quiet_s: float

    @property
    def hopeless(self) -> bool:
        """Whether nothing more will be found."""
        return self.restarted or not self.has_log or self.quiet_s > PATIENCE_S


@dataclass(frozen=True, slots=True)
class _Picture:
    seed: int
    written: float


class Search:
    """The search for one job."""

    def __init__(
        self, client: Client, job: JobHandle, learn: Callable[[], Awaitable[tuple[Life, Page]]]
    ) -> None:
        """`learn` tells the server's present life and page."""
        self._client = client
        self._job = job
        self._learn = learn
        self._found: dict[str, _Picture] = {}
        """Pictures that are ours, by path."""
        self._judged: set[str] = set()
        """Pictures that were looked at, ours or not."""
        self._pauses = Pauses()

    def give_up(self) -> None:
        """Ends the search soon: the job was cancelled."""
        self._pauses.give_up()

    async def events(self) -> AsyncIterator[JobEvent]:
        """Looks until all pictures are there or nothing more can be hoped for; then exactly one `Ended`.

        Raises:
            Unreachable: The connector was closed.
        """
        self._pauses.restart()
        yield self.state()
        while True:
            try:
                finding = await self.look()
            except ConnectorError as error:
                if self._client.http.is_closed:
                    raise
                log.info("job %s: cannot be looked for: %s", self._job.session, error.title)
            else:
                ended = self.ended(finding)
                if ended is not None:
                    yield ended
                    return
            if self._pauses.given_up and not self._client.http.is_closed:
                yield self._cancelled()
                return
            await self._pauses.pause()

    def state(self) -> Progress:
        """What can be said while the job may still run."""
        return Progress(Stage.WORKING, None, label="looking for it in its log")

    async def inspect(self) -> Progress | Ended | NotFound:
        """What is known now, for one who only asks."""
        finding = await self.look()
        if finding.restarted and finding.has_log and not finding.refs:
            # A new life without a picture of ours: nothing runs, and nothing was made.
            return NotFound()
        return self.ended(finding) or self.state()

    def ended(self, finding: Finding) -> Ended | None:
        """The end that a finding means; `None` while the job may still run."""
        found, wanted = len(finding.refs), self._job.count
        if found >= wanted:
            note = "the line broke while it ran; its pictures were found in Fooocus's own log"
            return Ended(Outcome.COMPLETE, None, finding.refs, notes=(note,))
        if not finding.hopeless:
            return None
        if finding.restarted:
            why = "Fooocus was started anew since, and has not made them"
        elif not finding.has_log:
            why = "Fooocus keeps no log here that can be read and tells of this job (--disable-image-log)"
        else:
            why = f"Nothing of it stands in Fooocus's log for {PATIENCE_S / 60:.0f} minutes"
        of = f"{found} of {plural(wanted, 'picture')} were found in Fooocus's log. " if found else ""
        return Ended(
            Outcome.LOST,
            Reason(
                "The line to Fooocus broke, and the pictures cannot be found",
                f"{of}{why}",
                f"Send it again, or look at {self._where()}",
                "JobLost",
            ),
            finding.refs,
        )

    async def look(self) -> Finding:
        """One look at the log, and at whether the server was started anew."""
        life, page = await self._learn()
        today = await self._client.log(page)
        # A job that was sent before midnight may be noted after it.
        newer = today.path if today is not None and self._job.log else ""
        paths = dict.fromkeys(filter(None, [self._job.log, newer]))
        readable = [await self._read(ServerFile(path)) for path in paths]
        last = max([self._job.since, *(picture.written for picture in self._found.values())])
        restarted = bool(self._job.app) and life.app != self._job.app
        return Finding(self._refs(), restarted, any(readable), life.now - last)

    async def _read(self, log_file: ServerFile) -> bool:
        """Whether the server gives this log away; there may be none yet."""
        try:
            answer = await self._client.file(log_file)
        except Unauthorized:
            # A folder outside those that Gradio was told to give away.
            return False
        if answer.status != 200:
            return answer.status == 404
        wanted = set(seeds(self._job))
        html = answer.body[:LOG_CAP_BYTES].decode("utf-8", "replace")
        for entry in read_log(html):
            path = log_file.beside(entry.name).path
            if path not in self._judged and entry.seed in wanted and is_of(entry, self._job, entry.seed):
                written = modified(await self._client.file(ServerFile(path)))
                self._judged.add(path)
                if written is not None and written >= self._job.since - SKEW_S:
                    self._found[path] = _Picture(entry.seed, written)
        return True

    def _refs(self) -> tuple[OutputRef, ...]:
        order = {seed: number for number, seed in enumerate(seeds(self._job))}
        paths = sorted(
            self._found, key=lambda path: (order[self._found[path].seed], self._found[path].written, path)
        )
        return tuple(outputs(map(ServerFile, paths[: self._job.count]), grid=False))

    def _cancelled(self) -> Ended:
        refs = self._refs()
        return Ended(
            Outcome.CANCELLED,
            Reason(
                "Cancelled",
                "The line had broken, so Fooocus could not be told to stop: it may still finish the job",
                f"What it makes stands at {self._where()}",
            ),
            refs,
        )

    def _where(self) -> str:
        """The address of the log, for a browser."""
        base = self._client.http.address.base
        return f"{base}{ServerFile(self._job.log).route}" if self._job.log else f"the page at {base}"
