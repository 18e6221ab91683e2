"""Tells the person what became of their work: by bell, by the terminal's notification, by their own command.

Each process tells the ends of the generations that it followed itself, so that each end is told once
however many Darkrooms run. One with a terminal says beside that when the queue became empty by the work
of others; the command is left to them.
"""

from __future__ import annotations

import asyncio
import logging
import os
from time import monotonic
from typing import TYPE_CHECKING, Self

from darkroom.domain.errors import DarkroomError, StoreError
from darkroom.domain.generation import OutputKind
from darkroom.domain.queue import EVERYTHING, Hold
from darkroom.services.tasks import Tasks
from darkroom.services.tidings import Digest, Left
from darkroom.services.updates import Changed, QueueChanged, SessionsChanged, StoreChanged
from darkroom.terminal import notify, tmux

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from pathlib import Path

    from darkroom.config.settings import Settings
    from darkroom.domain.generation import Summary
    from darkroom.services.core import Core
    from darkroom.services.notice_command import Command
    from darkroom.services.tidings import Notice
    from darkroom.services.updates import Subscription

log = logging.getLogger(__name__)

EVERY_S = 10.0
"""At most one notice in so long; what happens meanwhile is summed up in the next."""

LOOK_EVERY_S = 1.0
"""How often the queue is looked at while nothing is told."""

KNOWN = 1000
"""Ends that are remembered, so that an undone deletion is not told as one."""


