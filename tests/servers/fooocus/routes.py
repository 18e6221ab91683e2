"""The page's HTTP side. Source: Gradio 3.41.2, `routes.py`; recording `http`."""

from __future__ import annotations

import asyncio
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.servers.fooocus.task import make_task
from tests.servers.harness.control import Control
from tests.servers.harness.outputs import spoiled
from tests.servers.process import State

if TYPE_CHECKING:
    from aiohttp.typedefs import Handler, Middleware

    from tests.servers.fooocus.page import Page
    from tests.servers.fooocus.queue import Queue
    from tests.servers.fooocus.worker import Worker
    from tests.servers.harness.faults import Faults

OPEN = ("/login", "/app_id")
"""What answers without a login; the front page does too."""

BODY_CAP_BYTES = 256 * 1024 * 1024


class Site:
    """One page."""

    def __init__(self, page: Page, queue: Queue, worker: Worker, faults: Faults, *, login: str) -> None:
        self._page = page
        self._queue = queue
        self._worker = worker
        self._faults = faults
        self._login = login
        self._tokens: set[str] = set()
        self._app_id = secrets.randbits(63)

    def app(self) -> web.Application:
        guards = [self._control().middleware(), self._lock()]
        app = web.Application(middlewares=guards, client_max_size=BODY_CAP_BYTES)
        app.router.add_get("/", self._front)
        app.router.add_get("/config", self._config)
        app.router.add_get("/app_id", self._life)
        app.router.add_get("/queue/status", self._status)
        app.router.add_get("/queue/join", self._join)
        app.router.add_post("/run/predict", self._predict)
        app.router.add_post("/login", self._sign_in)
        app.router.add_get("/{path:file=.+}", self._file)
        return app

    def _control(self) -> Control:
        return Control(
            self._faults,
            self._state,
            {"busy": self._worker.occupy, "free": self._worker.free, "expire": self._tokens.clear},
            waiting=("deaf", "forget", "full", "private"),
            submits=lambda path: path == "/run/predict",
        )

    def _lock(self) -> Middleware:
        @web.middleware
        async def lock(request: web.Request, handler: Handler) -> web.StreamResponse:
            known = {request.cookies.get(name) for name in ("access-token", "access-token-unsecure")}
            locked = self._login and request.path != "/" and not request.path.startswith(OPEN)
            if locked and not known & self._tokens:
                # The websocket is closed before it is accepted, which is a 403.
                status = 403 if request.path == "/queue/join" else 401
                return web.json_response({"detail": "Not authenticated"}, status=status)
            return await handler(request)

        return lock

    async def _front(self, _request: web.Request) -> web.Response:
        title = self._page.shown(hostile=self._faults.hostile)["title"]
        page = f"<!doctype html><html><head><title>{title}</title></head><body>gradio</body></html>"
        return web.Response(text=page, content_type="text/html")

    async def _config(self, _request: web.Request) -> web.Response:
        return web.json_response(self._page.shown(hostile=self._faults.hostile))

    async def _life(self, _request: web.Request) -> web.Response:
        return web.json_response({"app_id": self._app_id})

    async def _status(self, _request: web.Request) -> web.Response:
        return web.json_response(self._queue.estimation())

    async def _join(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(compress=False, max_msg_size=16 * 1024 * 1024)
        await socket.prepare(request)
        transport = request.transport
        assert isinstance(transport, asyncio.Transport)
        await self._queue.join(socket, transport)
        return socket

    async def _predict(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        number, session = body["fn_index"], body["session_hash"]
        if number == self._page.build:
            return self._build(session, body["data"])
        if number == self._page.stop:
            self._stop(session)
            return _output([None])
        if number == self._page.history:
            path = self._worker.log.page
            link = f'<a href="file={path}" target="_blank">\U0001f4da History Log</a>'
            return _output([{"value": link if self._worker.log.kept else "", "__type__": "update"}])
        return web.json_response({"error": None}, status=500)

    def _build(self, session: str, data: list[Any]) -> web.Response:
        if self._faults.strike("refuse") is not None:
            return web.json_response({"error": None}, status=500)
        try:
            self._queue.tasks[session] = make_task(self._page.order, self._page.count, data)
        except (ValueError, TypeError, KeyError):
            return web.json_response({"error": None}, status=500)
        return _output([None])

    def _stop(self, session: str) -> None:
        """Source: Fooocus 2.5.5, `webui.py` `stop_clicked`."""
        task = self._queue.tasks.get(session)
        if task is not None:
            task.last_stop = True
            if task.processing:
                self._worker.interrupt()

    async def _sign_in(self, request: web.Request) -> web.Response:
        form = await request.post()
        if [form.get("username"), form.get("password")] != self._login.split(":", 1):
            return web.json_response({"detail": "Incorrect credentials."}, status=400)
        token = secrets.token_urlsafe(16)
        self._tokens.add(token)
        answer = web.json_response({"success": True})
        answer.set_cookie("access-token", token, httponly=True, samesite="none", secure=True)
        answer.set_cookie("access-token-unsecure", token, httponly=True)
        return answer

    async def _file(self, request: web.Request) -> web.StreamResponse:
        path = Path(request.match_info["path"].removeprefix("file="))
        private = path.suffix == ".html" and self._faults.strike("private") is not None
        if private or not self._worker.log.gives(path):
            return web.json_response({"detail": f"File not allowed: {path}."}, status=403)
        if not path.exists():  # noqa: ASYNC240 - a test server may wait for its disk
            return web.json_response({"detail": f"File not found: {path}."}, status=404)
        answer = None
        if path.suffix != ".html":
            data = path.read_bytes()  # noqa: ASYNC240 - a test server may wait for its disk
            answer = await spoiled(request, data, self._faults)
        # With the file's date, by which the real page tells when a picture was made.
        return web.FileResponse(path) if answer is None else answer

    def _state(self) -> State:
        worker, log = self._worker, self._worker.log
        return State(worker.jobs, self._queue.unfinished, worker.foreign_stopped, log.ready_at)


def _output(data: list[Any]) -> web.Response:
    return web.json_response({"data": data, "is_generating": False, "duration": 0.0002})
