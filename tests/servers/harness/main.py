"""A test server's process: its command line, its first line, and its end.

What it promises to whoever starts it is in `tests.servers.process`.
"""

from __future__ import annotations

import argparse
import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence

LOOK_EVERY_S = 0.5


class Built(NamedTuple):
    """A server that can be served: its application, and what works beside it for ever."""

    app: web.Application
    work: Sequence[Coroutine[Any, Any, None]] = ()


def parser() -> argparse.ArgumentParser:
    """Takes the arguments of every test server; a service adds its own."""
    made = argparse.ArgumentParser()
    made.add_argument("--home", type=Path, required=True)
    made.add_argument("--port", type=int, default=0)
    made.add_argument("--step-s", type=float, default=0.0)
    return made


def run(name: str, options: argparse.Namespace, build: Callable[[argparse.Namespace], Built]) -> None:
    """Serves until the process that started this one is gone.

    Args:
        name: What the server calls itself in its first line.
        options: What `parser` read.
        build: Makes the server, inside of its event loop.
    """
    options.home.mkdir(parents=True, exist_ok=True)
    asyncio.run(_serve(name, options, build))


async def _serve(
    name: str, options: argparse.Namespace, build: Callable[[argparse.Namespace], Built]
) -> None:
    parent = os.getppid()
    app, work = build(options)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", options.port).start()
    tasks = [asyncio.create_task(each) for each in (_gone(parent), *work)]
    print(f"{name} listens on http://127.0.0.1:{runner.addresses[0][1]}", flush=True)  # noqa: T201
    done, open_ones = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in done:
        # Work that has ended by a mistake of its own raises it here.
        task.result()
    for task in open_ones:
        task.cancel()
    await runner.cleanup()


async def _gone(parent: int) -> None:
    """Ends when the process that started this one is gone, which nothing tells but its number."""
    while os.getppid() == parent:  # noqa: ASYNC110 - nobody could set an event
        await asyncio.sleep(LOOK_EVERY_S)
