"""The routes that tell how far a job is, and stop it."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.servers.a1111 import painting

if TYPE_CHECKING:
    from tests.servers.a1111.jobs import Jobs


class Watching:
    """Looks at the one job that runs."""

    def __init__(self, jobs: Jobs, program: str) -> None:
        self._jobs = jobs
        self._program = program

    def add_to(self, app: web.Application) -> None:
        """Adds the routes."""
        app.router.add_get("/sdapi/v1/progress", self._progress)
        app.router.add_post("/sdapi/v1/interrupt", self._interrupt)
        app.router.add_post("/internal/progress", self._task)
        app.router.add_get("/internal/pending-tasks", self._pending)

    async def _progress(self, request: web.Request) -> web.Response:
        if self._program in ("sdcpp", "kobold"):
            return web.json_response({"detail": "Not Found"}, status=404)
        state = self._jobs.state
        told = {key: value for key, value in vars(state).items() if key not in ("seed", "preview")}
        fraction = 0.01 + state.fraction * 0.99 if state.job_count else 0.0
        told["stopping_generation"] = False
        image = None
        if request.query.get("skip_current_image") != "true" and state.preview:
            image = base64.b64encode(painting.preview(state.seed, state.fraction)).decode()
        answer = {"progress": fraction, "eta_relative": 1.0, "state": told, "current_image": image}
        return web.json_response({**answer, "textinfo": None})

    async def _interrupt(self, _request: web.Request) -> web.Response:
        self._jobs.interrupt()
        return web.Response(status=204) if self._program == "sdnext" else web.json_response({})

    async def _pending(self, _request: web.Request) -> web.Response:
        tasks = list(self._jobs.pending)
        return web.json_response({"size": len(tasks), "tasks": tasks})

    async def _task(self, request: web.Request) -> web.Response:
        asked = await request.json()
        jobs, task = self._jobs, asked.get("id_task")
        active, queued = task == jobs.current, task in jobs.pending
        told: dict[str, Any] = {
            "active": active,
            "queued": queued,
            "completed": task in jobs.finished,
            "progress": None,
            "eta": None,
            "live_preview": None,
            "id_live_preview": -1,
            "textinfo": "Waiting...",
        }
        if queued:
            waiting = list(jobs.pending)
            told["textinfo"] = f"In queue: {waiting.index(task) + 1}/{len(waiting)}"
        if active:
            told |= {"progress": jobs.state.fraction, "textinfo": None}
            told["id_live_preview"] = asked.get("id_live_preview", -1)
            if asked.get("live_preview") and jobs.state.preview not in (0, told["id_live_preview"]):
                data = base64.b64encode(painting.preview(jobs.state.seed, jobs.state.fraction)).decode()
                told |= {
                    "live_preview": f"data:image/png;base64,{data}",
                    "id_live_preview": jobs.state.preview,
                }
        return web.json_response(told)