class Notices:
    """Listens to the services of this process, and tells.

    `async with` tells at its end what is left to tell; `start` and `aclose` do not.
    """

    def __init__(
        self,
        updates: Subscription,
        settings: Settings,
        *,
        left: Callable[[], Awaitable[Left]],
        say: Callable[[str], object] | None = None,
        away: Callable[[], bool] = lambda: True,
        picture: Callable[[str], Path] | None = None,
        complain: Callable[[DarkroomError], object] | None = None,
        environ: Mapping[str, str] = os.environ,
        clock: Callable[[], float] = monotonic,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        """Nothing is told before `start`.

        Args:
            updates: A subscription of its own, made before the work begins; closed at the end.
            settings: `bell`, `notify`, `notify_on`, `notify_command`, `notify_command_when`.
            left: Counts what there is to do yet.
            say: Writes escape sequences to the terminal; `None` where there is none.
            away: Whether the person looks elsewhere.
            picture: The file of a stored picture by its hash.
            complain: Is told, once, what is wrong with the command.
            environ: Tells which terminal this is.
            clock: Seconds that never go back.
            sleep: Waits for so many seconds of that clock.
        """
        self._updates = updates
        self._settings = settings
        self._left = left
        self._say = say
        self._away = away
        self._picture = picture
        self._complain = complain
        self._environ = environ
        self._clock = clock
        self._sleep = sleep
        self._digest = Digest(each=settings.notify_on == "job", clock=clock)
        self._command = _command(settings.notify_command)
        self._known: dict[str, None] = {}
        self._next_at = float("-inf")
        self._news = asyncio.Event()
        self._telling = asyncio.Lock()
        self._end = SessionsChanged()
        self._tasks = Tasks()

    @classmethod
    def of(
        cls,
        core: Core,
        updates: Subscription,
        *,
        say: Callable[[str], object] | None = None,
        away: Callable[[], bool] = lambda: True,
        complain: Callable[[DarkroomError], object] | None = None,
    ) -> Self:
        """Those of an open core; the arguments are those of `__init__`."""
        return cls(
            updates,
            core.settings,
            left=lambda: left_to_do(core),
            say=say,
            away=away,
            picture=core.store.blobs.path,
            complain=complain,
        )

    def start(self) -> None:
        """Listens and tells in the background."""
        self._news.set()  # one look at the queue, to know whether there is work already
        self._listening = self._tasks.start(self._listen(), "notices: listening")
        self._tasks.start(self._tell(), "notices: telling")

    async def __aenter__(self) -> Self:
        self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.finish()

    async def finish(self) -> None:
        """Tells what was not told yet, without waiting for its time, and ends."""
        try:
            self._updates.put(self._end)
            await asyncio.wait([self._listening])
            async with self._telling:
                await self._look(parting=True)
        finally:
            await self.aclose()

    async def aclose(self) -> None:
        """Ends at once; a command that runs is ended with it. Idempotent."""
        self._updates.close()
        await self._tasks.aclose()

    async def _listen(self) -> None:
        async for update in self._updates:
            if update is self._end:
                return
            if isinstance(update, Changed):
                self._changed(update.summary)
            elif isinstance(update, QueueChanged) or (
                isinstance(update, StoreChanged) and self._say is not None
            ):
                self._news.set()

    def _changed(self, summary: Summary) -> None:
        if not summary.status.final and not summary.trashed:
            self._digest.began()
            return
        if summary.id in self._known:
            return
        self._known[summary.id] = None
        if len(self._known) > KNOWN:
            del self._known[next(iter(self._known))]
        if not summary.trashed:
            self._digest.ended(summary)
            self._news.set()

    async def _tell(self) -> None:
        while True:
            await self._news.wait()
            while (wait_s := self._next_at - self._clock()) > 0:
                await self._sleep(wait_s)
            async with self._telling:
                self._news.clear()
                await self._look()

    async def _look(self, *, parting: bool = False) -> None:
        try:
            left = await self._left()
        except StoreError as error:
            log.warning("the queue cannot be counted: %s", error)
            self._next_at = self._clock() + EVERY_S
            self._news.set()
            return
        notice = self._digest.take(left, parting=parting)
        self._next_at = self._clock() + LOOK_EVERY_S
        if notice is not None:
            await self._deliver(notice)

    async def _deliver(self, notice: Notice) -> None:
        away, settings = self._away(), self._settings
        log.info("notice: %s, %s | %s", notice.event, notice.title, notice.body)
        if self._say is not None:
            sequence = notify.BELL if _wanted(settings.bell, away=away) else ""
            if _wanted(settings.notify, away=away):
                client = await asyncio.to_thread(tmux.client) if self._environ.get("TMUX") else ""
                sequence += notify.notification(notice.title, notice.body, self._environ, client)
            if sequence:
                self._next_at = self._clock() + EVERY_S
                self._say(sequence)
        # Where others saw to the end of the queue, their command is run, not ours.
        is_ours = notice.tally.total > 0
        if self._command is not None and is_ours and _wanted(settings.notify_command_when, away=away):
            self._next_at = self._clock() + EVERY_S
            await self._run(self._command, notice, away=away)

    async def _run(self, command: Command, notice: Notice, *, away: bool) -> None:
        try:
            await command.run(notice, away=away, picture=self._file(notice.tally.last))
        except DarkroomError as error:
            log.warning("%s: %s", error.title, error.detail)
            if self._complain is not None:
                self._complain(error)
                self._complain = None

    def _file(self, summary: Summary | None) -> Path | None:
        output = summary.first_output if summary is not None else None
        if output is None or output.kind is not OutputKind.IMAGE or self._picture is None:
            return None
        return self._picture(output.hash)


async def left_to_do(core: Core) -> Left:
    """Counts the queue, by whether anybody works on it or will.

    Raises:
        StoreError: It cannot be read.
    """
    # The store, not `core.queue`: that is made as `core.start` says, which may not have been called yet.
    queue = core.store.queue
    stopped = {pause.profile for pause in await queue.pauses()}
    active = held = 0
    for count in await queue.counts():
        is_held = count.hold is Hold.PAUSED or not stopped.isdisjoint((EVERYTHING, count.target))
        if is_held and not count.profile:
            held += count.jobs
        else:
            active += count.jobs
    return Left(active, held)


def _command(line: str) -> Command | None:
    if not line.strip():
        return None
    # Few have one, and every `generate` would pay for it.
    from darkroom.services.notice_command import Command

    return Command(line)


def _wanted(when: str, *, away: bool) -> bool:
    """What a setting of `away`, `always` or `never` means now."""
    return when == "always" or (when == "away" and away)
