"""The order of the queue, and what holds it."""

from __future__ import annotations

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from darkroom.domain.errors import InputError
from darkroom.domain.queue import EVERYTHING, Hold, Priority
from tests.store.machine.base import TARGETS, Machine, priorities, several, some


class Moving(Machine):
    """What people do with jobs that wait."""

    @precondition(lambda self: self.model.jobs)
    @rule(indexes=several, priority=priorities)
    def prioritise(self, indexes: list[int], priority: Priority) -> None:
        ids, jobs = self.ids(indexes)
        self.do(self.store.queue.prioritise(ids, priority))
        self.model.prioritise(jobs, priority)

    @precondition(lambda self: self.model.jobs)
    @rule(indexes=several, start=st.booleans())
    def move_to(self, indexes: list[int], start: bool) -> None:
        ids, jobs = self.ids(indexes)
        queue = self.store.queue
        self.do(queue.move_to_start(ids) if start else queue.move_to_end(ids))
        self.model.move_to(jobs, start=start)

    @precondition(lambda self: self.model.jobs)
    @rule(indexes=several, index=some, after=st.booleans())
    def move_beside(self, indexes: list[int], index: int, after: bool) -> None:
        (ids, jobs), other, queue = self.ids(indexes), self.job(index), self.store.queue
        moving = queue.move_behind(ids, other.id) if after else queue.move_before(ids, other.id)
        if not other.unfinished:
            with pytest.raises(InputError):
                self.do(moving)
            return
        self.do(moving)
        self.model.move_beside(jobs, other, after=after)

    @precondition(lambda self: self.model.jobs)
    @rule(index=some, forward=st.booleans())
    def step(self, index: int, forward: bool) -> None:
        job = self.job(index)
        stepping = self.store.queue.step(job.id, forward=forward)
        if not job.unfinished or job.claimed:
            with pytest.raises(InputError):
                self.do(stepping)
            return
        self.do(stepping)
        self.model.step(job, forward=forward)

    @precondition(lambda self: self.model.jobs)
    @rule(indexes=several, hold=st.sampled_from([Hold.PAUSED, Hold.NONE]))
    def hold(self, indexes: list[int], hold: Hold) -> None:
        ids, jobs = self.ids(indexes)
        self.do(self.store.queue.hold(ids, hold))
        for job in jobs:
            if job.unfinished and not job.claimed and job.hold is not Hold.BATCH:
                job.hold = hold

    @rule(what=st.sampled_from([EVERYTHING, *TARGETS]), reason=st.sampled_from(["", "out of memory"]))
    def pause(self, what: str, reason: str) -> None:
        self.do(self.store.queue.pause(what, reason=reason))
        self.model.paused.setdefault(what, reason)

    @rule(what=st.sampled_from([*TARGETS]))
    def pause_if_waiting(self, what: str) -> None:
        waits = any(job.ready and job.target == what for job in self.model.order())
        assert self.do(self.store.queue.pause_if_waiting(what, "out of memory", "")) == waits
        if waits:
            self.model.paused.setdefault(what, "out of memory")

    @rule(what=st.none() | st.sampled_from([EVERYTHING, *TARGETS]))
    def resume(self, what: str | None) -> None:
        self.do(self.store.queue.resume(what))
        for paused in [paused for paused in self.model.paused if what in (None, paused)]:
            del self.model.paused[paused]
