"""The keys that change in which order jobs go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from darkroom.app.screens.queue.keys import QueueKeys
from darkroom.app.working import tell
from darkroom.domain.queue import Priority
from darkroom.domain.text import plural

if TYPE_CHECKING:
    from darkroom.domain.queue import Job


class OrderKeys(QueueKeys):
    """Beside the queue screen: one method a key."""

    def action_queue_earlier(self) -> None:
        """Moves one place up."""
        self._shift(-1)

    def action_queue_later(self) -> None:
        """Moves one place down."""
        self._shift(1)

    def _shift(self, by: int) -> None:
        ids = self.jobs.targets()
        places = [(index, job) for index, job in self.jobs.known() if job.summary.id in ids]
        if not places:
            tell(self, "They are not in sight")
            return
        edge, job = places[0] if by < 0 else places[-1]
        neighbour = self.jobs.row(edge + by)
        if neighbour is None or neighbour.job.claimed or neighbour.job.priority is not job.priority:
            tell(self, _no_further(job, by))
            return
        other = neighbour.job.summary.id
        self.jobs.reorder(ids, edge - 1 if by < 0 else edge + 2)
        if len(ids) == 1 and self.target is None:
            self.do(self._step(ids[0], by), "moving a job")
        elif by < 0:
            self.do(self.core.queue.move_before(ids, other), "moving jobs")
        else:
            self.do(self.core.queue.move_behind(ids, other), "moving jobs")

    async def _step(self, generation_id: str, by: int) -> None:
        await self.core.queue.step(generation_id, forward=by > 0)

    def action_queue_first(self) -> None:
        """Puts jobs first within their priority."""
        self.jobs.stay()
        self.do(self.core.queue.move_to_start(self.jobs.targets()), "moving jobs to the start")

    def action_queue_last(self) -> None:
        """Puts them last."""
        self.jobs.stay()
        self.do(self.core.queue.move_to_end(self.jobs.targets()), "moving jobs to the end")

    def action_queue_behind(self) -> None:
        """Puts the chosen jobs behind the one under the cursor."""
        job = self.jobs.job()
        if job is not None:
            ids = [i for i in self.jobs.targets() if i != job.summary.id]
            self.jobs.choose_only(())
            self.do(self._behind(ids, job), "moving jobs behind another one")

    async def _behind(self, ids: list[str], job: Job) -> str:
        await self.core.queue.move_behind(ids, job.summary.id)
        return f"{plural(len(ids), 'job')} behind #{job.summary.number}"

    def action_queue_urgent(self) -> None:
        """Lets jobs go before all normal ones."""
        self._prioritise(Priority.URGENT)

    def action_queue_normal(self) -> None:
        """Lets them go in their turn."""
        self._prioritise(Priority.NORMAL)

    def action_queue_idle(self) -> None:
        """Lets them go when nothing else waits."""
        self._prioritise(Priority.IDLE)

    def _prioritise(self, priority: Priority) -> None:
        self.jobs.stay()
        self.do(self.deeds.prioritise(self.jobs.targets(), priority), "changing the priority")


def _no_further(job: Job, by: int) -> str:
    if by < 0:
        key = {Priority.NORMAL: "; u makes it urgent", Priority.IDLE: "; n makes it normal"}.get(
            job.priority, ""
        )
        return f"It is the first of the {job.priority.word} ones{key}"
    key = {Priority.NORMAL: "; i makes it idle", Priority.URGENT: "; n makes it normal"}.get(job.priority, "")
    return f"It is the last of the {job.priority.word} ones{key}"
