"""The control route, and what strikes before a service has a say in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.servers.harness.faults import WAITING
from tests.servers.harness.lines import cut

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from aiohttp.typedefs import Handler, Middleware

    from tests.servers.harness.faults import Faults
    from tests.servers.process import State

PATH = "/darkroom/control"


class Control:
    """Takes orders for one server, and tells its state."""

    def __init__(
        self,
        faults: Faults,
        state: Callable[[], State],
        actions: Mapping[str, Callable[[], object]],
        *,
        waiting: Collection[str] = (),
        submits: Callable[[str], bool],
    ) -> None:
        """Changes nothing yet.

        Args:
            faults: Where faults wait.
            state: What the server says of itself.
            actions: What faults do that strike at once, by name: "busy", "free", and those of the service's
                own. To "clear" the faults that wait are ended and "free" is done; what more it does.
            waiting: The service's own faults that wait for something to strike.
            submits: Whether a POST to this path brings a job.
        """
        self._faults = faults
        self._state = state
        self._actions = actions
        self._waiting = {*WAITING, *waiting}
        self._submits = submits

    def middleware(self) -> Middleware:
        """The outermost of the server's: it answers the control route, which nothing else touches."""

        @web.middleware
        async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
            if request.path == PATH:
                return await self._control(request)
            faults = self._faults
            faults.lines.watch(request)
            if self._submits(request.path) and faults.strike("cut", at="submit") is not None:
                return cut(request)
            await faults.quiet()
            answer = await handler(request)
            # While nothing is answered, an answer that was under way waits too.
            await faults.quiet()
            return answer

        return guard

    async def _control(self, request: web.Request) -> web.Response:
        if request.method == "GET":
            return web.json_response(self._state()._asdict())
        body: dict[str, Any] = await request.json()
        name, count = str(body.pop("fault")), int(body.pop("count", 1))
        if name in self._waiting:
            self._faults.order(name, body, count)
        elif name == "hostile":
            self._faults.hostile = True
        elif name == "clear":
            self._faults.clear()
            for own in ("free", "clear"):
                self._act(own)
        elif name in self._actions:
            self._act(name)
        elif name != "expire":
            # A server that hands out nothing at a login has nothing that could run out.
            return web.json_response({"error": f"no fault {name!r}"}, status=400)
        return web.json_response({})

    def _act(self, name: str) -> None:
        if name in self._actions:
            self._actions[name]()
