"""What the queue promises, as plainly as it can be said: lists instead of places, no database."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from darkroom.domain.generation import FINAL, Status
from darkroom.domain.queue import EVERYTHING, Backlog, Count, Hold, Priority
from darkroom.store.claiming import STREAK

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from datetime import datetime

    from darkroom.domain.queue import Lane


@dataclass(eq=False)
class ModelJob:
    """A generation."""

    id: str
    number: int
    session: str
    target: str
    checkpoint: str
    priority: Priority = Priority.NORMAL
    hold: Hold = Hold.NONE
    status: Status = Status.NEW
    owner: str = ""
    profile: str = ""
    claimed: bool = False
    cancelled: bool = False
    batch: str = ""
    trashed: bool = False

    @property
    def unfinished(self) -> bool:
        return self.status not in FINAL

    @property
    def ready(self) -> bool:
        """It waits, and nothing of its own keeps it."""
        return self.unfinished and not self.claimed and self.hold is Hold.NONE


@dataclass
class Model:
    """The queue: each priority is a list, those that are at servers included."""

    jobs: list[ModelJob] = field(default_factory=list)
    lists: dict[Priority, list[ModelJob]] = field(default_factory=lambda: {p: [] for p in Priority})
    paused: dict[str, str] = field(default_factory=dict)
    models: dict[str, tuple[str, int]] = field(default_factory=dict)
    """The checkpoint that each server was given last, and how many of it in a row."""
    beats: dict[str, datetime] = field(default_factory=dict)
    writers: dict[str, str] = field(default_factory=dict)
    """Batches that are not whole, and who writes them."""

    # Reading

    def order(self) -> list[ModelJob]:
        """All that is unfinished, in the order of the queue."""
        return [job for priority in Priority for job in self.lists[priority]]

    def page(self) -> list[ModelJob]:
        """The same, what is at servers first."""
        return sorted(self.order(), key=lambda job: not job.claimed)

    def counts(self) -> set[Count]:
        kinds = [(job.target, job.profile, job.hold) for job in self.order()]
        return {Count(*kind, kinds.count(kind)) for kind in kinds}

    def backlog(self, pixels: int) -> set[Backlog]:
        kinds = [(job.target, job.checkpoint) for job in self.order() if job.ready]
        return {Backlog(*kind, pixels, kinds.count(kind)) for kind in kinds}

    def ahead(self, job: ModelJob) -> int | None:
        if not job.unfinished or job.claimed:
            return None
        order = self.order()
        before = order[: order.index(job)]
        waiting = sum(other.ready and other.target == job.target for other in before)
        return waiting + sum(other.claimed and job.target in (other.target, other.profile) for other in order)

    # The order

    def enter(
        self, job: ModelJob, priority: Priority, hold: Hold = Hold.NONE, behind: ModelJob | None = None
    ) -> None:
        job.hold, job.priority = hold, Priority.NORMAL if behind else priority
        self.jobs.append(job)
        self.lists[job.priority].append(job)
        if behind is not None:
            self.move_beside([job], behind, after=True)

    def _taken_out(self, jobs: Collection[ModelJob]) -> list[ModelJob]:
        """Those of the jobs that wait, in their order; they are in no list any more."""
        chosen = [job for job in self.order() if job in jobs and not job.claimed]
        for job in chosen:
            self.lists[job.priority].remove(job)
        return chosen

    def prioritise(self, jobs: Sequence[ModelJob], priority: Priority) -> None:
        chosen = self._taken_out(jobs)
        for job in chosen:
            job.priority = priority
        self.lists[priority] += chosen

    def move_to(self, jobs: Sequence[ModelJob], *, start: bool) -> None:
        chosen = self._taken_out(jobs)
        for priority in Priority:
            own = [job for job in chosen if job.priority is priority]
            rest = self.lists[priority]
            self.lists[priority] = own + rest if start else rest + own

    def move_beside(self, jobs: Sequence[ModelJob], other: ModelJob, *, after: bool) -> None:
        chosen = self._taken_out([job for job in jobs if job is not other])
        for job in chosen:
            job.priority = other.priority
        beside = self.lists[other.priority]
        at = beside.index(other) + after
        beside[at:at] = chosen

    def step(self, job: ModelJob, *, forward: bool) -> None:
        line = self.lists[job.priority]
        at = line.index(job)
        way = range(at + 1, len(line)) if forward else range(at - 1, -1, -1)
        other = next((i for i in way if not line[i].claimed), None)
        if other is not None:
            line[at], line[other] = line[other], line[at]

    # Out and back

    def pick(self, lane: Lane, lacks: Callable[[str], bool]) -> ModelJob | None:
        """The job that the server gets next, wherever it has room."""

        def fits(job: ModelJob) -> bool:
            open_target = job.target in lane.targets and job.target not in self.paused
            fit = job.target == lane.profile or not job.checkpoint or not lacks(job.checkpoint)
            return job.ready and open_target and fit

        found = [job for job in self.order() if fits(job)]
        if not found:
            return None
        last, streak = self.models.get(lane.profile, ("", 0))
        if lane.group_checkpoints and last and streak < STREAK:
            same = [job for job in found if job.priority is found[0].priority and job.checkpoint == last]
            return (same or found)[0]
        return found[0]

    def claim(
        self, owner: str, lane: Lane, lacks: Callable[[str], bool], only: Collection[str] | None
    ) -> ModelJob | None:
        if {EVERYTHING, lane.profile} & self.paused.keys() or self.taken(lane.profile) >= lane.depth:
            return None
        job = self.pick(lane, lacks)
        if job is None or (only is not None and job.id not in only):
            return None
        job.claimed, job.owner, job.profile = True, owner, lane.profile
        last, streak = self.models.get(lane.profile, ("", 0))
        self.models[lane.profile] = job.checkpoint, streak + 1 if last == job.checkpoint else 1
        return job

    def taken(self, profile: str) -> int:
        """How many jobs are at a server."""
        return sum(job.claimed and job.profile == profile for job in self.order())

    def put_back(self, job: ModelJob) -> None:
        job.status, job.owner, job.profile, job.claimed = Status.NEW, "", "", False
        if job.cancelled:
            self.end(job, Status.CANCELLED)

    def end(self, job: ModelJob, status: Status) -> None:
        self.lists[job.priority].remove(job)
        job.status = status

    def forget(self, job: ModelJob) -> None:
        """It is deleted for good."""
        self.jobs.remove(job)
        if job.unfinished:
            self.lists[job.priority].remove(job)

    def silent(self, owner: str, stale_before: datetime) -> bool:
        """Whether the owner was not heard of since then."""
        return owner not in self.beats or self.beats[owner] < stale_before

    def drop_batch(self, batch: str) -> None:
        del self.writers[batch]
        for job in [job for job in self.jobs if job.batch == batch]:
            job.batch = ""
            if job.unfinished:
                self.forget(job)
