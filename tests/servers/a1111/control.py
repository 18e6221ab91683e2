"""The control route: faults are ordered here, and the server tells of itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.servers.a1111.faults import LASTING

if TYPE_CHECKING:
    from tests.servers.a1111.jobs import Jobs


class Control:
    """Orders and tells; see `tests.contract.backends`. Of this server alone:

    interrupt   somebody interrupts what runs, without the API
    vanish      the next picture is not written to disk
    """

    def __init__(self, jobs: Jobs) -> None:
        self._jobs = jobs
        self._faults = jobs.faults

    def add_to(self, app: web.Application) -> None:
        """Adds the routes."""
        app.router.add_get("/darkroom/control", self._tell)
        app.router.add_post("/darkroom/control", self._order)

    async def _order(self, request: web.Request) -> web.Response:
        body: dict[str, Any] = await request.json()
        name, count = str(body.pop("fault")), int(body.pop("count", 1))
        if name in LASTING:
            self._faults.order(name, body, count)
        elif name == "busy":
            self._jobs.occupy()
        elif name == "free":
            self._jobs.free()
        elif name == "hostile":
            self._faults.hostile = True
        elif name == "interrupt":
            self._jobs.state.interrupted = True
        elif name == "clear":
            self._faults.clear()
            self._jobs.free()
        elif name != "expire":
            return web.json_response({"error": f"no fault {name!r}"}, status=400)
        return web.json_response({})

    async def _tell(self, _request: web.Request) -> web.Response:
        jobs = self._jobs
        told = {"jobs": jobs.taken, "unfinished": jobs.unfinished, "foreign_stopped": jobs.foreign_stopped}
        return web.json_response({**told, "ready_at": jobs.ready_at})
