"""The page's HTTP side. Source: Gradio 3.41.2, `routes.py`; recording `http`."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.servers.fooocus.task import make_task

if TYPE_CHECKING:
    from tests.servers.fooocus.faults import Faults
    from tests.servers.fooocus.page import Page
    from tests.servers.fooocus.queue import Queue
    from tests.servers.fooocus.worker import Worker

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

OPEN = ("/darkroom/", "/login", "/app_id")
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
        app = web.Application(middlewares=[self._guard()], client_max_size=BODY_CAP_BYTES)
        app.router.add_get("/", self._front)
        app.router.add_get("/config", self._config)
        app.router.add_get("/app_id", self._life)
        app.router.add_get("/queue/status", self._status)
        app.router.add_get("/queue/join", self._join)
        app.router.add_post("/run/predict", self._predict)
        app.router.add_post("/login", self._sign_in)
        app.router.add_get("/{path:file=.+}", self._file)
        app.router.add_post("/darkroom/control", self._order)
        app.router.add_get("/darkroom/control", self._tell)
        return app

    def _guard(self) -> Any:
        @web.middleware
        async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
            if request.path.startswith("/darkroom/"):
                return await handler(request)
            if request.transport is not None:
                self._faults.transports.add(request.transport)
            if request.path == "/run/predict" and self._faults.strike("cut", at="submit") is not None:
                return _cut(request)
            await self._faults.quiet()
            known = {request.cookies.get(name) for name in ("access-token", "access-token-unsecure")}
            locked = self._login and request.path != "/" and not request.path.startswith(OPEN)
            if locked and not known & self._tokens:
                # The websocket is closed before it is accepted, which is a 403.
                status = 403 if request.path == "/queue/join" else 401
                return web.json_response({"detail": "Not authenticated"}, status=status)
            return await handler(request)

        return guard

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
        if path.suffix != ".html" and self._faults.strike("half") is not None:
            return web.Response(body=_half(path), content_type="image/png")
        if path.suffix != ".html" and self._faults.strike("cut", at="output") is not None:
            return await _break_off(request, _half(path))
        return web.FileResponse(path)

    async def _order(self, request: web.Request) -> web.Response:
        ordered = await request.json()
        name, count = ordered.pop("fault"), ordered.pop("count", 1)
        match name:
            case "clear":
                self._faults.clear()
            case "hostile" | "busy":
                setattr(self._faults, name, True)
            case "free":
                self._faults.busy = False
            case "expire":
                self._tokens.clear()
            case _:
                self._faults.order(name, ordered, count)
        return web.json_response({})

    async def _tell(self, _request: web.Request) -> web.Response:
        return web.json_response(
            {
                "jobs": self._worker.jobs,
                "unfinished": self._queue.unfinished,
                "foreign_stopped": self._worker.foreign_stopped,
                "ready_at": self._worker.log.ready_at,
            }
        )


def _output(data: list[Any]) -> web.Response:
    return web.json_response({"data": data, "is_generating": False, "duration": 0.0002})


def _cut(request: web.Request) -> web.StreamResponse:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


def _half(path: Path) -> bytes:
    data = path.read_bytes()
    return data[: len(data) // 2]


async def _break_off(request: web.Request, half: bytes) -> web.StreamResponse:
    answer = web.StreamResponse(headers={"Content-Length": str(2 * len(half)), "Content-Type": "image/png"})
    await answer.prepare(request)
    await answer.write(half)
    if request.transport is not None:
        request.transport.abort()
    return answer
