"""The keys of the queue screen, and why one can do nothing just now."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, NamedTuple

from darkroom.app.screens.confirm import ConfirmScreen
from darkroom.app.screens.queue.deeds import QueueDeeds
from darkroom.app.working import attempt, tell
from darkroom.domain.profile import shown_name
from darkroom.domain.queue import EVERYTHING
from darkroom.domain.text import excerpt, plural

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from textual.screen import Screen

    from darkroom.app.board import Board
    from darkroom.app.messages import UndoAsked
    from darkroom.app.widgets.queue.list import QueueList
    from darkroom.services.core import Core
    from darkroom.services.queue.outlook import Outlook

    _Base = Screen["Wish"]
else:
    _Base = object

NEEDS_WAITING = frozenset(
    f"queue_{name}"
    for name in ("earlier", "later", "first", "last", "behind", "urgent", "normal", "idle", "pause")
)
"""Keys for jobs that wait with us."""

NEEDS_JOB = NEEDS_WAITING | {"queue_open", "queue_cancel", "queue_duplicate", "queue_pause_target", "cancel"}

AT_SERVER = "It is at its server already: its place cannot change any more"


class Wish(NamedTuple):
    """What the main screen is to do with a job's generation.

    Attributes:
        generation_id: Which.
        verb: Last part of the key's id ("reuse", "use_image", …).
        output: 0-based index of the output that was shown.
    """

    generation_id: str
    verb: str
    output: int


class QueueKeys(_Base):
    """Beside the queue screen: one method a key. Deeds are done one after the other, in order.

    Attributes:
        pending: Deeds that are not done yet.
    """

    core: Core
    board: Board
    jobs: QueueList
    outlook: Outlook
    target: str | None

    def prepare_keys(self) -> None:
        """Once, before any key."""
        self.pending = 0
        self.deeds = QueueDeeds(self.core)
        self._turn = asyncio.Lock()

    def stale(self) -> None:
        """What is shown may not be true any more."""
        raise NotImplementedError

    # What cannot be done

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Dims the keys that have nothing to work on."""
        del parameters
        return None if self.why_not(action) else True

    def why_not(self, action: str) -> str:
        """Why a key can do nothing just now, as a sentence; "" when it can."""
        job = self.jobs.job()
        if action in NEEDS_JOB and job is None:
            return "The queue is empty"
        if action == "queue_behind" and not self.jobs.chosen:
            return "Choose jobs with space first; then go to the one that they shall follow"
        if action == "queue_behind" and job is not None and job.claimed:
            return "It is at its server already; < puts the chosen ones first"
        if action in NEEDS_WAITING and job is not None and job.claimed and not self.jobs.chosen:
            return AT_SERVER
        if action == "queue_clear" and not self.outlook.waiting:
            return "Nothing waits"
        if action == "queue_retry" and not self.board.wrong:
            return "Nothing failed or was lost since you came; D makes another one like this"
        return ""

    def do(self, deed: Coroutine[object, object, str | None], description: str) -> None:
        """Does something after what was asked for before; what it returns is told."""
        self.pending += 1
        attempt(self, self._in_turn(deed), group="queue-deed", description=description)

    async def _in_turn(self, deed: Coroutine[object, object, str | None]) -> str | None:
        try:
            async with self._turn:
                return await deed
        finally:
            self.pending -= 1
            self.stale()

    # Choosing

    def action_queue_select(self) -> None:
        """Chooses a job, or not any more."""
        self.jobs.toggle()

    def action_queue_select_down(self) -> None:
        """Chooses it and the next."""
        self.jobs.extend(1)

    def action_queue_select_up(self) -> None:
        """Chooses it and the one before."""
        self.jobs.extend(-1)

    def action_queue_select_all(self) -> None:
        """Chooses all that are listed, or none."""
        if self.jobs.chosen:
            self.jobs.choose_only(())
        else:
            attempt(self, self._choose_all(), group="choose-all", description="choosing all jobs")

    async def _choose_all(self) -> None:
        self.jobs.choose_only(await self.deeds.everything(self.target))

    def action_queue_close(self) -> None:
        """Drops the choice; else goes back to the panes."""
        if self.jobs.chosen:
            self.jobs.choose_only(())
        else:
            self.dismiss(None)

    def action_list_filter(self) -> None:
        """Asks whose jobs shall be listed."""
        attempt(self, self._filter(), group="queue-filter", description="choosing whose jobs are listed")

    async def _filter(self) -> None:
        from darkroom.app.screens.queue.targets import ALL, TargetsScreen

        screen = TargetsScreen(self.outlook.targets, self.outlook.total, self.target)
        name = await self.app.push_screen_wait(screen)
        if name is not None:
            self.target = None if name == ALL else name
            self.jobs.choose_only(())
            self.jobs.cursor = 0
            self.stale()

    # What goes, and what does not

    def action_queue_pause(self) -> None:
        """Keeps jobs waiting, or lets them go on."""
        job = self.jobs.job()
        if job is not None:
            self.do(self.deeds.pause(self.jobs.targets(), job), "pausing jobs")

    def action_queue_pause_target(self) -> None:
        """Stops the server or group of the job under the cursor, or lets it go on."""
        job = self.jobs.job()
        if job is not None:
            stopped = {pause.profile for pause in self.outlook.pauses}
            name = job.summary.profile if job.claimed or job.summary.profile in stopped else job.target
            self.do(self.deeds.pause_target(name, self.outlook.pauses), "pausing a server")

    def action_queue_pause_all(self) -> None:
        """Stops everything, or lets it go on."""
        self.do(self.deeds.pause_target(EVERYTHING, self.outlook.pauses), "pausing the queue")

    def action_cancel(self) -> None:
        """The global key does here what the list's own does."""
        self.action_queue_cancel()

    def action_queue_cancel(self) -> None:
        """Cancels jobs; asks before it is more than one."""
        attempt(self, self._cancel(self.jobs.targets()), group="queue-cancel", description="cancelling")

    async def _cancel(self, ids: tuple[str, ...]) -> None:
        if len(ids) > 1:
            question = ConfirmScreen(
                f"Cancel {plural(len(ids), 'job')}?",
                "Those that wait can be brought back with z. Those at a server are stopped there.",
                yes="Cancel them",
                no="Keep them",
            )
            if not await self.app.push_screen_wait(question):
                return
        for generation_id in ids:
            if self.board.get(generation_id) is not None:
                self.board.cancelling(generation_id)
        self.jobs.choose_only(())
        self.do(self.deeds.cancel(ids, [job for _, job in self.jobs.known()]), "cancelling")

    def action_queue_clear(self) -> None:
        """Cancels all that waits, after asking."""
        attempt(self, self._clear(), group="queue-clear", description="clearing the queue")

    async def _clear(self) -> None:
        waiting = await self._waiting()
        where = "" if self.target is None else f" for {excerpt(shown_name(self.target), 40)}"
        question = ConfirmScreen(
            f"Cancel all {plural(waiting, 'job')} that wait{where}?",
            "What is at a server goes on. The history keeps them all, and each can be sent again from there.",
            yes="Cancel them",
            no="Keep them",
        )
        if not waiting:
            return
        if await self.app.push_screen_wait(question):
            self.do(self.deeds.clear(self.target), "clearing the queue")

    async def _waiting(self) -> int:
        counts = await self.core.queue.counts()
        return sum(one.jobs for one in counts if not one.profile and self.target in (None, one.target))

    def action_queue_retry(self) -> None:
        """Sends again what failed or was lost meanwhile."""
        ids = tuple(self.board.wrong)
        self.board.wrong.clear()
        self.do(self.deeds.retry(ids), "sending jobs again")

    def action_queue_duplicate(self) -> None:
        """Makes another job like each."""
        self.do(self.deeds.duplicate(self.jobs.targets()), "duplicating jobs")

    def on_undo_asked(self, message: UndoAsked) -> None:
        """Brings back what was cancelled last."""
        message.stop()
        if self.deeds.can_undo:
            self.do(self.deeds.undo(), "bringing jobs back")
        else:
            tell(self, "Nothing was cancelled here that could be brought back")
