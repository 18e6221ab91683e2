"""The queue: how fast jobs go in, what a long queue costs each job, and whether memory stays where it is."""

from __future__ import annotations

import asyncio
import math
import time
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from benchmarks import jobs
from benchmarks.bare import SCRIPTS
from benchmarks.bare.shelf import Shelf
from benchmarks.figures import Figure, median, p95, spread
from darkroom.config.paths import resolve
from darkroom.config.settings import load
from darkroom.domain.generation import Status
from darkroom.domain.profile import Profile
from darkroom.domain.service import COMFYUI
from darkroom.domain.workflow import BUILT_IN
from darkroom.services.batches import Wanted
from darkroom.services.core import Core
from darkroom.services.updates import Changed
from tests.contract.backends import available
from tests.servers.comfyui import comfyui_server

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from benchmarks.__main__ import Options
    from darkroom.domain.parameters import Values

PROFILE = "box"
LENGTHS = (100, 1_000, 10_000)
ADDING_S = 5.0
STALL_MS = 10.0
MORE_MS = 12.0
GROWTH = math.log(LENGTHS[-1]) / math.log(LENGTHS[0])
"""A cost that grows like the logarithm of the length doubles from the shortest to the longest queue."""

WARM_UP = 5
FLAT_RATIO = 1.1
SETTLED = 200
"""Jobs after which every cache has what it needs."""


@asynccontextmanager
async def _core(folder: Path, url: str) -> AsyncIterator[Core]:
    paths = resolve(folder, {})
    paths.create()
    core = await Core.open(paths, load(paths, {}))
    try:
        core.profiles.save(Profile(PROFILE, url=url, queue_depth=1))
        await core.start()
        yield core
    finally:
        await core.aclose()


def _values() -> Values:
    quick = available()[COMFYUI].quick
    return {**quick, "prompt": "a quiet harbour", "steps": 1, "seed": jobs.new_mark()}


async def _add(core: Core, count: int, target: str = PROFILE) -> None:
    session = await core.sessions.last()
    wanted = await core.batches.compose(session.id, target, BUILT_IN, _values(), Wanted(count=count))
    await core.batches.add(wanted)


async def _stalls(stop: asyncio.Event) -> list[float]:
    """How late the event loop came to a timer of one millisecond, in ms, until `stop`."""
    late = []
    while not stop.is_set():
        began = time.perf_counter()
        await asyncio.sleep(0.001)
        late.append(1000 * (time.perf_counter() - began) - 1)
    return late


async def _adding(url: str) -> list[Figure]:
    with TemporaryDirectory() as folder:
        async with _core(Path(folder), url) as core:
            await core.queue.pause()
            await _add(core, 10)  # reads what the server offers
            stop = asyncio.Event()
            watching = asyncio.create_task(_stalls(stop))
            began = time.perf_counter()
            await _add(core, LENGTHS[-1])
            took = time.perf_counter() - began
            stop.set()
            late = await watching
    return [
        Figure(
            f"{LENGTHS[-1]:,} jobs queued",
            took,
            None,
            "s",
            f"at most {ADDING_S:g} s",
            took <= ADDING_S,
        ),
        Figure(
            "the event loop meanwhile, 95 of 100 timers late by",
            p95(late),
            None,
            "ms",
            f"at most {STALL_MS:g} ms",
            p95(late) <= STALL_MS,
            f"the longest {max(late):.1f}",
        ),
    ]


async def _ends(core: Core, count: int) -> list[float]:
    """The moments at which the next `count` jobs are kept."""
    updates = core.updates()
    moments: list[float] = []
    async for update in updates:
        if isinstance(update, Changed) and update.summary.status.final:
            if update.summary.status is not Status.COMPLETE:
                raise SystemExit(f"a measured job ended {update.summary.status}: {update.summary.reason}")
            moments.append(time.monotonic())
            if len(moments) == count:
                break
    updates.close()
    return moments


