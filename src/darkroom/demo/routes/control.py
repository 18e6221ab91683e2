"""Faults on order, for tests: `POST /darkroom/control`. Exists only with `--control`.

Body: `{"fault": NAME, "count": N, …}`; `count` 1 unless given, -1 until `{"fault": "clear"}`.
`GET` tells `jobs` (taken since the start), `unfinished`, `foreign_stopped` (see `busy`), and `ready_at`, when
the last job ended by the machine's monotonic clock.

At once:
    drop_sockets: cuts all connections of websockets, without a closing frame.
    deaf_sockets: leaves them open and never sends to them again.
    forget_jobs: empties queue, history, cache and temp, as a restart does; the running job vanishes.
    foreign_progress: frames of another client's job, previews with and without its id.
    unknown_message: an unknown event, text that is no JSON, JSON that is no object, odd binary frames.
    busy, free: a job of another client, before all others and without end; it ends.
    hostile: names with markup, escapes and 10 kB among the models, and in the messages of failures.
    clear: ends all faults.

Waiting for a request whose path begins with `path` (any, unless given):
    delay_http: answers `seconds` later.
    http_status: answers `status` with `body`, `content_type` and `headers`.
    http_500, html: the same, filled in.
    missing_file: `/view` says 404.
    half_file: `/view` sends half of the file; with `cut` it breaks off what it announced whole.
    reject_upload: uploads get `status` (500).
    refuse: a job is refused for its number of steps.
    cut: the connection breaks; `at` "submit" before a job is read, "submitted" after it was taken, "output"
        within a file.

Waiting for the sampler's next step:
    slow_step: it takes `seconds` longer.
    fail, oom: the job fails.
    silence: for `seconds` nothing is answered or pushed.
    cut: `at` "running": all websockets.
"""

from __future__ import annotations

import asyncio
import json
import struct
from typing import TYPE_CHECKING, Any

from aiohttp import web

from darkroom.demo import sockets
from darkroom.demo.faults import LASTING
from darkroom.demo.painting.canvas import Canvas, Sketch

if TYPE_CHECKING:
    from collections.abc import Callable

    from aiohttp.typedefs import Handler, Middleware

    from darkroom.demo.server import DemoServer

ALIASES: dict[str, tuple[str, dict[str, Any]]] = {
    "http_500": ("http_status", {"status": 500, "body": "500 Internal Server Error"}),
    "html": ("http_status", {"status": 200, "content_type": "text/html", "body": "<!doctype html><p>Hello"}),
    "half": ("half_file", {}),
    "cut_file": ("half_file", {"cut": True}),
    "fail": ("fail", {"message": "mat1 and mat2 shapes cannot be multiplied (77x768 and 1024x320)"}),
    "oom": (
        "fail",
        {
            "message": "Allocation on device 0 would exceed allowed memory. (out of memory)",
            "exception_type": "torch.OutOfMemoryError",
        },
    ),
}
"""Faults that are others with some details filled in."""
HOSTILE = (
    "[bold red]b[/bold red][link=file:///etc]x[/link].safetensors",
    "esc\x1b]52;c;aGk=\x07\x1b[2J\u202egnp.safetensors",
    "long" * 2500,
)
"""Names and messages that must stay text."""
FOREIGN_JOB = "ffffffff-0000-4000-8000-000000000000"
"""The job of the client that nobody knows."""


def routes(demo: DemoServer) -> list[web.RouteDef]:
    """The control route."""

    async def order(request: web.Request) -> web.Response:
        body = await request.json()
        name = body.pop("fault")
        count = int(body.pop("count", 1))
        if (name, body.get("at")) == ("cut", "output"):
            name = "cut_file"
        name, preset = ALIASES.get(name, (name, {}))
        if name == "fail" and demo.catalog.strange_names:
            preset = {**preset, "message": "\n".join(HOSTILE)}
        if name in LASTING:
            demo.faults.order(name, {**preset, **body}, count)
        elif name in IMMEDIATE:
            for _ in range(max(count, 1)):
                IMMEDIATE[name](demo)
        else:
            return web.json_response({"error": f"no fault {name!r}"}, status=400)
        return web.json_response({})

    async def tell(_request: web.Request) -> web.Response:
        return web.json_response(
            {
                "jobs": demo.taken,
                "unfinished": demo.jobs.remaining(),
                "foreign_stopped": demo.neighbour.stopped(),
                "ready_at": demo.jobs.ready_at,
            }
        )

    return [web.post("/darkroom/control", order), web.get("/darkroom/control", tell)]


