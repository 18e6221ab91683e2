"""Runs the server until its parent is gone."""

from __future__ import annotations

import argparse
import asyncio
import os
from pathlib import Path

from aiohttp import web

from tests.servers.invokeai import EMAIL, PASSWORD
from tests.servers.invokeai.accounts import Accounts
from tests.servers.invokeai.faults import Faults
from tests.servers.invokeai.library import BOARD_IDS
from tests.servers.invokeai.pictures import Pictures
from tests.servers.invokeai.queue import Queue
from tests.servers.invokeai.routes import Api
from tests.servers.invokeai.sockets import Sockets
from tests.servers.invokeai.worker import Worker

LOOK_EVERY_S = 0.5


async def serve(options: argparse.Namespace) -> None:
    """Serves until the process that started this one is gone."""
    parent = os.getppid()
    faults = Faults()
    queue, pictures = Queue(options.home / "queue.json"), Pictures(options.home / "images")
    sockets = Sockets(faults)
    worker = Worker(queue, pictures, sockets, faults, BOARD_IDS, options.step_s)
    accounts = Accounts((EMAIL, PASSWORD) if options.accounts else None)
    app = Api(queue, pictures, worker, sockets, accounts, faults).app()
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", options.port)
    await site.start()
    working = asyncio.create_task(worker.work())
    print(f"InvokeAI listens on http://127.0.0.1:{runner.addresses[0][1]}", flush=True)  # noqa: T201
    while os.getppid() == parent:
        # A worker that has ended by a mistake of its own raises it here.
        done, _ = await asyncio.wait([working], timeout=LOOK_EVERY_S)
        for task in done:
            task.result()
    working.cancel()
    await runner.cleanup()


def main() -> None:
    """Reads the command line and serves."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--step-s", type=float, default=0.0)
    parser.add_argument("--accounts", action="store_true")
    options = parser.parse_args()
    options.home.mkdir(parents=True, exist_ok=True)
    asyncio.run(serve(options))


if __name__ == "__main__":
    main()
