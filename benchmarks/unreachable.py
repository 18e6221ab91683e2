"""Ten profiles, nine of whose servers cannot be reached, beside the tenth alone.

Three ports are closed, three addresses swallow everything, three servers accept and say nothing.
"""

from __future__ import annotations

import asyncio
import socket
import tempfile
import time
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import homes
from benchmarks.figures import Figure, median, spread
from benchmarks.pty_program import PtyProgram
from benchmarks.servers import demo_server
from darkroom.config.paths import resolve
from darkroom.config.settings import load
from darkroom.domain.profile import Profile
from darkroom.domain.service import SERVICES
from darkroom.services.core import Core

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Sequence

    from benchmarks.__main__ import Options

BOUND = 1.15
EACH = 3
SIZE = (160, 48)

UP = b"Darkroom demo, no AI"
"""What the status line says as soon as the demo server has answered."""

SWALLOWS = "http://192.0.2.{}:7860"
"""Addresses that are nobody's (RFC 5737)."""

UNDER_WAY_S = 0.5
"""After so long all nine are being asked."""


@contextmanager
def nine() -> Iterator[tuple[Profile, ...]]:
    """Profiles of nine servers that cannot be reached, of all services."""
    with ExitStack() as stack:
        listening = [stack.enter_context(closing(_listening())) for _ in range(2 * EACH)]
        ports = [found.getsockname()[1] for found in listening]
        for found in listening[EACH:]:
            found.close()
        urls = [f"http://127.0.0.1:{port}" for port in ports]
        urls += [SWALLOWS.format(number) for number in range(1, EACH + 1)]
        services = [*SERVICES, *SERVICES]
        yield tuple(Profile(f"far-{n}", services[n], url) for n, url in enumerate(urls))


def _listening() -> socket.socket:
    """A socket whose connections are taken, by the kernel, and never answered."""
    made = socket.socket()
    made.bind(("127.0.0.1", 0))
    made.listen(64)
    return made


def _start(folder: Path) -> tuple[float, float]:
    """Until the first paint, and until the status line says that the server is up; both in ms."""
    with PtyProgram(homes.command(), homes.environ(folder), size=SIZE) as program:
        painted = program.until(homes.DRAFT.encode(), homes.NEWEST.encode())
        up = program.until(UP)
        return 1000 * (painted - program.started), 1000 * (up - program.started)


def _starts(url: str, others: Sequence[Profile], runs: int) -> list[Figure]:
    """In turn, one start of each; one of each before that is not counted."""
    with homes.home(url) as alone, homes.home(url, others=others) as among:
        found = [(_start(among), _start(alone)) for _ in range(runs + 1)]
    names = ("start → first paint", "start → the server is up in the status line")
    return [
        _figure(
            f"{name}, ten profiles, nine unreachable",
            [ours[at] for ours, _ in found[1:]],
            [theirs[at] for _, theirs in found[1:]],
        )
        for at, name in enumerate(names)
    ]


@asynccontextmanager
async def _core(url: str, others: Sequence[Profile]) -> AsyncIterator[Core]:
    """A core that goes on asking all of `others`."""
    with tempfile.TemporaryDirectory() as folder:
        paths = resolve(Path(folder), {})
        core = await Core.open(paths, load(paths, {}))
        for profile in (Profile("box", url=url), *others):
            core.profiles.save(profile)
        watching = [asyncio.create_task(core.connections.watch(profile.name)) for profile in others]
        try:
            await asyncio.sleep(UNDER_WAY_S)
            yield core
        finally:
            for task in watching:
                task.cancel()
            await asyncio.gather(*watching, return_exceptions=True)
            await core.aclose()


async def _probes(url: str, others: Sequence[Profile], runs: int) -> Figure:
    """The good server asked whether it is there, on a new connection each time."""
    ours: list[float] = []
    alone: list[float] = []
    async with AsyncExitStack() as stack:
        cores = [
            (await stack.enter_async_context(_core(url, others)), ours),
            (await stack.enter_async_context(_core(url, ())), alone),
        ]
        for _ in range(runs + 1):
            for core, times in cores:
                await core.connections.forget("box")
                began = time.perf_counter()
                await core.connections.probe("box")
                times.append(1000 * (time.perf_counter() - began))
    return _figure("a server is asked while nine others do not answer", ours[1:], alone[1:])


def _figure(name: str, ours: list[float], alone: list[float]) -> Figure:
    ratio = median(one / other for one, other in zip(ours, alone, strict=True))
    return Figure(
        name,
        median(ours),
        median(alone),
        "ms",
        f"at most {BOUND}× the same with that one profile: {ratio:.2f}×",
        ratio <= BOUND,
        f"ours {spread(ours)}; alone {spread(alone)}",
    )


def measure(options: Options) -> list[Figure]:
    """Starts of the program, and questions of its services."""
    with demo_server() as server, nine() as others:
        found = _starts(server.url, others, options.runs)
        # They take milliseconds: many more runs than asked for.
        found.append(asyncio.run(_probes(server.url, others, 5 * options.runs)))
    return found
