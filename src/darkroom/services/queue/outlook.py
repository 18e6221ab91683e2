"""The queue as a whole: how much there is, what stops it, and when it will be empty."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from darkroom.domain.queue import EVERYTHING, Hold
from darkroom.services.queue.estimate import Estimate, Estimates

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from darkroom.domain.queue import Count, Job, Pause
    from darkroom.store.store import Store

AT_SERVERS = 200
"""Jobs at servers that are looked at one by one; more servers than that are a cluster."""


class Outlook(NamedTuple):
    """What the head of a queue screen says.

    Attributes:
        at_servers: Jobs that a Darkroom has, in the order of the queue; `AT_SERVERS` at most.
        ready: How many wait and are not on hold; their profile may be paused all the same.
        held: How many are on hold.
        stuck: Those of `ready` whose profile, or everything, is paused.
        pauses: What is stopped; all of it first.
        estimate: When it will be empty.
        targets: How many jobs there are for each profile or group, or at it.
    """

    at_servers: tuple[Job, ...] = ()
    ready: int = 0
    held: int = 0
    stuck: int = 0
    pauses: tuple[Pause, ...] = ()
    estimate: Estimate = Estimate(0.0, 0)
    targets: Mapping[str, int] = {}

    @property
    def waiting(self) -> int:
        """Jobs that no Darkroom has taken."""
        return self.ready + self.held

    @property
    def total(self) -> int:
        """All unfinished jobs."""
        return len(self.at_servers) + self.waiting

    def pause_of(self, name: str) -> Pause | None:
        """What stops a profile or group, itself or with all the others."""
        return next((pause for pause in self.pauses if pause.profile in (EVERYTHING, name)), None)


async def look(
    store: Store,
    estimates: Estimates,
    *,
    fraction: Callable[[str], float | None] = lambda _: None,
    foreign: Mapping[str, int] | None = None,
) -> Outlook:
    """Reads it; `fraction` and `foreign` as `Estimates.all`.

    Raises:
        StoreError: The database cannot be read.
    """
    counts = await store.queue.counts()
    pauses = await store.queue.pauses()
    taken = sum(count.jobs for count in counts if count.profile)
    at_servers = await store.queue.page(limit=min(taken, AT_SERVERS)) if taken else ()
    paused = {pause.profile for pause in pauses}
    backlog = await store.queue.backlog()
    targets: dict[str, int] = {}
    for count in counts:
        for name in {count.target, count.profile or count.target}:
            targets[name] = targets.get(name, 0) + count.jobs
    waiting = [count for count in counts if not count.profile]
    return Outlook(
        tuple(job for job in at_servers if job.claimed),
        sum(count.jobs for count in waiting if count.hold is Hold.NONE),
        sum(count.jobs for count in waiting if count.hold is not Hold.NONE),
        sum(count.jobs for count in waiting if count.hold is Hold.NONE and _stuck(count, paused)),
        pauses,
        await estimates.all(backlog, at_servers, paused=paused, fraction=fraction, foreign=foreign),
        targets,
    )


def _stuck(count: Count, paused: set[str]) -> bool:
    return EVERYTHING in paused or count.target in paused
