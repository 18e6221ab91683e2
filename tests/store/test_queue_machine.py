"""The queue in the database against a model of it: any sequence of what may happen keeps what it promises.

`--hypothesis-profile thorough` tries far more sequences, and longer ones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import settings
from hypothesis.stateful import invariant

from darkroom.domain.generation import Status
from darkroom.domain.queue import Pause
from tests.store.machine.adding import Adding
from tests.store.machine.base import OWNERS, PIXELS
from tests.store.machine.claiming import Claiming
from tests.store.machine.ending import Ending
from tests.store.machine.moving import Moving

if TYPE_CHECKING:
    import sqlite3


class QueueMachine(Adding, Claiming, Moving, Ending):
    """Does everything twice, and compares."""

    @invariant()
    def the_queue_is_the_models(self) -> None:
        jobs = self.do(self.store.queue.page(limit=1000))
        assert [
            (j.summary.id, j.target, j.priority, j.hold, j.claimed, j.cancelled, j.owner, j.batch)
            for j in jobs
        ] == [
            (j.id, j.target, j.priority, j.hold, j.claimed, j.cancelled, j.owner, j.batch)
            for j in self.model.page()
        ]
        assert all(
            job.summary.profile == (model.profile or model.target)
            for job, model in zip(jobs, self.model.page(), strict=True)
        )

    @invariant()
    def every_unfinished_one_has_a_row_and_no_other(self) -> None:
        def work(db: sqlite3.Connection) -> list[tuple[object, ...]]:
            found = db.execute(
                "SELECT id, status, generation IS NOT NULL FROM generations"
                " LEFT JOIN queue ON generation = number ORDER BY number"
            )
            return [tuple(row) for row in found]

        assert self.do(self.store._database.read(work)) == [
            (job.id, str(job.status), job.unfinished) for job in self.model.jobs
        ]

    @invariant()
    def the_figures_agree(self) -> None:
        queue, model = self.store.queue, self.model
        assert set(self.do(queue.counts())) == model.counts()
        assert set(self.do(queue.backlog())) == model.backlog(PIXELS)
        assert self.do(queue.ready_targets()) == tuple(
            sorted({job.target for job in model.order() if job.ready})
        )
        assert set(self.do(queue.pauses())) == {Pause(*paused) for paused in model.paused.items()}
        for job in model.jobs:
            assert self.do(queue.ahead(job.id)) == model.ahead(job)
        for owner in OWNERS:
            asked = {job.id for job in model.order() if job.owner == owner and job.claimed and job.cancelled}
            assert set(self.do(queue.asked_to_stop(owner))) == asked

    @invariant()
    def the_sessions_count_right(self) -> None:
        for session in self.do(self.store.sessions.list()):
            own = [job for job in self.model.jobs if job.session == session.id and not job.trashed]
            assert (session.complete, session.unfinished) == (
                sum(job.status is Status.COMPLETE for job in own),
                sum(job.unfinished for job in own),
            )


TestQueue = QueueMachine.TestCase
TestQueue.settings = settings(max_examples=settings().max_examples * 3 // 5)
