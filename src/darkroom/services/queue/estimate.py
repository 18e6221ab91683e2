"""How long the queue will take, by what this user's own servers took so far."""

from __future__ import annotations

from collections import defaultdict
from time import monotonic
from typing import TYPE_CHECKING, NamedTuple

from darkroom.domain.errors import ConfigError, InputError
from darkroom.domain.queue import EVERYTHING

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from darkroom.domain.queue import Backlog, Job
    from darkroom.services.profiles import Profiles
    from darkroom.store.store import Store

KEPT_S = 20.0
"""How long a measured time is believed before it is looked up anew."""


class Estimate(NamedTuple):
    """When the queue will be empty.

    Attributes:
        seconds: Until every job that may go, and is like an earlier one, is done; `None` when there are jobs
            and none of them is.
        unknown: Jobs unlike any that was made so far: their time comes on top.
    """

    seconds: float | None
    unknown: int


class Estimates:
    """Looks up what jobs took, and adds it up."""

    def __init__(self, store: Store, profiles: Profiles, *, clock: Callable[[], float] = monotonic) -> None:
        """`clock` gives seconds that never go back."""
        self._store = store
        self._profiles = profiles
        self._clock = clock
        self._known: dict[tuple[str, str, int], tuple[float, float | None]] = {}

    async def job(self, job: Job) -> float | None:
        """Seconds that a job takes once it runs; `None` when none like it was made so far."""
        summary = job.summary
        pixels = (summary.width_px or 0) * (summary.height_px or 0)
        measured = await self._measured(summary.profile, summary.checkpoint, pixels)
        return sum(measured.values()) / len(measured) if measured else None

    async def all(
        self,
        backlog: Iterable[Backlog],
        at_servers: Iterable[Job],
        *,
        paused: Collection[str] = (),
        fraction: Callable[[str], float | None] = lambda _: None,
        foreign: Mapping[str, int] | None = None,
    ) -> Estimate:
        """When all of it is done.

        Args:
            backlog: What waits and is not on hold.
            at_servers: Jobs that a Darkroom has.
            paused: Profiles and groups that are stopped, `EVERYTHING` among them: what waits for them alone
                is not counted.
            fraction: How much of a job is done, by its generation's id; `None` when unknown.
            foreign: How many jobs of others stand at a server; each counts like one of ours there.
        """
        busy_s: dict[str, float] = defaultdict(float)
        longest_s: dict[str, float] = {}
        jobs = unknown = 0
        for job in at_servers:
            jobs += 1
            seconds = await self.job(job)
            if seconds is None:
                unknown += 1
                continue
            busy_s[job.summary.profile] += seconds * (1 - (fraction(job.summary.id) or 0.0))
            longest_s[job.summary.profile] = seconds
        groups = []
        for kind in backlog:
            if EVERYTHING in paused or kind.target in paused:
                continue
            jobs += kind.jobs
            measured = await self._measured(kind.target, kind.checkpoint, kind.pixels)
            measured = {name: took_s for name, took_s in measured.items() if name not in paused}
            longest_s |= {name: max(took_s, longest_s.get(name, 0.0)) for name, took_s in measured.items()}
            if not measured:
                unknown += kind.jobs
            elif len(measured) == 1:
                busy_s[next(iter(measured))] += kind.jobs * sum(measured.values())
            else:
                groups.append((kind.jobs, measured))
        for name, count in (foreign or {}).items():
            if name in longest_s:
                busy_s[name] += count * longest_s[name]
        for count, measured in groups:
            _divide(busy_s, count, measured)
        if jobs and jobs == unknown:
            return Estimate(None, unknown)
        return Estimate(max(busy_s.values(), default=0.0), unknown)

    async def _measured(self, target: str, checkpoint: str, pixels: int) -> dict[str, float]:
        """Seconds of such a job by server: of a group, of those of its servers that made one."""
        found = {}
        for member in self._members(target):
            seconds = await self._seconds(member, checkpoint, pixels)
            if seconds:
                found[member] = seconds
        return found

    def _members(self, target: str) -> tuple[str, ...]:
        try:
            return self._profiles.members(target)
        except (ConfigError, InputError):
            return (target,)  # it is gone from the configuration, and its times are not

    async def _seconds(self, profile: str, checkpoint: str, pixels: int) -> float | None:
        key = (profile, checkpoint, pixels)
        looked_at, seconds = self._known.get(key, (float("-inf"), None))
        if self._clock() - looked_at > KEPT_S:
            seconds = await self._store.generations.seconds(profile, checkpoint, pixels)
            self._known[key] = self._clock(), seconds
        return seconds


def _divide(busy_s: dict[str, float], jobs: int, measured: Mapping[str, float]) -> None:
    """Gives a group's jobs to its servers so that they end together, as far as that can be.

    A server that is busy for longer than the others need for all of them gets none.
    """
    servers = sorted(measured, key=lambda name: busy_s[name])
    chosen: list[str] = []
    end_s = 0.0
    for name in servers:
        if chosen and busy_s[name] >= end_s:
            break
        chosen.append(name)
        rate = sum(1 / measured[one] for one in chosen)
        end_s = (jobs + sum(busy_s[one] / measured[one] for one in chosen)) / rate
    for name in chosen:
        busy_s[name] = end_s
