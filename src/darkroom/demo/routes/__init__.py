"""The HTTP side: every route of the real server that a client of pictures needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from darkroom.demo.routes import control, files, info, prompts, uploads
from darkroom.demo.routes.guards import origin_guard, presence
from darkroom.demo.sockets import FEATURES

if TYPE_CHECKING:
    from darkroom.demo.server import DemoServer


def application(demo: DemoServer) -> web.Application:
    """The web application; all routes exist a second time below `/api`."""
    middlewares = [presence(demo), origin_guard]
    if demo.options.control:
        middlewares.append(control.fault_middleware(demo))
    app = web.Application(client_max_size=FEATURES["max_upload_size"], middlewares=middlewares)
    routes = [
        web.get("/ws", demo.sockets.handle),
        *info.routes(demo),
        *prompts.routes(demo),
        *files.routes(demo),
        *uploads.routes(demo),
    ]
    app.add_routes(web.route(r.method, "/api" + r.path, r.handler) for r in routes)
    app.add_routes(routes)
    if demo.options.control:
        app.add_routes(control.routes(demo))
    return app
