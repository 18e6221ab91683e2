"""The routes, with the answers of the real server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import BasicAuth, web

from tests.servers.a1111.generating import SUBMITS, Generating, failed
from tests.servers.a1111.jobs import Failure
from tests.servers.a1111.lists import Lists
from tests.servers.a1111.watching import Watching
from tests.servers.harness.control import Control
from tests.servers.process import State

if TYPE_CHECKING:
    from aiohttp.typedefs import Handler, Middleware

    from tests.servers.a1111.jobs import Jobs

OPEN = ("/sdapi/v1/loras", "/controlnet/", "/internal/", "/file=", "/openapi.json")
"""What `--api-auth` does not protect. Source: Forge f2.0.1."""


class Api:
    """All routes over one queue of jobs."""

    def __init__(self, jobs: Jobs, program: str, *, webui: bool, login: str) -> None:
        self._jobs = jobs
        self._faults = jobs.faults
        self._program = program
        self._lists = Lists(program, jobs.faults, webui=webui)
        self._login = login

    def app(self) -> web.Application:
        """The application."""
        guards = [self._control().middleware(), self._lock()]
        app = web.Application(middlewares=guards, client_max_size=256 * 2**20)
        app.router.add_get("/sdapi/v1/options", self._options)
        app.router.add_post("/sdapi/v1/options", self._set_options)
        app.router.add_get("/file={path:.+}", self._file)
        self._lists.add_to(app)
        Generating(self._jobs).add_to(app)
        Watching(self._jobs, self._program).add_to(app)
        return app

    def _control(self) -> Control:
        jobs = self._jobs
        return Control(
            self._faults,
            lambda: State(jobs.taken, jobs.unfinished, jobs.foreign_stopped, jobs.ready_at),
            {"busy": jobs.occupy, "free": jobs.free, "interrupt": jobs.flag},
            waiting=("vanish",),
            submits=SUBMITS.__contains__,
        )

    def _lock(self) -> Middleware:
        @web.middleware
        async def lock(request: web.Request, handler: Handler) -> web.StreamResponse:
            if self._login and not request.path.startswith(OPEN) and not self._allows(request):
                headers = {"WWW-Authenticate": "Basic"}
                return web.json_response({"detail": "Not authenticated"}, status=401, headers=headers)
            if not self._lists.has(request.path):
                return web.json_response({"detail": "Not Found"}, status=404)
            try:
                return await handler(request)
            except web.HTTPException as error:
                return web.json_response({"detail": error.reason}, status=error.status)

        return lock

    def _allows(self, request: web.Request) -> bool:
        header = request.headers.get("Authorization", "")
        return header == BasicAuth(*self._login.split(":", 1)).encode()

    async def _options(self, _request: web.Request) -> web.Response:
        if self._jobs.options.poisoned:
            body = {"error": "ResponseValidationError", "detail": "", "body": {}, "message": "1 error"}
            return web.json_response(body, status=500)
        return web.json_response(self._jobs.options.all())

    async def _set_options(self, request: web.Request) -> web.Response:
        try:
            self._jobs.options.save(await request.json())
        except KeyError as error:
            return failed(Failure("KeyError", str(error)))
        return web.json_response(None)

    async def _file(self, request: web.Request) -> web.Response:
        home = self._jobs.home.resolve()
        place = (home / request.match_info["path"]).resolve()
        if not place.is_relative_to(home) or not place.is_file() or place.suffix == ".json":
            detail = f"File not found: {request.match_info['path']}."
            return web.json_response({"detail": detail}, status=404)
        return web.Response(body=place.read_bytes(), content_type="image/png")
