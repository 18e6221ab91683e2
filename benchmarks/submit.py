"""Submit → picture durably stored and event delivered, beside a bare script that does the same by hand.

The bare script has one open websocket and one HTTP client, writes and syncs the same file, and
commits one row. Both do a model-free graph (LoadImage → ImageScale → SaveImage), in turn, on the
same server, and a job of about five seconds.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import json
import os
import sqlite3
import tempfile
import time
import uuid
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
from PIL import Image
from websockets.asyncio.client import connect

from benchmarks.figures import Figure, median, spread
from darkroom.config.paths import resolve
from darkroom.config.settings import load
from darkroom.domain.generation import Status
from darkroom.domain.workflow import Workflow
from darkroom.services.core import Core
from darkroom.services.updates import Changed
from tests.servers.comfyui import comfyui_server

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from benchmarks.__main__ import Options

LONG_RUNS = 3
"""Runs of the five-second job; its length makes more of them pointless."""


def scale_graph(picture: str, width: int) -> dict[str, Any]:
    """A graph without a model; another width makes it another job."""
    return {
        "1": {"class_type": "LoadImage", "inputs": {"image": picture}},
        "2": {
            "class_type": "ImageScale",
            "inputs": {
                "image": ["1", 0],
                "upscale_method": "bilinear",
                "width": width,
                "height": 64,
                "crop": "disabled",
            },
        },
        "3": {"class_type": "SaveImage", "inputs": {"images": ["2", 0], "filename_prefix": "bench"}},
    }


class Bare:
    """The yardstick: what a careful person would write in an hour."""

    def __init__(self, url: str, folder: Path) -> None:
        self._url = url
        self._folder = folder
        self._client_id = uuid.uuid4().hex
        self._database = sqlite3.connect(folder / "bare.db")
        self._database.executescript(
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
            "CREATE TABLE done (id TEXT PRIMARY KEY, request TEXT, hash TEXT, size INTEGER)"
        )

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Bare]:
        """With its socket and client open."""
        address = self._url.replace("http", "ws", 1) + f"/ws?clientId={self._client_id}"
        async with (
            httpx.AsyncClient(base_url=self._url) as self._http,
            connect(address, max_size=None) as self._socket,
        ):
            yield self

    async def run(self, graph: dict[str, Any]) -> float:
        """One job; seconds from the submit to the committed row."""
        started = time.perf_counter()
        job = str(uuid.uuid4())
        body = {"prompt": graph, "client_id": self._client_id, "prompt_id": job}
        (await self._http.post("/prompt", json=body)).raise_for_status()
        image: dict[str, str] = {}
        while True:
            frame = await self._socket.recv()
            if isinstance(frame, bytes):
                continue
            message = json.loads(frame)
            data = message["data"]
            if message["type"] == "executed" and data["prompt_id"] == job:
                image = data["output"]["images"][0]
            if message["type"] == "executing" and data["node"] is None and data.get("prompt_id") == job:
                break
        content = (await self._http.get("/view", params=image)).raise_for_status().content
        self._write(content)
        self._database.execute(
            "INSERT INTO done VALUES (?, ?, ?, ?)",
            (job, json.dumps(body), hashlib.sha256(content).hexdigest(), len(content)),
        )
        self._database.commit()
        return time.perf_counter() - started

    def _write(self, content: bytes) -> None:
        part = self._folder / "part"
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.rename(self._folder / hashlib.sha256(content).hexdigest())
        descriptor = os.open(self._folder, os.O_RDONLY)
        os.fsync(descriptor)
        os.close(descriptor)


class Ours:
    """Darkroom's services, as a face drives them."""

    def __init__(self, core: Core, url: str, session_id: str) -> None:
        self._core = core
        self._profile = url  # an address is a profile of its own
        self._session_id = session_id

    @staticmethod
    @asynccontextmanager
    async def open(url: str, folder: Path) -> AsyncIterator[Ours]:
        """With the connector's socket open, as after the first picture."""
        paths = resolve(folder, {})
        core = await Core.open(paths, load(paths, {}))
        await core.start()
        try:
            yield Ours(core, url, (await core.sessions.create("bench")).id)
        finally:
            await core.aclose()

    async def run(self, graph: dict[str, Any]) -> float:
        """One job; seconds from the submit to the update that says it is complete."""
        workflow = Workflow(uuid.uuid4().hex, "bench", graph=graph)
        await self._core.catalogs.fetch(self._profile, workflow)  # known long before a person presses the key
        updates = self._core.updates()
        started = time.perf_counter()
        summary = await self._core.generations.submit(self._session_id, self._profile, workflow, {})
        async for update in updates:
            if isinstance(update, Changed) and update.summary.id == summary.id:
                summary = update.summary
                if summary.status.final:
                    break
        took = time.perf_counter() - started
        updates.close()
        if summary.status is not Status.COMPLETE:
            raise SystemExit(f"a measured job ended {summary.status}: {summary.reason}")
        return took


