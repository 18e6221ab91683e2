"""Runs the server until its parent is gone."""

from __future__ import annotations

import argparse
import asyncio
import os
from pathlib import Path

from aiohttp import web

from tests.servers.fooocus_api.faults import Faults
from tests.servers.fooocus_api.jobs import Queue
from tests.servers.fooocus_api.routes import Api

LOOK_EVERY_S = 0.5


async def serve(options: argparse.Namespace) -> None:
    """Serves until the process that started this one is gone."""
    parent = os.getppid()
    faults = Faults()
    folder = options.home / "outputs"
    # The server's own idea of its address, which is wrong for everybody who is not on its machine.
    queue = Queue(folder, options.base_url, options.step_s, faults, persistent=options.persistent)
    app = Api(queue, faults, folder, options.apikey).app()
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", options.port)
    await site.start()
    worker = asyncio.create_task(queue.work())
    print(f"Fooocus-API listens on http://127.0.0.1:{runner.addresses[0][1]}", flush=True)  # noqa: T201
    while os.getppid() == parent:
        # A worker that has ended by a mistake of its own raises it here.
        done, _ = await asyncio.wait([worker], timeout=LOOK_EVERY_S)
        for task in done:
            task.result()
    worker.cancel()
    await runner.cleanup()


def main() -> None:
    """Reads the command line and serves."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--step-s", type=float, default=0.0)
    parser.add_argument("--persistent", action="store_true")
    parser.add_argument("--apikey", default="")
    parser.add_argument("--base-url", default="http://127.0.0.1:1")
    options = parser.parse_args()
    options.home.mkdir(parents=True, exist_ok=True)
    asyncio.run(serve(options))


if __name__ == "__main__":
    main()
