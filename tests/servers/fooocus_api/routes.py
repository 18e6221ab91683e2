"""The routes, with the answers of the real server."""

from __future__ import annotations

import asyncio
import binascii
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aiohttp import web
from PIL import UnidentifiedImageError
from pydantic import ValidationError

from tests.servers.fooocus_api import painting
from tests.servers.fooocus_api.faults import HOSTILE, LASTING
from tests.servers.fooocus_api.requests import KINDS, PRESET, SAMPLERS, SCHEDULERS, Common

if TYPE_CHECKING:
    from aiohttp.typedefs import Handler, Middleware

    from tests.servers.fooocus_api.faults import Faults
    from tests.servers.fooocus_api.jobs import Queue

DATA = Path(__file__).parents[2] / "data" / "fooocus-api-0.5.0.1"
OPENAPI = json.loads((DATA / "openapi.json").read_text("utf-8"))
STYLES = json.loads((DATA / "styles.json").read_text("utf-8"))
MODELS = ["sub/nested.safetensors", "dummy-xl.safetensors", PRESET["base_model_name"]]
LORAS = ["lab-lora.safetensors", PRESET["lora"]]
NOT_FOUND = {
    "job_id": "",
    "job_type": "Not Found",
    "job_stage": "ERROR",
    "job_progress": 0,
    "job_status": "Job not found",
    "job_step_preview": None,
    "job_result": None,
}
FULL = {"base64": None, "url": None, "seed": "", "finish_reason": "QUEUE_IS_FULL"}
OPEN = ("/files/", "/openapi.json", "/docs", "/darkroom/")
"""What needs no key."""


