"""Jobs come in, alone and in batches that may never be whole."""

from __future__ import annotations

import uuid

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from darkroom.domain.errors import InputError, StoreError
from darkroom.domain.queue import Batch, Hold, Lane, Order, Priority
from darkroom.store.batches import NewJob
from tests.store.machine.base import (
    LANES,
    STALE,
    TARGETS,
    Machine,
    checkpoints,
    owners,
    priorities,
    snapshot,
    some,
)
from tests.store.machine.model import ModelJob


class Adding(Machine):
    """What puts jobs into the queue."""

    @rule(
        made_for=st.sampled_from(TARGETS),
        checkpoint=checkpoints,
        priority=priorities,
        paused=st.booleans(),
        behind=st.none() | some,
        session=st.integers(0, 1),
    )
    def add(
        self,
        made_for: str,
        checkpoint: str,
        priority: Priority,
        paused: bool,
        behind: int | None,
        session: int,
    ) -> None:
        hold = Hold.PAUSED if paused else Hold.NONE
        other = self.job(behind) if behind is not None and self.model.jobs else None
        order = Order(priority, hold, behind=other.number if other else None)
        generation_id, session_id = str(uuid.uuid4()), self.sessions[session]
        adding = self.store.queue.add(
            generation_id, session_id, snapshot(made_for, checkpoint), order=order, created_at=self.now
        )
        if other is not None and not other.unfinished:
            with pytest.raises(InputError):
                self.do(adding)
            return
        summary, taken = self.do(adding)
        assert not taken
        job = ModelJob(generation_id, summary.number, session_id, made_for, checkpoint)
        self.model.enter(job, priority, hold, other)

    @rule(lane=st.sampled_from([*LANES]), depth=st.integers(1, 3), owner=owners, checkpoint=checkpoints)
    def add_and_take(self, lane: str, depth: int, owner: str, checkpoint: str) -> None:
        generation_id, session_id = str(uuid.uuid4()), self.sessions[0]
        where = Lane(lane, LANES[lane], depth)
        summary, taken = self.do(
            self.store.queue.add(
                generation_id,
                session_id,
                snapshot(lane, checkpoint),
                order=Order(),
                created_at=self.now,
                owner=owner,
                lane=where,
            )
        )
        self.model.enter(
            ModelJob(generation_id, summary.number, session_id, lane, checkpoint), Priority.NORMAL
        )
        claimed = self.model.claim(owner, where, lambda _: False, (generation_id,))
        assert taken == (claimed is not None)
        if taken:
            self.model.beats[owner] = self.now

    @precondition(lambda self: len(self.model.writers) < 3)
    @rule(writer=owners)
    def begin_batch(self, writer: str) -> None:
        batch = Batch(str(uuid.uuid4()), self.sessions[0], "t", {"n": [1, 2]}, self.now, 2)
        self.do(self.store.batches.begin(batch, writer, self.now))
        self.model.writers[batch.id] = writer
        self.model.beats[writer] = self.now

    def batch(self, index: int) -> str:
        return [*self.model.writers][index % len(self.model.writers)]

    @precondition(lambda self: self.model.writers)
    @rule(
        which=some, jobs=st.lists(st.tuples(st.sampled_from(TARGETS), checkpoints), max_size=3), p=priorities
    )
    def write_batch(self, which: int, jobs: list[tuple[str, str]], p: Priority) -> None:
        batch = Batch(self.batch(which), self.sessions[0], "t", {}, self.now, 2)
        start = sum(job.batch == batch.id for job in self.model.jobs)
        piece = [
            NewJob(str(uuid.uuid4()), snapshot(target, checkpoint), position, {"n": position})
            for position, (target, checkpoint) in enumerate(jobs, start)
        ]
        self.do(self.store.batches.add(batch, piece, p))
        for new, (target, checkpoint) in zip(piece, jobs, strict=True):
            summary = self.do(self.store.generations.summary(new.generation_id))
            assert summary is not None
            job = ModelJob(new.generation_id, summary.number, self.sessions[0], target, checkpoint)
            job.batch = batch.id
            self.model.enter(job, p, Hold.BATCH)

    @precondition(lambda self: self.model.writers)
    @rule(which=some, paused=st.booleans())
    def accept_batch(self, which: int, paused: bool) -> None:
        batch, hold = self.batch(which), Hold.PAUSED if paused else Hold.NONE
        self.do(self.store.batches.accept(batch, hold))
        del self.model.writers[batch]
        for job in self.model.order():
            if job.batch == batch:
                job.hold = hold

    @precondition(lambda self: self.model.writers)
    @rule(which=some)
    def drop_batch(self, which: int) -> None:
        batch = self.batch(which)
        self.do(self.store.batches.drop(batch))
        self.model.drop_batch(batch)
        with pytest.raises(StoreError):
            self.do(self.store.batches.accept(batch))

    @rule()
    def drop_crashed_batches(self) -> None:
        before = self.now - STALE
        crashed = [batch for batch, writer in self.model.writers.items() if self.model.silent(writer, before)]
        assert self.do(self.store.batches.drop_unfinished(before)) == len(crashed)
        for batch in crashed:
            self.model.drop_batch(batch)
