"""The jobs that are measured: of each service a short one, and one of about five seconds.

ComfyUI's short one needs no model. A mark, a number that occurs nowhere else in a request, makes each job
another one: the seed, or a part of a file's name.
"""

from __future__ import annotations

import io
import json
import random
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx
from PIL import Image

from darkroom.domain.service import COMFYUI
from darkroom.domain.workflow import BUILT_IN, Workflow

if TYPE_CHECKING:
    from darkroom.domain.generation import Generation
    from darkroom.domain.parameters import Values
    from tests.contract.backends.base import Backend

SHORT_STEPS = 4
LONG_STEPS = 150
"""About five seconds at the pace of the test servers, which take 33 ms for a step."""


@dataclass(frozen=True)
class Job:
    """What is asked of Darkroom."""

    workflow: Workflow
    values: Values


def new_mark() -> int:
    """A number that occurs nowhere else; small enough to be a seed everywhere."""
    return random.randrange(10**8, 2**31)  # noqa: S311


async def short(backend: Backend, url: str) -> Job:
    """A small picture in few steps; without a model where the service can do that."""
    if backend.service == COMFYUI:
        return Job(Workflow("bench", "bench", graph=_scale_graph(await _upload(url), new_mark())), {})
    return _built_in(backend, SHORT_STEPS)


def long(backend: Backend) -> Job:
    """A small picture in many steps."""
    return _built_in(backend, LONG_STEPS)


def _built_in(backend: Backend, steps: int) -> Job:
    return Job(BUILT_IN, {**backend.quick, "steps": steps, "prompt": "a quiet harbour", "seed": new_mark()})


def again(job: Job) -> Job:
    """The same under another mark."""
    mark = new_mark()
    if not job.workflow.graph:
        return Job(job.workflow, {**job.values, "seed": mark})
    graph = json.loads(json.dumps(job.workflow.graph))
    graph["3"]["inputs"]["filename_prefix"] = f"bench-{mark}"
    return Job(Workflow(uuid.uuid4().hex, "bench", graph=graph), job.values)


def request_again(generation: Generation, job: Job) -> dict[str, Any]:
    """The request that Darkroom sent for `job`, under another name and mark."""
    mark = _mark(job)
    text = json.dumps(generation.request).replace(generation.id, str(uuid.uuid4()))
    if mark not in text:
        raise SystemExit(f"the request does not hold {mark}: all jobs would be the same")
    found: dict[str, Any] = json.loads(text.replace(mark, str(new_mark())))
    return found


def _mark(job: Job) -> str:
    if job.workflow.graph:
        return str(job.workflow.graph["3"]["inputs"]["filename_prefix"]).removeprefix("bench-")
    return str(job.values["seed"])


def _scale_graph(picture: str, mark: int) -> dict[str, Any]:
    scale = {"image": ["1", 0], "upscale_method": "bilinear", "width": 96, "height": 64, "crop": "disabled"}
    return {
        "1": {"class_type": "LoadImage", "inputs": {"image": picture}},
        "2": {"class_type": "ImageScale", "inputs": scale},
        "3": {
            "class_type": "SaveImage",
            "inputs": {"images": ["2", 0], "filename_prefix": f"bench-{mark}"},
        },
    }


async def _upload(url: str) -> str:
    stream = io.BytesIO()
    Image.effect_noise((64, 64), 40).convert("RGB").save(stream, "PNG")
    async with httpx.AsyncClient(base_url=url) as client:
        answer = await client.post("/upload/image", files={"image": ("bench.png", stream.getvalue())})
        return str(answer.raise_for_status().json()["name"])