async def _each(url: str, waiting: int, runs: int) -> list[float]:
    """From one kept picture to the next, in ms, with a queue of this length and one job at the server."""
    with TemporaryDirectory() as folder:
        async with _core(Path(folder), url) as core:
            await core.queue.pause()
            await _add(core, waiting)
            watching = asyncio.create_task(_ends(core, WARM_UP + runs))
            await asyncio.sleep(0)
            await core.queue.resume()
            moments = await watching
            await core.queue.pause()
            await core.queue.clear()
    counted = moments[WARM_UP:]
    return [1000 * (end - begun) for begun, end in zip(moments[WARM_UP - 1 : -1], counted, strict=True)]


async def _bare(url: str, runs: int) -> list[float]:
    """The same by the bare script, in ms a picture."""
    with TemporaryDirectory() as folder, Shelf.opened(Path(folder)) as shelf:
        async with _core(Path(folder) / "darkroom", url) as core:
            session = await core.sessions.last()
            kept = await core.generations.submit(session.id, PROFILE, BUILT_IN, _values())
            await core.generations.wait(kept.id)
            made = await core.history.get(kept.id)
        job = jobs.Job(BUILT_IN, {"seed": int(made.summary.seed)})
        took = []
        async with SCRIPTS[COMFYUI](url, shelf) as bare:
            for _ in range(WARM_UP + runs):
                request = jobs.request_again(made, job)
                began = time.monotonic()
                await bare.run(request)
                took.append(1000 * (time.monotonic() - began))
    return took[WARM_UP:]


async def _long_queue(url: str, runs: int) -> list[Figure]:
    bare = await _bare(url, runs)
    ours = {length: await _each(url, length, runs) for length in LENGTHS}
    bare += await _bare(url, runs)
    longest, shortest = median(ours[LENGTHS[-1]]), median(ours[LENGTHS[0]])
    more = longest - median(bare)
    return [
        Figure(
            f"claim → kept, {LENGTHS[-1]:,} waiting",
            longest,
            median(bare),
            "ms",
            f"at most {MORE_MS:g} ms more than the bare script: {more:+.1f} ms",
            more <= MORE_MS,
            f"ours {spread(ours[LENGTHS[-1]])}; bare {spread(bare)}",
        ),
        Figure(
            f"the same beside {LENGTHS[0]:,} waiting",
            longest,
            shortest,
            "ms",
            f"at most {GROWTH:.1f}×: the logarithm of the length",
            longest <= GROWTH * shortest,
            "; ".join(f"{length:,}: {median(times):.1f}" for length, times in ours.items()),
        ),
    ]


def _resident_mb() -> float:
    """Resident memory of this process (Linux)."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * 4096 / 1e6


async def _memory(url: str, count: int) -> list[Figure]:
    with TemporaryDirectory() as folder:
        async with _core(Path(folder), url) as core:
            await core.queue.pause()
            await _add(core, count)
            watching = asyncio.create_task(_ends(core, SETTLED))
            await asyncio.sleep(0)
            await core.queue.resume()
            await watching
            before = _resident_mb()
            await _ends(core, count - SETTLED - 1)
            after = _resident_mb()
    return [
        Figure(
            f"memory after {count:,} jobs beside after {SETTLED}",
            after,
            before,
            "MB",
            f"at most {FLAT_RATIO:g}×",
            after <= FLAT_RATIO * before,
        )
    ]


async def _all(options: Options) -> list[Figure]:
    with TemporaryDirectory() as folder:
        async with comfyui_server(Path(folder), speed=0, previews=False, idle_exit_s=600) as server:
            return [
                *await _adding(server.url),
                *await _long_queue(server.url, options.runs),
                *await _memory(server.url, max(SETTLED * 2, options.runs * 100)),
            ]


def measure(options: Options) -> list[Figure]:
    """On a test server; 10,000 jobs are run with `--runs 100`."""
    return asyncio.run(_all(options))
