"""The routes that make pictures, with the answers of the real server."""

from __future__ import annotations

import asyncio
import base64
import binascii
import json
from typing import TYPE_CHECKING, Any

from aiohttp import web
from PIL import Image, UnidentifiedImageError

from tests.servers.a1111 import painting
from tests.servers.a1111.jobs import Failure, Made
from tests.servers.a1111.lists import names
from tests.servers.harness.lines import broken_off, cut
from tests.servers.harness.outputs import halved
from tests.servers.harness.painting import decode

if TYPE_CHECKING:
    from tests.servers.a1111.jobs import Jobs

SUBMITS = ("/sdapi/v1/txt2img", "/sdapi/v1/img2img", "/sdapi/v1/extra-single-image")


class Generating:
    """Takes jobs, and answers when they have ended."""

    def __init__(self, jobs: Jobs) -> None:
        self._jobs = jobs
        self._faults = jobs.faults
        self._running: set[asyncio.Task[Made]] = set()

    def add_to(self, app: web.Application) -> None:
        """Adds the routes."""
        app.router.add_post("/sdapi/v1/txt2img", self._generate)
        app.router.add_post("/sdapi/v1/img2img", self._generate)
        app.router.add_post("/sdapi/v1/extra-single-image", self._upscale)

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
                decode(text)
        except (binascii.Error, UnidentifiedImageError):
            # It was put in the queue before its pictures were read, and is never taken out again.
            self._jobs.pending[f"task({kind}-{len(self._jobs.pending):07})"] = None
            return web.json_response({"detail": "Invalid encoded image"}, status=500)
        job = asyncio.create_task(self._jobs.generate(body, kind))
        # It goes on when nobody waits any more.
        self._running.add(job)
        job.add_done_callback(self._over)
        if self._faults.strike("cut", at="submitted") is not None:
            return cut(request)
        try:
            made = await asyncio.shield(job)
        except Failure as failure:
            return failed(failure)
        return await self._answer(request, body, made)

    def _over(self, job: asyncio.Task[Made]) -> None:
        self._running.discard(job)
        if not job.cancelled():
            job.exception()

    async def _answer(self, request: web.Request, body: dict[str, Any], made: Made) -> web.StreamResponse:
        pictures = list(made.pictures)
        if pictures:
            pictures[-1] = halved(pictures[-1], self._faults)
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
            return await broken_off(request, json.dumps(document).encode(), "application/json")
        return web.json_response(document)

    async def _upscale(self, request: web.Request) -> web.Response:
        body = await request.json()
        if body.get("gfpgan_visibility", 0) > 1:
            return _refused("gfpgan_visibility", body["gfpgan_visibility"])
        name = body.get("upscaler_1", "None")
        if name not in names("/sdapi/v1/upscalers", "name"):
            return failed(Failure("AssertionError", f"could not find upscaler named {name}"))
        given = decode(body["image"])
        factor = 1.0 if name == "None" else float(body.get("upscaling_resize", 2))
        large = given.resize(
            (int(given.width * factor), int(given.height * factor)), Image.Resampling.LANCZOS
        )
        data = base64.b64encode(painting.encode(large, "", "png")).decode()
        html = f"<p>Postprocess upscale by: {factor}, Postprocess upscaler: {name}</p>"
        return web.json_response({"html_info": html, "image": data})


def failed(failure: Failure) -> web.Response:
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
