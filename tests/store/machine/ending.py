"""Jobs on their way to an end, whichever it is."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from darkroom.domain.errors import StoreError, Superseded
from darkroom.domain.generation import Status
from darkroom.domain.queue import CancelRequest, Hold
from tests.store.machine.base import TARGETS, TIDE, Machine, owners, several, some


class Ending(Machine):
    """What is sent, told, ended, cancelled and deleted."""

    @precondition(lambda self: self.model.jobs)
    @rule(index=some, owner=owners)
    def prepared(self, index: int, owner: str) -> None:
        job = self.job(index)
        preparing = self.store.generations.prepared(
            job.id, owner, request={}, handle={"v": 1}, expected=1, server_version="1"
        )
        if job.owner != owner or not job.unfinished:
            with pytest.raises(StoreError):
                self.do(preparing)
            return
        assert self.do(preparing) is not job.cancelled
        job.status = Status.SENDING

    @precondition(lambda self: self.model.jobs)
    @rule(index=some, owner=owners, status=st.sampled_from([Status.QUEUED, Status.RUNNING]))
    def advance(self, index: int, owner: str, status: Status) -> None:
        job = self.job(index)
        advancing = self.store.generations.advance(job.id, owner, status)
        if job.owner != owner:
            with pytest.raises(Superseded):
                self.do(advancing)
            return
        self.do(advancing)
        if job.unfinished:
            job.status = status

    @precondition(lambda self: self.model.jobs)
    @rule(index=some, owner=owners, status=st.sampled_from([Status.COMPLETE, Status.FAILED, Status.LOST]))
    def finish(self, index: int, owner: str, status: Status) -> None:
        job = self.job(index)
        finishing = self.store.generations.finish(job.id, owner, status, finished_at=self.now)
        if job.owner != owner:
            with pytest.raises(Superseded):
                self.do(finishing)
            return
        self.do(finishing)
        if job.unfinished:
            self.model.end(job, status)

    @precondition(lambda self: self.model.jobs)
    @rule(index=some)
    def cancel(self, index: int) -> None:
        job = self.job(index)
        told = self.do(self.store.queue.cancel(job.id, self.now))
        if not job.unfinished:
            assert told is CancelRequest.OVER
        elif job.claimed:
            assert told is CancelRequest.ASKED
            job.cancelled = True
        else:
            assert told is CancelRequest.ENDED
            self.model.end(job, Status.CANCELLED)

    @rule(
        made_for=st.none() | st.sampled_from(TARGETS),
        session=st.none() | st.integers(0, 1),
        of_batch_of=st.none() | some,
    )
    def clear(self, made_for: str | None, session: int | None, of_batch_of: int | None) -> None:
        session_id = None if session is None else self.sessions[session]
        batch = self.job(of_batch_of).batch if of_batch_of is not None and self.model.jobs else None
        gone = [
            job
            for job in self.model.order()
            if not job.claimed
            and job.hold is not Hold.BATCH
            and made_for in (None, job.target)
            and session_id in (None, job.session)
            and batch in (None, job.batch)
            and (batch != "")
        ]
        cleared = self.do(
            self.store.queue.clear(self.now, target=made_for, session_id=session_id, batch=batch)
        )
        assert cleared == len(gone)
        for job in gone:
            self.model.end(job, Status.CANCELLED)

    @precondition(lambda self: self.model.jobs)
    @rule(indexes=several, purge=st.booleans())
    def trash(self, indexes: list[int], purge: bool) -> None:
        ids, jobs = self.ids(indexes)
        self.do(self.store.generations.trash(ids))
        for job in jobs:
            job.trashed = True
        if purge:
            self.do(self.store.generations.purge(trashed_before=datetime.now(UTC) + TIDE))
            for job in [job for job in self.model.jobs if job.trashed and not job.unfinished]:
                self.model.forget(job)