class Api:
    """All routes over one queue."""

    def __init__(self, queue: Queue, faults: Faults, folder: Path, key: str) -> None:
        self._queue = queue
        self._faults = faults
        self._folder = folder
        self._key = key
        self._open: set[asyncio.Transport] = set()
        queue.drop = self._drop

    def app(self) -> web.Application:
        """The application."""
        app = web.Application(middlewares=[self._guard()], client_max_size=64 * 2**20)
        app.router.add_get("/", self._home)
        app.router.add_get("/ping", self._ping)
        app.router.add_get("/openapi.json", self._openapi)
        app.router.add_get("/v1/engines/all-models", self._models)
        app.router.add_get("/v1/engines/styles", self._styles)
        app.router.add_get("/v1/generation/query-job", self._query)
        app.router.add_get("/v1/generation/job-queue", self._job_queue)
        app.router.add_get("/v1/generation/job-history", self._history)
        app.router.add_post("/v1/generation/stop", self._stop)
        app.router.add_get("/files/{day}/{name}", self._file)
        for path in KINDS:
            app.router.add_post(path, self._generate)
        app.router.add_post("/darkroom/control", self._order)
        app.router.add_get("/darkroom/control", self._tell)
        return app

    def _guard(self) -> Middleware:
        @web.middleware
        async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
            if request.path.startswith("/darkroom/"):
                return await handler(request)
            if request.transport is not None:
                self._open = {known for known in self._open if not known.is_closing()} | {request.transport}
            submits = request.path in KINDS
            if submits and self._faults.strike("cut", at="submit") is not None:
                return self._cut(request)
            await asyncio.sleep(self._faults.silence_s())
            if (
                self._key
                and not request.path.startswith(OPEN)
                and request.headers.get("X-API-KEY") != self._key
            ):
                return web.json_response({"detail": "Forbidden"}, status=403)
            answer = await handler(request)
            if submits and self._faults.strike("cut", at="submitted") is not None:
                return self._cut(request)
            return answer

        return guard

    def _drop(self) -> None:
        for transport in self._open:
            transport.abort()

    @staticmethod
    def _cut(request: web.Request) -> web.Response:
        if request.transport is not None:
            request.transport.abort()
        return web.Response()

    async def _home(self, _request: web.Request) -> web.Response:
        return web.Response(text='Swagger-UI to: <a href="/docs">/docs</a>', content_type="text/html")

    async def _ping(self, _request: web.Request) -> web.Response:
        return web.json_response("pong")

    async def _openapi(self, _request: web.Request) -> web.Response:
        if self._faults.strike("undescribed") is not None:
            return web.json_response({"detail": "Not Found"}, status=404)
        return web.json_response(OPENAPI)

    async def _models(self, _request: web.Request) -> web.Response:
        strange = list(HOSTILE) if self._faults.hostile else []
        return web.json_response(
            {"model_filenames": [*MODELS, *strange], "lora_filenames": [*LORAS, *strange]}
        )

    async def _styles(self, _request: web.Request) -> web.Response:
        return web.json_response([*STYLES, *(HOSTILE if self._faults.hostile else ())])

    async def _query(self, request: web.Request) -> web.Response:
        job = self._queue.get(request.query.get("job_id", ""))
        if job is None:
            return web.json_response(NOT_FOUND, status=404)
        return web.json_response(job.record(with_preview=request.query.get("require_step_preview") == "true"))

    async def _job_queue(self, _request: web.Request) -> web.Response:
        return web.json_response(
            {
                "running_size": len(self._queue.waiting),
                "finished_size": len(self._queue.history),
                "last_job_id": self._queue.last_job_id,
            }
        )

    async def _history(self, request: web.Request) -> web.Response:
        only = request.query.get("job_id")
        queue = [job.listed() for job in self._queue.waiting if not only or job.id == only]
        ended = [job for job in self._queue.history if not only or job.id == only]
        if not self._queue.persistent:
            return web.json_response({"queue": queue, "history": [job.listed() for job in ended]})
        # From the database, the newest first, in pages; what made no picture is not there.
        rows = [job.row() for job in reversed(ended) if job.result]
        return web.json_response({"history": rows[: int(request.query.get("page_size", 20))], "queue": queue})

    async def _stop(self, _request: web.Request) -> web.Response:
        self._queue.stop()
        return web.json_response({"msg": "success"})

    async def _generate(self, request: web.Request) -> web.Response:
        model, kind = KINDS[request.path]
        body = await request.json()
        if self._faults.strike("refuse") is not None:
            body["guidance_scale"] = 99.0
        try:
            asked = _replaced(model.model_validate(body))
        except ValidationError as error:
            details = [
                {**item, "loc": ["body", *item["loc"]]} for item in json.loads(error.json(include_url=False))
            ]
            return web.json_response({"detail": details, "body": body}, status=422)
        try:
            for text in (asked.input_image, *(prompt.cn_img for prompt in asked.image_prompts)):
                if text:
                    painting.decode(text)
        except (binascii.Error, UnidentifiedImageError):
            return web.Response(text="Internal Server Error", status=500)
        if self._faults.strike("full") is not None:
            return web.json_response(
                {**NOT_FOUND, "job_type": kind, "job_status": None, "job_result": [FULL]}
            )
        return web.json_response(self._queue.add(asked, kind).record(with_preview=False))

    async def _file(self, request: web.Request) -> web.StreamResponse:
        place = self._folder / request.match_info["day"] / request.match_info["name"]
        if place.suffix not in (".png", ".jpg", ".jpeg", ".webp"):
            return web.Response(status=404)
        if "Accept" not in request.headers or not place.is_file():
            return web.Response(text="Internal Server Error", status=500)
        data = place.read_bytes()
        # The beginning alone is asked for to look at it: faults are for those who fetch the whole.
        if "Range" not in request.headers:
            if self._faults.strike("half") is not None:
                data = data[: len(data) // 2]
            if self._faults.strike("cut", at="output") is not None:
                return await self._broken_off(request, data)
        return web.Response(body=data, content_type=f"image/{place.suffix[1:]}")

    async def _broken_off(self, request: web.Request, data: bytes) -> web.StreamResponse:
        answer = web.StreamResponse(headers={"Content-Length": str(len(data)), "Content-Type": "image/png"})
        await answer.prepare(request)
        await answer.write(data[: len(data) // 2])
        self._cut(request)
        return answer

    async def _order(self, request: web.Request) -> web.Response:
        body: dict[str, Any] = await request.json()
        name, count = str(body.pop("fault")), int(body.pop("count", 1))
        if name in LASTING:
            self._faults.order(name, body, count)
        elif name == "busy":
            self._queue.add(None, "Text to Image")
        elif name == "free":
            self._queue.release()
        elif name == "hostile":
            self._faults.hostile = True
        elif name == "standstill":
            self._queue.dead = True
        elif name == "forget":
            self._queue.history.clear()
        elif name == "clear":
            self._faults.clear()
            self._queue.release()
            self._queue.dead = False
        elif name != "expire":
            return web.json_response({"error": f"no fault {name!r}"}, status=400)
        return web.json_response({})

    async def _tell(self, _request: web.Request) -> web.Response:
        return web.json_response(
            {
                "jobs": self._queue.taken,
                "unfinished": len(self._queue.waiting),
                "foreign_stopped": self._queue.foreign_stopped,
                "ready_at": self._queue.ready_at,
            }
        )


def _replaced(asked: Common) -> Common:
    """The request with names that do not exist replaced without a word, as the real server does."""
    advanced = asked.advanced_params
    return asked.model_copy(
        update={
            "base_model_name": _known(asked.base_model_name, MODELS, PRESET["base_model_name"]),
            "refiner_model_name": _known(asked.refiner_model_name, MODELS, "None"),
            "style_selections": [name for name in asked.style_selections if name in STYLES],
            "loras": [lora for lora in asked.loras if lora.model_name in (*LORAS, *MODELS)],
            "advanced_params": advanced.model_copy(
                update={
                    "sampler_name": _known(advanced.sampler_name, SAMPLERS, "dpmpp_2m_sde_gpu"),
                    "scheduler_name": _known(advanced.scheduler_name, SCHEDULERS, "karras"),
                }
            ),
        }
    )


def _known(name: str, names: Any, default: str) -> str:
    return name if name in names else default
