"""Runs the server until its parent is gone."""

from __future__ import annotations

import argparse
import asyncio
import os
from pathlib import Path

from aiohttp import web

from tests.servers.fooocus.faults import Faults
from tests.servers.fooocus.log import Log
from tests.servers.fooocus.page import Page
from tests.servers.fooocus.queue import Queue
from tests.servers.fooocus.routes import Site
from tests.servers.fooocus.worker import Worker

LOOK_EVERY_S = 0.5


async def serve(options: argparse.Namespace) -> None:
    """Serves until the process that started this one is gone."""
    parent = os.getppid()
    faults = Faults()
    page = Page(options.page, gradio=options.gradio)
    log = Log(options.home, kept=options.log and page.keeps_log)
    worker = Worker(log, options.step_s, options.preview_px, faults)
    queue = Queue(worker, faults)
    site = Site(page, queue, worker, faults, login=options.login)
    runner = web.AppRunner(site.app(), access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", options.port).start()
    tasks = [asyncio.create_task(worker.work()), asyncio.create_task(queue.work())]
    print(f"Fooocus listens on http://127.0.0.1:{runner.addresses[0][1]}", flush=True)  # noqa: T201
    while os.getppid() == parent:
        # A task that has ended by a mistake of its own raises it here.
        done, _ = await asyncio.wait(tasks, timeout=LOOK_EVERY_S)
        for task in done:
            task.result()
    for task in tasks:
        task.cancel()
    await runner.cleanup()


def main() -> None:
    """Reads the command line and serves."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--step-s", type=float, default=0.0)
    parser.add_argument("--preview-px", type=int, default=32)
    parser.add_argument("--page", default="default")
    parser.add_argument("--gradio", default="", help="say another release of Gradio")
    parser.add_argument("--login", default="")
    parser.add_argument("--no-log", dest="log", action="store_false")
    options = parser.parse_args()
    options.home.mkdir(parents=True, exist_ok=True)
    asyncio.run(serve(options))


if __name__ == "__main__":
    main()
