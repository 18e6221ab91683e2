"""Eight servers in a group: whether they are kept busy, and whether their news slow the keyboard down."""

from __future__ import annotations

import asyncio
import time
from contextlib import AsyncExitStack, ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import httpx

from benchmarks import homes, jobs
from benchmarks.figures import Figure, median, p95, spread
from benchmarks.keys import BOUND_MS, SIZE, presses
from benchmarks.pty_program import PtyProgram
from benchmarks.servers import demo_server
from darkroom.config.paths import resolve
from darkroom.config.settings import load
from darkroom.domain.profile import Profile
from darkroom.domain.service import COMFYUI
from darkroom.domain.workflow import BUILT_IN
from darkroom.services.batches import Wanted
from darkroom.services.core import Core
from darkroom.services.updates import Changed
from tests.contract.backends import available
from tests.servers.comfyui import comfyui_server

if TYPE_CHECKING:
    from benchmarks.__main__ import Options
    from tests.servers.comfyui import ComfyServer

SERVERS = 8
GROUP = "farm"
JOB_S = 1.0
STEPS = 4
JOBS_EACH = 25
"""So many that the start, and the end, where there is nothing left to give, are a small part."""

BUSY = 0.95

EVENTS_A_SECOND = 200
EVENT_STEPS = 4000


def _names() -> list[str]:
    return [f"box{number}" for number in range(SERVERS)]


def _make_group(core: Core, urls: list[str]) -> None:
    for name, url in zip(_names(), urls, strict=True):
        core.profiles.save(Profile(name, url=url))
    core.profiles.save_group(GROUP, _names())


async def _queue(core: Core, count: int, steps: int) -> None:
    session = await core.sessions.last()
    quick = available()[COMFYUI].quick
    values = {**quick, "prompt": "a quiet harbour", "steps": steps, "seed": jobs.new_mark()}
    wanted = await core.batches.compose(session.id, GROUP, BUILT_IN, values, Wanted(count=count))
    await core.batches.add(wanted)


async def _servers(stack: AsyncExitStack, folder: Path) -> list[ComfyServer]:
    return [
        await stack.enter_async_context(
            comfyui_server(folder / name, speed=0, previews=False, idle_exit_s=600)
        )
        for name in _names()
    ]


async def _executing_s(server: ComfyServer) -> float:
    """How long the server was at work, in seconds, by its own clock: each job from its start to its end."""
    async with httpx.AsyncClient(base_url=server.url) as client:
        history = (await client.get("/history", params={"max_items": 1000})).raise_for_status().json()
    total_ms = 0
    for entry in history.values():
        moments = {kind: data["timestamp"] for kind, data in entry["status"]["messages"]}
        total_ms += moments["execution_success"] - moments["execution_start"]
    return total_ms / 1000


async def _busy() -> Figure:
    """Jobs that sleep, so that eight servers do not need eight processors."""
    count = SERVERS * JOBS_EACH
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        servers = await _servers(stack, folder)
        for server in servers:
            await server.fault("slow_step", seconds=JOB_S / STEPS, count=-1)
        paths = resolve(folder / "home", {})
        paths.create()
        core = await Core.open(paths, load(paths, {}))
        stack.push_async_callback(core.aclose)
        _make_group(core, [server.url for server in servers])
        await core.start()
        await core.queue.pause()
        await _queue(core, count, STEPS)
        updates = core.updates()
        stack.callback(updates.close)
        began, done, by = time.monotonic(), 0, dict.fromkeys(_names(), 0)
        await core.queue.resume()
        async for update in updates:
            if isinstance(update, Changed) and update.summary.status.final:
                by[update.summary.profile] += 1
                done += 1
                if done == count:
                    break
        took = time.monotonic() - began
        executing_s = sum([await _executing_s(server) for server in servers])
    busy = executing_s / (SERVERS * took)
    return Figure(
        f"{SERVERS} servers kept busy by a group, jobs of {JOB_S:g} s",
        100 * busy,
        None,
        "%",
        f"at least {100 * BUSY:g} %",
        busy >= BUSY,
        f"{count} jobs in {took:.2f} s, {min(by.values())} to {max(by.values())} by each;"
        f" {executing_s / count:.3f} s for each, as the servers say",
    )


async def _furnish(folder: Path, urls: list[str]) -> None:
    """Jobs for all of them, in a queue that is paused."""
    paths = resolve(folder, {})
    core = await Core.open(paths, load(paths, {}))
    try:
        _make_group(core, urls)
        await core.queue.pause()
        await _queue(core, 2 * SERVERS, EVENT_STEPS)
    finally:
        await core.aclose()


async def _resume(folder: Path) -> None:
    paths = resolve(folder, {})
    core = await Core.open(paths, load(paths, {}))
    try:
        await core.queue.resume()
    finally:
        await core.aclose()


def _keys(count: int) -> Figure:
    """At rest first, then while all servers tell of their steps, in one process."""
    with ExitStack() as stack:
        servers = [stack.enter_context(demo_server(previews=False)) for _ in range(SERVERS)]
        urls = [server.url for server in servers]
        folder = stack.enter_context(homes.home(urls[0]))
        asyncio.run(_furnish(folder, urls))
        program = stack.enter_context(PtyProgram(homes.command(), homes.environ(folder), size=SIZE))
        program.until(homes.DRAFT.encode())
        program.rest(3)
        idle = presses(program, count)
        for server in servers:
            server.fault("slow_step", seconds=SERVERS / EVENTS_A_SECOND, count=-1)
        asyncio.run(_resume(folder))
        program.rest(6)
        busy = presses(program, count)
    bound = max(2 * p95(idle), BOUND_MS)
    return Figure(
        f"key → repaint, p95, {EVENTS_A_SECOND} events a second from {SERVERS} servers",
        p95(busy),
        p95(idle),
        "ms",
        f"at most max(2× idle, {BOUND_MS:g} ms) = {bound:.1f} ms",
        p95(busy) <= bound,
        f"medians {median(busy):.1f} and {median(idle):.1f}; busy {spread(busy)}; idle {spread(idle)}",
    )


def measure(options: Options) -> list[Figure]:
    """Both on test servers of ComfyUI's protocol."""
    return [asyncio.run(_busy()), _keys(max(100, options.runs * 5))]
