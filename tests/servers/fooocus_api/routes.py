"""The routes, with the answers of the real server."""

from __future__ import annotations

import binascii
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aiohttp import web
from PIL import UnidentifiedImageError
from pydantic import ValidationError

from tests.servers.fooocus_api.requests import KINDS, PRESET, SAMPLERS, SCHEDULERS, Common
from tests.servers.harness.control import Control
from tests.servers.harness.faults import HOSTILE_FILES
from tests.servers.harness.lines import cut
from tests.servers.harness.outputs import handed_out
from tests.servers.harness.painting import decode
from tests.servers.process import State

if TYPE_CHECKING:
    from aiohttp.typedefs import Handler, Middleware

    from tests.servers.fooocus_api.jobs import Queue
    from tests.servers.harness.faults import Faults

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
OPEN = ("/files/", "/openapi.json", "/docs")
"""What needs no key."""


class Api:
    """All routes over one queue."""

    def __init__(self, queue: Queue, faults: Faults, folder: Path, key: str) -> None:
        self._queue = queue
        self._faults = faults
        self._folder = folder
        self._key = key

    def app(self) -> web.Application:
        """The application."""
        guards = [self._control().middleware(), self._lock()]
        app = web.Application(middlewares=guards, client_max_size=64 * 2**20)
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
        return app

    def _control(self) -> Control:
        queue = self._queue
        return Control(
            self._faults,
            lambda: State(queue.taken, len(queue.waiting), queue.foreign_stopped, queue.ready_at),
            {
                "busy": lambda: queue.add(None, "Text to Image"),
                "free": queue.release,
                "standstill": queue.die,
                "forget": queue.history.clear,
                "clear": queue.live,
            },
            waiting=("full", "undescribed"),
            submits=KINDS.__contains__,
        )

    def _lock(self) -> Middleware:
        @web.middleware
        async def lock(request: web.Request, handler: Handler) -> web.StreamResponse:
            opened = not self._key or request.headers.get("X-API-KEY") == self._key
            if not opened and not request.path.startswith(OPEN):
                return web.json_response({"detail": "Forbidden"}, status=403)
            return await handler(request)

        return lock

    async def _home(self, _request: web.Request) -> web.Response:
        return web.Response(text='Swagger-UI to: <a href="/docs">/docs</a>', content_type="text/html")

    async def _ping(self, _request: web.Request) -> web.Response:
        return web.json_response("pong")

    async def _openapi(self, _request: web.Request) -> web.Response:
        if self._faults.strike("undescribed") is not None:
            return web.json_response({"detail": "Not Found"}, status=404)
        return web.json_response(OPENAPI)

    async def _models(self, _request: web.Request) -> web.Response:
        strange = list(HOSTILE_FILES) if self._faults.hostile else []
        return web.json_response(
            {"model_filenames": [*MODELS, *strange], "lora_filenames": [*LORAS, *strange]}
        )

    async def _styles(self, _request: web.Request) -> web.Response:
        return web.json_response([*STYLES, *(HOSTILE_FILES if self._faults.hostile else ())])

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
                    decode(text)
        except (binascii.Error, UnidentifiedImageError):
            return web.Response(text="Internal Server Error", status=500)
        if self._faults.strike("full") is not None:
            return web.json_response(
                {**NOT_FOUND, "job_type": kind, "job_status": None, "job_result": [FULL]}
            )
        job = self._queue.add(asked, kind)
        if self._faults.strike("cut", at="submitted") is not None:
            return cut(request)
        return web.json_response(job.record(with_preview=False))

    async def _file(self, request: web.Request) -> web.StreamResponse:
        place = self._folder / request.match_info["day"] / request.match_info["name"]
        if place.suffix not in (".png", ".jpg", ".jpeg", ".webp"):
            return web.Response(status=404)
        if "Accept" not in request.headers or not place.is_file():
            return web.Response(text="Internal Server Error", status=500)
        data, kind = place.read_bytes(), f"image/{place.suffix[1:]}"
        # The beginning alone is asked for to look at it: faults are for those who fetch the whole.
        if "Range" in request.headers:
            return web.Response(body=data, content_type=kind)
        return await handed_out(request, data, self._faults, kind)


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
