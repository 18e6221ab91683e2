"""The longest stall of the event loop while very long lists are read and kept, and opened at the next start.

Through the real connectors, the services and the store: what a person would feel as a key that hangs.
"""

from __future__ import annotations

import asyncio
import gc
import tempfile
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import files, large_lists
from benchmarks.figures import Figure, median, spread
from benchmarks.json_stall import BOUND_MS, longest_stall_ms
from darkroom.config.paths import resolve
from darkroom.config.settings import load
from darkroom.domain.profile import address_name
from darkroom.domain.service import SERVICES
from darkroom.domain.workflow import BUILT_IN
from darkroom.services.core import Core

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from benchmarks.__main__ import Options


@asynccontextmanager
async def _core(home: Path) -> AsyncIterator[Core]:
    paths = resolve(home, {})
    core = await Core.open(paths, load(paths, {}))
    try:
        yield core
    finally:
        await core.aclose()


async def _stalls_ms(profile: str) -> tuple[float, float]:
    """While the lists are read for the first time and kept; and while they are opened at the next start."""
    with tempfile.TemporaryDirectory() as folder:
        async with _core(Path(folder)) as core:
            await core.connections.get(profile)
            state = await core.forms.open("", profile, BUILT_IN)
            gc.collect()
            first = await longest_stall_ms(core.forms.refresh(state))
        async with _core(Path(folder)) as core:
            await core.sessions.last()
            gc.collect()
            second = await longest_stall_ms(core.forms.open("", profile, BUILT_IN))
            if not (await core.forms.open("", profile, BUILT_IN)).known:
                raise SystemExit(f"the lists of {profile} were not kept")
    return first, second


async def _of_service(service: str, url: str, size: float, runs: int) -> list[Figure]:
    profile = address_name(service, url)
    found = [await _stalls_ms(profile) for _ in range(runs + 1)]
    title = SERVICES[service].title
    return [
        _figure(f"stall while {size:.1f} MB of lists are read, {title}", [first for first, _ in found[1:]]),
        _figure(f"stall while they are opened at the next start, {title}", [again for _, again in found[1:]]),
    ]


def _figure(name: str, stalls: list[float]) -> Figure:
    return Figure(
        name,
        median(stalls),
        None,
        "ms",
        f"at most {BOUND_MS:.0f} ms",
        median(stalls) <= BOUND_MS,
        spread(stalls),
    )


def measure(options: Options) -> list[Figure]:
    """All services, each with answers of its own."""
    found = []
    for service, answers in large_lists.ANSWERS.items():
        with tempfile.TemporaryDirectory() as folder:
            size = files.write(Path(folder), answers()) / 1e6
            with files.serving(Path(folder)) as url:
                found += asyncio.run(_of_service(service, url, size, max(3, options.runs // 4)))
    return found
