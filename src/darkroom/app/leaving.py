"""Quitting is not cancelling: what is left to do when somebody leaves, and who goes on with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from darkroom.domain.errors import DarkroomError, StoreError
from darkroom.domain.text import plural
from darkroom.services.queue.bound import bound
from darkroom.services.queue.estimate import Estimate, Estimates
from darkroom.services.queue.outlook import look

if TYPE_CHECKING:
    from darkroom.app.app import DarkroomApp
    from darkroom.domain.generation import Summary
    from darkroom.services.core import Core


class Left(NamedTuple):
    """What is left to do.

    Attributes:
        here: Jobs that this process has.
        ready: Jobs that wait and may go.
        paused: Jobs that wait for a person.
        bound: Those of `here` that no other process can follow: only a line that is open knows them.
        estimate: When all of it is done.
        worker: A worker of this home is at work: it goes on with all but `bound` by itself.
    """

    here: int = 0
    ready: int = 0
    paused: int = 0
    bound: tuple[Summary, ...] = ()
    estimate: Estimate = Estimate(0.0, 0)
    worker: bool = False

    @property
    def any(self) -> bool:
        """Whether there is anything that goes on, or should."""
        return bool(self.here or self.ready)

    @property
    def needs_somebody(self) -> bool:
        """Whether it would come to a stop, or be lost, when this process ended without a word."""
        return bool(self.bound) or (self.any and not self.worker)


async def work_left(core: Core) -> Left:
    """Looks at the queue and at what this process has.

    Raises:
        StoreError: The database cannot be read.
    """
    outlook = await look(core.store, Estimates(core.store, core.profiles))
    return Left(
        here=len(core.generations.active()),
        ready=outlook.ready - outlook.stuck,
        paused=outlook.held + outlook.stuck,
        bound=await bound_here(core),
        estimate=outlook.estimate,
        worker=core.background.running() is not None,
    )


async def bound_here(core: Core) -> tuple[Summary, ...]:
    """Jobs of this process that no other one could find again once they are sent.

    Raises:
        StoreError: The database cannot be read.
    """
    return await bound(core.generations.active(), core.store, core.connections)


class Leaving:
    """Leaves the program, as the person wants it.

    Attributes:
        words: What is to be said once the screen is closed.
    """

    def __init__(self, app: DarkroomApp) -> None:
        self._app = app
        self._core = app.core
        self.words = ""

    async def leave(self) -> bool:
        """Asks, if there is something to ask, and leaves; false when the answer is to stay."""
        try:
            goes = await self._may_leave()
        except StoreError:
            goes = True  # what cannot be read must not keep anybody here
        if goes:
            # Nothing is begun any more that would have to be handed over, or that only we could follow.
            self._core.owning.dispatcher.stop()
            await self._app.main.before_quit()
            self._app.exit(0)
        return goes

    async def _may_leave(self) -> bool:
        left = await work_left(self._core)
        if not left.needs_somebody:
            if left.any:
                self.words = f"{_jobs(left)} on in the background: the worker has the queue"
            return True
        how: str | None = self._core.settings.quit
        trouble: DarkroomError | None = None
        while True:
            if how == "ask" or trouble is not None:
                how = await self._ask(left, trouble)
            if how is None:
                return False
            try:
                return await self._go(how, left)
            except StoreError:
                raise
            except DarkroomError as error:
                trouble = error

    async def _ask(self, left: Left, trouble: DarkroomError | None) -> str | None:
        from darkroom.app.screens.quit import QuitScreen

        return await self._app.push_screen_wait(QuitScreen(left, trouble))

    async def _go(self, how: str, left: Left) -> bool:
        """Does it; whether the program may be left then.

        Raises:
            DarkroomError: No worker can be started.
        """
        if how == "wait":
            from darkroom.app.screens.quit import WaitScreen

            answer = await self._app.push_screen_wait(WaitScreen(self._core, self._app.main.board, left))
            if answer != "background":
                return answer == "empty"
            left = await work_left(self._core)
        if how == "pause":
            await self._core.queue.pause()
            self.words = "The queue is paused; what is at a server is fetched at the next start"
        else:
            await self._core.background.ensure()
            self.words = f"{_jobs(left)} on in the background; `darkroom queue list` shows them"
        return True


def _jobs(left: Left) -> str:
    count = left.here + left.ready - len(left.bound)
    return f"{plural(count, 'job')} {'goes' if count == 1 else 'go'}"
