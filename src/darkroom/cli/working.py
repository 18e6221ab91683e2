"""What the worker does: it works on the queue until nothing is left that it could do.

It ends by itself when, for some seconds, every job has ended or is on hold. It stays for jobs whose server
is away, which it asks ever more seldom, and for those that another Darkroom has: that one may end any time.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
from time import monotonic
from typing import TYPE_CHECKING

from darkroom.cli import output
from darkroom.cli.context import Context
from darkroom.cli.leaving import bound
from darkroom.config.settings import load
from darkroom.domain.errors import ConfigError, InputError, StoreError
from darkroom.domain.queue import EVERYTHING, Hold
from darkroom.services.core import Core
from darkroom.services.notices import Notices
from darkroom.services.updates import Changed, Trouble

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from darkroom.domain.generation import Summary
    from darkroom.domain.queue import Count
    from darkroom.services.background import Place
    from darkroom.services.updates import Subscription

log = logging.getLogger(__name__)

LOOK_EVERY_S = 0.25
"""How often it is looked whether anything is done here, and whether the configuration is the same."""


class Worker:
    """Works on the queue of one home, with the configuration as it is at any time."""

    def __init__(self, context: Context, place: Place, *, idle_s: float | None, tells: bool) -> None:
        """`idle_s` is how long it stays without work, `None` for ever; `tells` of each end on stdout.

        The queue is counted once in `idle_s`, so that many jobs for a server that is away cost little.
        """
        self._context = context
        self._place = place
        self._idle_s = idle_s
        self._tells = tells
        self._leave = asyncio.Event()

    async def run(self) -> None:
        """Until nothing is left to do, or a signal asks it to leave.

        Raises:
            StoreError: The database cannot be used.
        """
        with self._heeded():
            while not await self._work():
                log.info("the configuration was changed: it is read again")
                paths = self._context.paths
                self._context = Context(paths, load(paths, os.environ))
        log.info("the worker leaves")

    @contextlib.contextmanager
    def _heeded(self) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        wanted = (signal.SIGTERM, signal.SIGINT)
        for number in wanted:
            loop.add_signal_handler(number, self._leave.set)
        try:
            yield
        finally:
            for number in wanted:
                loop.remove_signal_handler(number)

    async def _work(self) -> bool:
        """True when it is over, False when the configuration was changed."""
        stamp = self._stamp()
        core = await Core.open(self._context.paths, self._context.loaded)
        try:
            updates = core.updates()
            notices = Notices.of(core, core.updates(), complain=output.complain)
            await core.start(background=True, takes_all=True)
            self._place.open()
            log.info("the worker has begun")
            telling = asyncio.create_task(self._tell(core, updates))
            try:
                async with notices:
                    return await self._until_over(core, stamp)
            finally:
                telling.cancel()
                await asyncio.gather(telling, return_exceptions=True)
        finally:
            self._place.close()
            await core.aclose()

    async def _until_over(self, core: Core, stamp: object) -> bool:
        busy_at = monotonic()
        while not await self._left(LOOK_EVERY_S):
            if self._stamp() != stamp:
                core.owning.dispatcher.stop()
                if not await bound(core):
                    return False
            if self._idle_s is None:
                continue
            if core.generations.active():
                busy_at = monotonic()
            elif monotonic() - busy_at >= self._idle_s:
                if await has_work(core):
                    busy_at = monotonic()
                    continue
                self._place.close()
                # Whoever keeps a job from here on starts another worker; what was kept before is seen now.
                if not await has_work(core):
                    return True
                self._place.open()
        return True

    async def _left(self, seconds: float) -> bool:
        """Whether a signal asks to leave; waits so long for one."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._leave.wait()
        return self._leave.is_set()

    def _stamp(self) -> object:
        """Differs when the configuration was written."""
        try:
            found = self._context.paths.config_file.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino

    async def _tell(self, core: Core, updates: Subscription) -> None:
        """A line for each end of a job that this process had, and for what no job can tell."""
        known: dict[str, None] = {}
        async for update in updates:
            if isinstance(update, Trouble):
                output.complain(update.error)
            elif isinstance(update, Changed) and update.summary.id not in known and _is_end(update.summary):
                known[update.summary.id] = None
                if self._tells:
                    output.data(line(update.summary, core))


def _is_end(summary: Summary) -> bool:
    return summary.status.final and not summary.trashed


def line(summary: Summary, core: Core) -> str:
    """How a job ended, in a line: what a log keeps of it."""
    said = f"#{summary.number} {summary.status} on {summary.profile}"
    if summary.duration_s is not None:
        said += f" in {summary.duration_s:.1f} s"
    if summary.reason is not None:
        said += f": {summary.reason.title}"
    elif summary.first_output is not None:
        said += f": {core.store.blobs.path(summary.first_output.hash)}"
    return said


async def has_work(core: Core) -> bool:
    """Whether a job is left that runs somewhere, or that would be sent if its server had room for it."""
    try:
        counts = await core.queue.counts()
        paused = {pause.profile for pause in await core.queue.pauses()} if counts else set()
    except StoreError as error:
        log.warning("the queue cannot be counted: %s", error)
        return True
    return any(is_alive(count, _servers(core, count.target), paused) for count in counts)


def is_alive(count: Count, servers: Collection[str], paused: Collection[str]) -> bool:
    """Whether jobs will go on without anybody resuming them.

    Args:
        count: The jobs.
        servers: The profiles that they may go to.
        paused: The profiles and groups that are paused; `EVERYTHING` for all.
    """
    if count.profile:
        return True
    if count.hold is Hold.PAUSED or EVERYTHING in paused or count.target in paused:
        return False
    return not servers or any(server not in paused for server in servers)


def _servers(core: Core, target: str) -> tuple[str, ...]:
    try:
        return core.profiles.members(target)
    except (ConfigError, InputError):  # its queue is about to be paused for that
        return ()
