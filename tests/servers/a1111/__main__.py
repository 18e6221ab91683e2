"""Runs the server until its parent is gone."""

from __future__ import annotations

import argparse
import asyncio
import os
from pathlib import Path

from aiohttp import web

from tests.servers.a1111.faults import Faults
from tests.servers.a1111.jobs import Jobs
from tests.servers.a1111.options import Options
from tests.servers.a1111.routes import Api

LOOK_EVERY_S = 0.5


async def serve(arguments: argparse.Namespace) -> None:
    """Serves until the process that started this one is gone."""
    parent = os.getppid()
    faults = Faults()
    settings = Options(arguments.home / "config.json")
    jobs = Jobs(arguments.home, settings, faults, arguments.step_s)
    api = Api(jobs, arguments.program, webui=not arguments.nowebui, login=arguments.login)
    runner = web.AppRunner(api.app(), access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", arguments.port).start()
    print(f"A1111 listens on http://127.0.0.1:{runner.addresses[0][1]}", flush=True)  # noqa: T201
    forever = asyncio.create_task(asyncio.Event().wait())
    while os.getppid() == parent:
        await asyncio.wait([forever], timeout=LOOK_EVERY_S)
    forever.cancel()
    await runner.cleanup()


def main() -> None:
    """Reads the command line and serves."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--step-s", type=float, default=0.0)
    parser.add_argument("--program", default="forge")
    parser.add_argument("--login", default="")
    parser.add_argument("--nowebui", action="store_true")
    arguments = parser.parse_args()
    arguments.home.mkdir(parents=True, exist_ok=True)
    asyncio.run(serve(arguments))


if __name__ == "__main__":
    main()
