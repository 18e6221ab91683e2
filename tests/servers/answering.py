"""Servers that only say who they are: recorded answers on a port of their own, in this process.

Each file in `tests/data/identify` holds what one program answered: status and body by path, and what it
answers to every other GET.
"""

from __future__ import annotations

import json
from contextlib import asynccontextmanager
from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

FOLDER = Path(__file__).parents[1] / "data" / "identify"
NOT_FOUND = {"status": 404, "body": {"detail": "Not Found"}}


def recorded(name: str) -> dict[str, Any]:
    """The answers of one program."""
    found: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return found


def comfyui(version: str = "0.3.64", *, jobs: int = 0, **classes: Any) -> dict[str, Any]:
    """What a ComfyUI answers that is well: its version, its queue, and the node classes that are given."""
    answers: dict[str, Any] = deepcopy(recorded("comfyui")["answers"])
    answers["/system_stats"]["body"]["system"]["comfyui_version"] = version
    answers["/prompt"] = {"status": 200, "body": {"exec_info": {"queue_remaining": jobs}}}
    for name, entry in classes.items():
        answers[f"/object_info/{name}"] = {"status": 200, "body": {name: entry}}
    return answers


@asynccontextmanager
async def answering(
    answers: Mapping[str, Mapping[str, Any]], other: Mapping[str, Any] = NOT_FOUND, *, port: int = 0
) -> AsyncIterator[str]:
    """A server with these answers; gives its base address.

    Args:
        answers: `{"status": 200, "body": JSON or text}` by path.
        other: The answer to everything else.
        port: Where to listen on 127.0.0.1; 0 for any free port.
    """

    async def handle(request: web.Request) -> web.StreamResponse:
        said = answers.get(request.path, other)
        body = said["body"]
        if isinstance(body, str):
            kind = "text/html" if "<" in body else "text/plain"
            return web.Response(text=body, status=said["status"], content_type=kind)
        return web.json_response(body, status=said["status"])

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handle)
    runner = web.AppRunner(app, shutdown_timeout=1.0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def program(name: str, *, port: int = 0) -> AsyncIterator[str]:
    """A server that answers as a recorded program did."""
    known = recorded(name)
    async with answering(known["answers"], known["other"] or NOT_FOUND, port=port) as url:
        yield url
