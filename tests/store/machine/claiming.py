"""Jobs are claimed, go back, and are taken over from the silent."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from darkroom.domain.errors import Superseded
from darkroom.domain.generation import Status
from darkroom.domain.queue import Lane
from tests.store.machine.base import LANES, OWNERS, STALE, TIDE, Machine, owners, several, some


class Claiming(Machine):
    """What moves jobs between the queue and those who work on it."""

    @rule(
        owner=owners,
        profile=st.sampled_from([*LANES]),
        depth=st.integers(1, 3),
        group=st.booleans(),
        lacking=st.sets(st.sampled_from(["x", "y"])),
        only=st.none() | several,
    )
    def claim(
        self,
        owner: str,
        profile: str,
        depth: int,
        group: bool,
        lacking: set[str],
        only: list[int] | None,
    ) -> None:
        lane = Lane(profile, LANES[profile], depth, group)
        some_only = self.ids(only)[0] if only is not None and self.model.jobs else None

        def lacks(name: str) -> bool:
            return name in lacking

        picked = self.model.pick(lane, lacks)
        wanted = picked.checkpoint if picked is not None and picked.target != profile else ""
        assert self.do(self.store.queue.next_checkpoint(lane, lacking)) == wanted
        taken = self.do(self.store.queue.claim(owner, lane, self.now, lacks=lacks, only=some_only))
        expected = self.model.claim(owner, lane, lacks, some_only)
        assert taken == (expected.id if expected else None)
        if expected is not None:
            self.model.beats[owner] = self.now
            assert self.model.taken(profile) <= depth

    @precondition(lambda self: self.model.jobs)
    @rule(index=some, owner=owners)
    def put_back(self, index: int, owner: str) -> None:
        job = self.job(index)
        putting = self.store.queue.put_back(job.id, owner, self.now)
        if job.owner != owner:
            with pytest.raises(Superseded):
                self.do(putting)
            return
        self.do(putting)
        if job.unfinished:
            self.model.put_back(job)

    @rule(owner=owners)
    def release(self, owner: str) -> None:
        self.do(self.store.queue.release(owner, self.now))
        self.model.beats.pop(owner, None)
        for job in self.model.order():
            if job.owner == owner and job.status is Status.NEW:
                self.model.put_back(job)
            elif job.owner == owner:
                job.owner = ""

    @rule(alive=st.sets(owners), seconds=st.integers(1, 40))
    def time_goes_by(self, alive: set[str], seconds: int) -> None:
        self.now += timedelta(seconds=seconds)
        for owner in alive:
            self.do(self.store.generations.heartbeat(owner, self.now))
            self.model.beats[owner] = self.now

    @precondition(lambda self: self.model.jobs)
    @rule(index=some, owner=owners, dead=st.booleans())
    def take_over(self, index: int, owner: str, dead: bool) -> None:
        job, before = self.job(index), self.now + (TIDE if dead else -STALE)
        orphan = job.unfinished and job.claimed and self.model.silent(job.owner, before)
        found = {left.id for left in self.do(self.store.generations.unfinished(stale_before=before))}
        assert (job.id in found) == orphan
        if not orphan:
            return
        if job.status is Status.NEW:
            assert self.do(self.store.queue.put_back_orphan(job.id, job.owner, before, self.now))
            self.model.put_back(job)
            return
        left = job.owner
        for taker in (owner, *OWNERS):
            # Several found it at once: the first has it, and none takes it from that one.
            taken = self.do(self.store.generations.claim(job.id, taker, before, self.now, silent=left))
            assert taken == (job.owner == left != taker)
            if taken:
                job.owner = taker
                self.model.beats[taker] = self.now