async def _compare(url: str, label: str, runs: int) -> list[Figure]:
    with tempfile.TemporaryDirectory() as home:
        async with AsyncExitStack() as stack:
            picture = await _upload(url)
            bare = await stack.enter_async_context(Bare(url, Path(home)).open())
            ours = await stack.enter_async_context(Ours.open(url, Path(home) / "darkroom"))
            width = int(time.time()) % 900 + 64
            bare_ms: list[float] = []
            ours_ms: list[float] = []
            for index in range(runs + 2):
                bare_s = await bare.run(scale_graph(picture, width + 2 * index))
                ours_s = await ours.run(scale_graph(picture, width + 2 * index + 1))
                if index >= 2:
                    bare_ms.append(bare_s * 1000)
                    ours_ms.append(ours_s * 1000)
    more = median(ours_ms) - median(bare_ms)
    return [
        Figure(
            f"submit → kept, model-free, {label}",
            median(ours_ms),
            median(bare_ms),
            "ms",
            f"at most 10 ms more than the bare script: {more:+.1f} ms",
            more <= 10,
            f"ours {spread(ours_ms)}; bare {spread(bare_ms)}",
        )
    ]


async def _upload(url: str) -> str:
    stream = io.BytesIO()
    Image.effect_noise((64, 64), 40).convert("RGB").save(stream, "PNG")
    async with httpx.AsyncClient(base_url=url) as client:
        answer = await client.post("/upload/image", files={"image": ("bench.png", stream.getvalue())})
        return str(answer.raise_for_status().json()["name"])


async def _long(runs: int) -> list[Figure]:
    """A job of about five seconds, on a demo server whose steps are slowed to that."""
    with tempfile.TemporaryDirectory() as home:
        async with AsyncExitStack() as stack:
            server = await stack.enter_async_context(comfyui_server(Path(home) / "server", speed=0))
            bare = await stack.enter_async_context(Bare(server.url, Path(home)).open())
            ours = await stack.enter_async_context(Ours.open(server.url, Path(home) / "darkroom"))
            bare_ms: list[float] = []
            ours_ms: list[float] = []
            for index in range(runs):
                for side, times in ((bare, bare_ms), (ours, ours_ms)):
                    await server.fault("slow_step", seconds=0.25, count=20)
                    times.append(1000 * await side.run(_sampler_graph(seed=2 * index + (side is ours))))
    ratio = median(ours_ms) / median(bare_ms)
    return [
        Figure(
            "submit → kept, a job of 5 s, demo",
            median(ours_ms),
            median(bare_ms),
            "ms",
            f"at most 1.02× the bare script: {ratio:.4f}×",
            ratio <= 1.02,
            f"ours {spread(ours_ms)}; bare {spread(bare_ms)}",
        )
    ]


def _sampler_graph(seed: int) -> dict[str, Any]:
    from darkroom.connectors.comfyui.builtin import build

    return dict(
        build(
            {
                "prompt": "a quiet harbour",
                "negative": "",
                "checkpoint": "demo-sketch.safetensors",
                "width": 64,
                "height": 64,
                "batch_size": 1,
                "steps": 20,
                "cfg_scale": 7.0,
                "sampler": "euler",
                "scheduler": "normal",
                "seed": seed,
                "denoise": 1.0,
            }
        )
    )


async def _all(options: Options) -> list[Figure]:
    with tempfile.TemporaryDirectory() as home:
        async with comfyui_server(Path(home), speed=0) as server:
            figures = await _compare(server.url, "demo", options.runs)
    figures += await _long(min(options.runs, LONG_RUNS))
    if options.comfyui:
        figures += await _compare(options.comfyui, "real ComfyUI", options.runs)
    return figures


def measure(options: Options) -> list[Figure]:
    """Measures on the demo server, and on a real ComfyUI where a URL was given."""
    return asyncio.run(_all(options))
