"""The routes, with the answers of the real server."""

from __future__ import annotations

import asyncio
import base64
import binascii
import json
from typing import TYPE_CHECKING, Any

from aiohttp import BasicAuth, web
from PIL import Image, UnidentifiedImageError

from tests.servers.a1111 import painting
from tests.servers.a1111.control import Control
from tests.servers.a1111.jobs import Failure, Made
from tests.servers.a1111.lists import LISTS, Lists

if TYPE_CHECKING:
    from aiohttp.typedefs import Handler, Middleware

    from tests.servers.a1111.jobs import Jobs

SUBMITS = ("/sdapi/v1/txt2img", "/sdapi/v1/img2img", "/sdapi/v1/extra-single-image")
OPEN = ("/sdapi/v1/loras", "/controlnet/", "/internal/", "/file=", "/openapi.json", "/darkroom/")
"""What `--api-auth` does not protect. Source: Forge f2.0.1."""


class Api:
    """All routes over one queue of jobs."""

    def __init__(self, jobs: Jobs, program: str, *, webui: bool, login: str) -> None:
        self._jobs = jobs
        self._faults = jobs.faults
        self._program = program
        self._lists = Lists(program, jobs.faults, webui=webui)
        self._login = login
        self._open: set[asyncio.Transport] = set()
        self._running: set[asyncio.Task[Made]] = set()
        jobs.drop = self._drop
        jobs.lists = LISTS

    def app(self) -> web.Application:
        """The application."""
        app = web.Application(middlewares=[self._guard()], client_max_size=256 * 2**20)
        Control(self._jobs).add_to(app)
        self._lists.add_to(app)
        app.router.add_get("/sdapi/v1/options", self._options)
        app.router.add_post("/sdapi/v1/options", self._set_options)
        app.router.add_get("/sdapi/v1/progress", self._progress)
        app.router.add_post("/sdapi/v1/interrupt", self._interrupt)
        app.router.add_post("/sdapi/v1/txt2img", self._generate)
        app.router.add_post("/sdapi/v1/img2img", self._generate)
        app.router.add_post("/sdapi/v1/extra-single-image", self._upscale)
        app.router.add_post("/internal/progress", self._task)
        app.router.add_get("/internal/pending-tasks", self._pending)
        app.router.add_get("/file={path:.+}", self._file)
        return app

    def _guard(self) -> Middleware:
        @web.middleware
        async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
            if request.path.startswith("/darkroom/"):
                return await handler(request)
            if request.transport is not None:
                self._open = {known for known in self._open if not known.is_closing()} | {request.transport}
            if request.path in SUBMITS and self._faults.strike("cut", at="submit") is not None:
                return self._cut(request)
            await asyncio.sleep(self._faults.silence_s())
            if self._login and not request.path.startswith(OPEN) and not self._allows(request):
                headers = {"WWW-Authenticate": "Basic"}
                return web.json_response({"detail": "Not authenticated"}, status=401, headers=headers)
            if not self._lists.has(request.path):
                return web.json_response({"detail": "Not Found"}, status=404)
            try:
                answer = await handler(request)
            except web.HTTPException as error:
                return web.json_response({"detail": error.reason}, status=error.status)
            # While nothing is answered, an answer waits too.
            await asyncio.sleep(self._faults.silence_s())
            return answer

        return guard

    def _allows(self, request: web.Request) -> bool:
        header = request.headers.get("Authorization", "")
        return header == BasicAuth(*self._login.split(":", 1)).encode()

    def _drop(self) -> None:
        for transport in self._open:
            transport.abort()

    @staticmethod
    def _cut(request: web.Request) -> web.Response:
        if request.transport is not None:
            request.transport.abort()
        return web.Response()

    async def _options(self, _request: web.Request) -> web.Response:
        if self._jobs.options.poisoned:
            body = {"error": "ResponseValidationError", "detail": "", "body": {}, "message": "1 error"}
            return web.json_response(body, status=500)
        return web.json_response(self._jobs.options.all())

    async def _set_options(self, request: web.Request) -> web.Response:
        try:
            self._jobs.options.save(await request.json())
        except KeyError as error:
            return _failed(Failure("KeyError", str(error)))
        return web.json_response(None)

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

    async def _generate(self, request: web.Request) -> web.StreamResponse:
        kind = request.path.rpartition("/")[2]
        body = {"steps": 50, "seed": -1, "width": 512, "height": 512, "prompt": "", **await request.json()}
        refused = self._faults.strike("refuse") is not None
        if refused or not isinstance(body["steps"], int):
            return _refused("steps", "many" if refused else body["steps"])
        if kind == "img2img" and not body.get("init_images"):
            raise web.HTTPNotFound(reason="Init image not found")
        try:
            for text in (*body.get("init_images", ()), *filter(None, [body.get("mask")])):
                painting.decode(text)
        except (binascii.Error, UnidentifiedImageError):
            # It was put in the queue before its pictures were read, and is never taken out again.
            self._jobs.pending[f"task({kind}-{len(self._jobs.pending):07})"] = None
            return web.json_response({"detail": "Invalid encoded image"}, status=500)
        job = asyncio.create_task(self._jobs.generate(body, kind))
        # It goes on when nobody waits any more.
        self._running.add(job)
        job.add_done_callback(self._over)
        if self._faults.strike("cut", at="submitted") is not None:
            return self._cut(request)
        try:
            made = await asyncio.shield(job)
        except Failure as failure:
            return _failed(failure)
        return await self._answer(request, body, made)

    def _over(self, job: asyncio.Task[Made]) -> None:
        self._running.discard(job)
        if not job.cancelled():
            job.exception()

    async def _answer(self, request: web.Request, body: dict[str, Any], made: Made) -> web.StreamResponse:
        pictures = list(made.pictures)
        if pictures and self._faults.strike("half") is not None:
            pictures[-1] = pictures[-1][: len(pictures[-1]) // 2]
        info = {
            "prompt": body["prompt"],
            "all_seeds": made.seeds,
            "seed": made.seeds[0],
            "styles": made.styles,
            "infotexts": made.infotexts,
            "index_of_first_image": made.first,
            "job_timestamp": made.timestamp,
            "version": painting.VERSION,
        }
        document = {
            "images": [base64.b64encode(picture).decode() for picture in pictures],
            "parameters": {**body, "init_images": None, "mask": None},
            "info": json.dumps(info),
        }
        if self._faults.strike("cut", at="output") is not None:
            return await self._broken_off(request, json.dumps(document).encode())
        return web.json_response(document)

    async def _broken_off(self, request: web.Request, data: bytes) -> web.StreamResponse:
        headers = {"Content-Length": str(len(data)), "Content-Type": "application/json"}
        answer = web.StreamResponse(headers=headers)
        await answer.prepare(request)
        await answer.write(data[: len(data) // 2])
        self._cut(request)
        return answer

    async def _upscale(self, request: web.Request) -> web.Response:
        body = await request.json()
        if body.get("gfpgan_visibility", 0) > 1:
            return _refused("gfpgan_visibility", body["gfpgan_visibility"])
        name = body.get("upscaler_1", "None")
        if name not in self._jobs.known("/sdapi/v1/upscalers", "name"):
            return _failed(Failure("AssertionError", f"could not find upscaler named {name}"))
        given = painting.decode(body["image"])
        factor = 1.0 if name == "None" else float(body.get("upscaling_resize", 2))
        large = given.resize(
            (int(given.width * factor), int(given.height * factor)), Image.Resampling.LANCZOS
        )
        data = base64.b64encode(painting.encode(large, "", "png")).decode()
        html = f"<p>Postprocess upscale by: {factor}, Postprocess upscaler: {name}</p>"
        return web.json_response({"html_info": html, "image": data})

    async def _file(self, request: web.Request) -> web.Response:
        home = self._jobs.home.resolve()
        place = (home / request.match_info["path"]).resolve()
        if not place.is_relative_to(home) or not place.is_file() or place.suffix == ".json":
            detail = f"File not found: {request.match_info['path']}."
            return web.json_response({"detail": detail}, status=404)
        return web.Response(body=place.read_bytes(), content_type="image/png")


def _failed(failure: Failure) -> web.Response:
    """A 500 as Forge words it; the connection is closed after it, without a word, as uvicorn does."""
    body = {"error": failure.kind, "detail": "", "body": "", "message": str(failure)}
    answer = web.json_response(body, status=500)
    answer.force_close()
    answer.headers["Connection"] = "keep-alive"
    return answer


def _refused(field: str, value: Any) -> web.Response:
    words = "Input should be a valid integer, unable to parse string as an integer"
    item = {"type": "int_parsing", "loc": ["body", field], "msg": words, "input": value}
    return web.json_response({"detail": [item]}, status=422)
