"""Submit → picture durably stored, beside a bare script that does the same by hand; of every service.

Both send the same request, in turn, to the same server: a short job, and one of about five seconds. How
long a picture that a test server has is on its way into the store is measured by the same runs.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import jobs
from benchmarks.bare import SCRIPTS
from benchmarks.bare.shelf import Shelf
from benchmarks.figures import Figure, median, p95, spread
from benchmarks.ours import Ours
from darkroom.connectors.fooocus_api.follow import POLL_S
from darkroom.domain.service import FOOOCUS_API, SERVICES
from tests.contract.backends import available
from tests.servers.process import running

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from benchmarks.__main__ import Options
    from benchmarks.bare import Bare
    from benchmarks.jobs import Job
    from tests.contract.backends.base import Backend
    from tests.servers.process import ServerProcess

MORE_MS = 10
LONG_RATIO = 1.02
PUSHED_MS = 50
POLLED = {FOOOCUS_API: POLL_S * 1000}
"""Services that must be asked, and how often they are asked while a job runs, in ms."""

POLLED_RATIO = 1.2

WARM_UP = 2
LONG_RUNS = 3
"""Runs of the five-second job; its length makes more of them pointless."""

LONG_RUNS_POLLED = 10
"""Likewise where it is chance how soon after its end a job is asked for: by 5 % of its length."""


@dataclass
class Times:
    """In ms, a number for each run.

    Attributes:
        ours: From the submit until Darkroom says that the picture is kept.
        bare: The same of the script.
        handover: From when the server had the picture until Darkroom says that it is kept.
    """

    ours: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)
    handover: list[float] = field(default_factory=list)


@dataclass(frozen=True)
class Site:
    """A server, Darkroom and the bare script that drive it."""

    backend: Backend
    url: str
    ours: Ours
    bare: Bare
    server: ServerProcess | None

    async def compare(self, job: Job, runs: int, *, warm_up: int = WARM_UP) -> Times:
        """Both in turn; the first `warm_up` runs are not counted."""
        times = Times()
        first = await self.ours.run(job.workflow, job.values)
        for index in range(warm_up + runs):
            request = jobs.request_again(first.generation, job)
            began = time.monotonic()
            await self.bare.run(request)
            bare_s = time.monotonic() - began
            next_job = jobs.again(job)
            made = await self.ours.run(next_job.workflow, next_job.values)
            if index < warm_up:
                continue
            times.bare.append(1000 * bare_s)
            times.ours.append(1000 * made.took_s)
            if self.server is not None:
                times.handover.append(1000 * (made.at - (await self.server.state()).ready_at))
        return times


@asynccontextmanager
async def _site(backend: Backend, url: str = "") -> AsyncIterator[Site]:
    """With a test server where no `url` of a real one is given."""
    with tempfile.TemporaryDirectory() as home, ExitStack() as stack:
        folder = Path(home)
        shelf = stack.enter_context(Shelf.opened(folder))
        if url:
            async with _driven(backend, url, folder, shelf, None) as site:
                yield site
            return
        async with (
            running(backend.server(folder / "server")) as server,
            _driven(backend, server.url, folder, shelf, server) as site,
        ):
            yield site


@asynccontextmanager
async def _driven(
    backend: Backend, url: str, folder: Path, shelf: Shelf, server: ServerProcess | None
) -> AsyncIterator[Site]:
    async with (
        SCRIPTS[backend.service](url, shelf) as bare,
        Ours.opened(backend.service, url, folder / "darkroom") as ours,
    ):
        yield Site(backend, url, ours, bare, server)


async def _of_service(backend: Backend, runs: int) -> list[Figure]:
    """On the test server of a service."""
    title = SERVICES[backend.service].title
    polled_ms = POLLED.get(backend.service)
    async with _site(backend) as site:
        short = await site.compare(await jobs.short(backend, site.url), runs)
        long_runs = min(runs, LONG_RUNS if polled_ms is None else LONG_RUNS_POLLED)
        long = await site.compare(jobs.long(backend), long_runs, warm_up=0)
    # Questions are rare only while a job has run for some seconds.
    handover = long.handover if polled_ms is not None else short.handover
    return [_short(title, short), _long(title, long), _handover(title, handover, polled_ms)]


def _short(label: str, times: Times) -> Figure:
    # One after the other, so that a machine that grows busy is busy for both.
    more = median(ours - bare for ours, bare in zip(times.ours, times.bare, strict=True))
    return Figure(
        f"submit → kept, a short job, {label}",
        median(times.ours),
        median(times.bare),
        "ms",
        f"at most {MORE_MS} ms more than the bare script: {more:+.1f} ms",
        more <= MORE_MS,
        f"ours {spread(times.ours)}; bare {spread(times.bare)}",
    )


def _long(label: str, times: Times) -> Figure:
    ratio = median(ours / bare for ours, bare in zip(times.ours, times.bare, strict=True))
    return Figure(
        f"submit → kept, a job of 5 s, {label}",
        median(times.ours),
        median(times.bare),
        "ms",
        f"at most {LONG_RATIO}× the bare script: {ratio:.4f}×",
        ratio <= LONG_RATIO,
        f"ours {spread(times.ours)}; bare {spread(times.bare)}",
    )


def _handover(label: str, times: list[float], polled_ms: float | None) -> Figure:
    bound = PUSHED_MS if polled_ms is None else POLLED_RATIO * polled_ms
    why = "it pushes" if polled_ms is None else f"{POLLED_RATIO}× the {polled_ms:g} ms between two questions"
    return Figure(
        f"the server has it → kept, 95 of 100, {label}",
        p95(times),
        None,
        "ms",
        f"at most {bound:g} ms: {why}",
        p95(times) <= bound,
        f"median {median(times):.1f}, {spread(times)}",
    )


async def _all(options: Options) -> list[Figure]:
    backends = available()
    figures = []
    for backend in backends.values():
        figures += await _of_service(backend, options.runs)
    for service, url in options.live:
        async with _site(backends[service], url) as site:
            times = await site.compare(await jobs.short(backends[service], url), options.runs)
        figures.append(_short(f"real {SERVICES[service].title}", times))
    return figures


def measure(options: Options) -> list[Figure]:
    """Measures on the test servers, and on real ones where URLs were given."""
    return asyncio.run(_all(options))