def fault_middleware(demo: DemoServer) -> Middleware:
    """Delays, replaces or breaks off answers; never those of the control route itself."""

    @web.middleware
    async def strike(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path.startswith("/darkroom/"):
            return await handler(request)
        delay = demo.faults.strike("delay_http", request.path)
        await asyncio.sleep(demo.faults.silence_s() + float((delay or {"seconds": 0}).get("seconds", 1.0)))
        submits = (request.method, request.path) == ("POST", "/prompt")
        if submits and demo.faults.strike("cut", at="submit") is not None:
            return _broken(request)
        if submits and demo.faults.strike("cut", at="submitted") is not None:
            await handler(request)
            return _broken(request)
        instead = demo.faults.strike("http_status", request.path)
        if instead is None:
            return await handler(request)
        return web.Response(
            status=int(instead.get("status", 500)),
            text=str(instead.get("body", "")),
            content_type=instead.get("content_type", "text/plain"),
            headers=instead.get("headers", {}),
        )

    return strike


def _broken(request: web.Request) -> web.Response:
    """Nothing: the connection is gone before it could be sent."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


def _clear(demo: DemoServer) -> None:
    demo.faults.clear()
    demo.neighbour.end()
    demo.catalog.strange_names = ()


def _hostile(demo: DemoServer) -> None:
    demo.catalog.strange_names = HOSTILE


def _unknown_message(demo: DemoServer) -> None:
    """Frames that a later server might send: an unknown event, no JSON, an unknown binary type."""
    demo.sockets.publish(sockets.text_frame("a_later_event", {"prompt_id": FOREIGN_JOB, "more": [1, None]}))
    demo.sockets.publish("this is no JSON")
    demo.sockets.publish(json.dumps(["not", "an", "object"]))
    demo.sockets.publish(struct.pack(">II", 99, 7) + b"???")
    demo.sockets.publish(b"")


def _foreign_progress(demo: DemoServer) -> None:
    """What a job without a client id makes every socket hear, an id-less preview among it."""
    node = {"value": 3, "max": 20, "state": "running", "node_id": "3", "prompt_id": FOREIGN_JOB}
    demo.sockets.publish(
        sockets.text_frame("progress_state", {"prompt_id": FOREIGN_JOB, "nodes": {"3": node}})
    )
    data = {"value": 3, "max": 20, "prompt_id": FOREIGN_JOB, "node": "3"}
    demo.sockets.publish(sockets.text_frame("progress", data))
    picture = Sketch(Canvas(64, 64)).preview(0.1, 1)
    demo.sockets.publish(sockets.preview_frame(sockets.JPEG, picture))
    metadata = {"node_id": "3", "prompt_id": FOREIGN_JOB, "image_type": "image/jpeg"}
    demo.sockets.publish(sockets.metadata_frame(metadata, picture))


IMMEDIATE: dict[str, Callable[[DemoServer], None]] = {
    "busy": lambda demo: demo.neighbour.begin(),
    "free": lambda demo: demo.neighbour.end(),
    "hostile": _hostile,
    "clear": _clear,
    "drop_sockets": lambda demo: demo.sockets.drop(),
    "deaf_sockets": lambda demo: demo.sockets.deafen(),
    "forget_jobs": lambda demo: demo.forget(),
    "unknown_message": _unknown_message,
    "foreign_progress": _foreign_progress,
}
"""Faults that happen when they are ordered."""
