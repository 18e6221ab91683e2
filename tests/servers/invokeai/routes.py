"""The routes, with the answers of the real server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from tests.servers.harness.control import Control
from tests.servers.harness.lines import cut
from tests.servers.invokeai import library
from tests.servers.invokeai.graphs import OPENAPI, refusals
from tests.servers.invokeai.image_routes import ImageRoutes
from tests.servers.invokeai.painting import VERSION
from tests.servers.process import State

if TYPE_CHECKING:
    from aiohttp.typedefs import Handler, Middleware

    from tests.servers.harness.faults import Faults
    from tests.servers.invokeai.accounts import Accounts
    from tests.servers.invokeai.pictures import Pictures
    from tests.servers.invokeai.queue import Queue
    from tests.servers.invokeai.sockets import Sockets
    from tests.servers.invokeai.worker import Worker

QUEUE = "/api/v1/queue/{queue}"
SUBMIT = "/enqueue_batch"
PAGE = "<!doctype html><html><head><title>Invoke - Community Edition</title></head><body></body></html>"


class Api:
    """All routes over one queue."""

    def __init__(
        self,
        queue: Queue,
        pictures: Pictures,
        worker: Worker,
        sockets: Sockets,
        accounts: Accounts,
        faults: Faults,
    ) -> None:
        self._queue = queue
        self._pictures = pictures
        self._worker = worker
        self._sockets = sockets
        self._accounts = accounts
        self._faults = faults

    def app(self) -> web.Application:
        """The application. Any other GET gets the web page, any other POST a 405."""
        guards = [self._control().middleware(), self._lock()]
        app = web.Application(middlewares=guards, client_max_size=64 * 2**20)
        get, post, put = app.router.add_get, app.router.add_post, app.router.add_put
        get("/api/v1/app/version", self._version)
        get("/api/v1/app/generation_device_options", self._devices)
        get("/api/v1/auth/status", self._accounts.status)
        post("/api/v1/auth/login", self._accounts.login)
        get("/openapi.json", self._openapi)
        get("/api/v2/models/", self._models)
        get("/api/v2/models/stats", self._stats)
        get("/api/v1/boards/", self._boards)
        get("/api/v1/style_presets/", self._styles)
        get(f"{QUEUE}/status", self._status)
        get(f"{QUEUE}/list_all", self._list_all)
        get(f"{QUEUE}/i/{{item:\\d+}}", self._item)
        get(f"{QUEUE}/b/{{batch}}/status", self._batch_status)
        post(f"{QUEUE}{SUBMIT}", self._enqueue)
        put(f"{QUEUE}/cancel_by_batch_ids", self._cancel)
        ImageRoutes(self._pictures, self._faults).add_to(app)
        get("/ws/socket.io/", self._sockets.handle)
        get("/{path:.*}", self._page)
        app.router.add_route("*", "/{path:.*}", self._no_method)
        return app

    def _control(self) -> Control:
        return Control(
            self._faults,
            self._state,
            {
                "busy": self._queue.add_foreign,
                "free": self._free,
                "deaf": self._sockets.deafen,
                "expire": self._accounts.expire,
                "prune": self._prune,
                "wipe": self._wipe,
                "clear": self._sockets.listen,
            },
            waiting=("full", "lie", "reset"),
            submits=lambda path: path.endswith(SUBMIT),
        )

    def _lock(self) -> Middleware:
        @web.middleware
        async def lock(request: web.Request, handler: Handler) -> web.StreamResponse:
            if self._faults.strike("reset", path=request.path.rpartition("/")[2] or request.path) is not None:
                return cut(request)
            if (refusal := self._accounts.refusal(request)) is not None:
                return refusal
            answer = await handler(request)
            if not answer.prepared:
                answer.headers.update(self._accounts.refreshed(request))
            return answer

        return lock

    async def _version(self, _request: web.Request) -> web.Response:
        return web.json_response({"version": VERSION})

    async def _devices(self, _request: web.Request) -> web.Response:
        return web.json_response([{"device": "cpu", "name": "CPU"}])

    async def _stats(self, _request: web.Request) -> web.Response:
        return web.json_response(None)

    async def _openapi(self, _request: web.Request) -> web.Response:
        return web.json_response(OPENAPI)

    async def _models(self, _request: web.Request) -> web.Response:
        return web.json_response({"models": library.models(self._faults)})

    async def _boards(self, request: web.Request) -> web.Response:
        if request.query.get("all") != "true":
            said = "Invalid request: Must provide either 'all' or both 'offset' and 'limit'"
            return web.json_response({"detail": said}, status=400)
        return web.json_response(library.boards(self._faults))

    async def _styles(self, _request: web.Request) -> web.Response:
        return web.json_response(library.styles(self._faults))

    async def _status(self, _request: web.Request) -> web.Response:
        status = self._queue.status()
        processor = {"is_started": True, "is_processing": bool(status["in_progress"])}
        return web.json_response({"queue": status, "processor": processor})

    async def _batch_status(self, request: web.Request) -> web.Response:
        return web.json_response(self._queue.batch_status(request.match_info["batch"]))

    async def _list_all(self, request: web.Request) -> web.Response:
        wanted = request.query.get("destination")
        items = [item for item in self._queue.items if wanted is None or item.destination == wanted]
        return web.json_response([item.record() for item in items])

    async def _item(self, request: web.Request) -> web.Response:
        number = int(request.match_info["item"])
        item = self._queue.get(number)
        if item is None:
            said = f"Queue item with id {number} not found in queue default"
            return web.json_response({"detail": said}, status=404)
        return web.json_response(item.record())

    async def _enqueue(self, request: web.Request) -> web.Response:
        body = await request.json()
        if self._faults.strike("refuse") is not None:
            body["batch"]["graph"]["nodes"]["denoise"]["steps"] = 0
        if found := refusals(body):
            return web.json_response({"detail": found}, status=422)
        full = self._faults.strike("full")
        name, requested, made = self._queue.add(body["batch"], None if full is None else full.get("room", 0))
        told = {"queue_id": "default", "batch_id": name, "enqueued": len(made), "requested": requested}
        self._sockets.push("batch_enqueued", {**told, "priority": 0, "origin": body["batch"].get("origin")})
        del told["batch_id"]
        if self._faults.strike("cut", at="submitted") is not None:
            return cut(request)
        ids = [item.item_id for item in reversed(made)]
        batch = {**body["batch"], "batch_id": name}
        return web.json_response({**told, "batch": batch, "priority": 0, "item_ids": ids})

    async def _cancel(self, request: web.Request) -> web.Response:
        wanted = (await request.json())["batch_ids"]
        items = [item for batch in wanted for item in self._queue.of(batch)]
        ran, waited = self._queue.cancel(items)
        for item in ran:
            self._worker.tell_status(item)
        if waited:
            ids = [item.item_id for item in waited]
            told = {"queue_id": "default", "canceled_item_ids": ids, "user_ids": ["system"]}
            self._sockets.push("queue_items_canceled", told)
        return web.json_response({"canceled": len(ran) + len(waited)})

    async def _page(self, _request: web.Request) -> web.Response:
        return web.Response(text=PAGE, content_type="text/html")

    async def _no_method(self, _request: web.Request) -> web.Response:
        return web.json_response({"detail": "Method Not Allowed"}, status=405)

    def _free(self) -> None:
        for item in [item for item in self._queue.items if item.foreign and item.status != "completed"]:
            self._queue.move(item, "completed")

    def _prune(self) -> None:
        self._queue.items = [item for item in self._queue.items if item.status in ("pending", "in_progress")]
        self._queue.save()

    def _wipe(self) -> None:
        ran, _ = self._queue.cancel(self._queue.items)
        for item in ran:
            # In a clear, the one that runs is first told as cancelled.
            self._worker.tell_status(item)
        self._prune()
        self._sockets.push("queue_cleared", {"queue_id": "default", "user_id": None})

    def _state(self) -> State:
        queue, counts = self._queue, self._queue.counts(self._queue.items)
        unfinished = counts["pending"] + counts["in_progress"]
        return State(queue.taken, unfinished, queue.foreign_stopped, queue.ready_at)
