"""A store, a model of it, and the time in both."""

from __future__ import annotations

import asyncio
import sqlite3
import tempfile
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize

from darkroom.domain.queue import Priority
from darkroom.store.store import Store
from tests.store.machine.model import Model, ModelJob
from tests.store.recipes import NOW, recipe

if TYPE_CHECKING:
    from collections.abc import Coroutine, Sequence
    from typing import Any

    from darkroom.domain.snapshot import Snapshot

T = TypeVar("T")

OWNERS = ("p", "q", "r")
LANES = {"a": ("a", "both"), "b": ("b", "both"), "c": ("c",)}
TARGETS = ("a", "b", "c", "both")
CHECKPOINTS = ("", "x", "y")
PIXELS = 1024 * 768
STALE = timedelta(seconds=30)
TIDE = timedelta(days=1)
"""Nobody's heartbeat is so far in the future: every owner counts as silent."""

owners = st.sampled_from(OWNERS)
some = st.integers(min_value=0, max_value=20)
several = st.lists(some, min_size=1, max_size=4)
priorities = st.sampled_from(Priority)
checkpoints = st.sampled_from(CHECKPOINTS)


def snapshot(target: str, checkpoint: str) -> Snapshot:
    return replace(recipe(values={"4.ckpt_name": checkpoint}), profile=target)


class Machine(RuleBasedStateMachine):
    """Does everything twice, and compares."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory(prefix="darkroom-queue-")
        self.path = Path(self.folder.name)
        self.loop = asyncio.new_event_loop()
        self.store = self.do(Store.open(self.path / "darkroom.db", self.path / "blobs"))
        self.model = Model()
        self.now = NOW
        self.sessions: list[str] = []

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(work)

    def teardown(self) -> None:
        self.do(self.store.aclose())
        self.loop.close()
        with closing(sqlite3.connect(self.path / "darkroom.db")) as db:
            assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert db.execute("PRAGMA foreign_key_check").fetchall() == []
        self.folder.cleanup()

    def job(self, index: int) -> ModelJob:
        return self.model.jobs[index % len(self.model.jobs)]

    def ids(self, indexes: Sequence[int]) -> tuple[list[str], list[ModelJob]]:
        jobs = [self.job(index) for index in indexes]
        return [job.id for job in jobs], jobs

    @initialize()
    def begin(self) -> None:
        self.sessions = [self.do(self.store.sessions.create(name)).id for name in ("s", "t")]
        for owner in OWNERS:
            self.do(self.store.generations.register(owner, 1, "host", self.now))
            self.model.beats[owner] = self.now
