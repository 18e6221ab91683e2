"""Jobs: submit, queue, history, interrupt.

Handlers index foreign JSON without asking what it is, as the real server does: where that raises,
aiohttp answers 500 in plain text ("Server got itself in trouble"), which is the recorded answer.
"""

from __future__ import annotations

import asyncio
import json
import uuid
from typing import TYPE_CHECKING, Any

from aiohttp import web

from darkroom.demo.validation import problem, validate

if TYPE_CHECKING:
    from darkroom.demo.jobs import Item
    from darkroom.demo.server import DemoServer


def routes(demo: DemoServer) -> list[web.RouteDef]:
    """Routes about jobs."""
    handlers = _Prompts(demo)
    return [
        web.get("/prompt", handlers.get_prompt),
        web.post("/prompt", handlers.post_prompt),
        web.get("/queue", handlers.get_queue),
        web.post("/queue", handlers.post_queue),
        web.get("/history", handlers.get_history),
        web.get("/history/{prompt_id}", handlers.get_history_entry),
        web.post("/history", handlers.post_history),
        web.post("/interrupt", handlers.post_interrupt),
        web.post("/free", handlers.post_free),
    ]


def _spoil(prompt: dict[str, Any]) -> None:
    """Makes a graph one that is refused: no sampler makes no steps."""
    for node in prompt.values():
        if "steps" in node["inputs"]:
            node["inputs"]["steps"] = 0


class _Prompts:
    def __init__(self, demo: DemoServer) -> None:
        self._demo = demo

    async def get_prompt(self, _request: web.Request) -> web.Response:
        return web.json_response(self._demo.queue_info())

    async def post_prompt(self, request: web.Request) -> web.Response:
        body = await request.json()
        number = self._number(body)
        if "prompt" not in body:
            text = "No prompt provided"
            return web.json_response(
                {"error": problem("no_prompt", text, text), "node_errors": {}}, status=400
            )
        prompt = body["prompt"]
        if self._demo.faults.strike("refuse") is not None:
            _spoil(prompt)
        prompt_id = str(body.get("prompt_id", uuid.uuid4()))
        targets = body.get("partial_execution_targets")
        verdict = validate(prompt, targets, self._demo.catalog, self._demo.folders)
        extra_data = body.get("extra_data", {})
        if "client_id" in body:
            extra_data["client_id"] = body["client_id"]
        if verdict.error is not None:
            answer = {"error": verdict.error, "node_errors": verdict.node_errors}
            return web.json_response(answer, status=400)
        item: Item = (number, prompt_id, prompt, extra_data, verdict.outputs)
        await asyncio.to_thread(self._demo.journal.queued, item)
        self._demo.taken += 1
        self._demo.jobs.put(item)
        return web.json_response(
            {"prompt_id": prompt_id, "number": number, "node_errors": verdict.node_errors}
        )

    def _number(self, body: Any) -> float:
        """The client's number, or the next one; `front` negates it. A refused prompt takes one too."""
        if "number" in body:
            return float(body["number"])
        number = self._demo.number
        self._demo.number += 1
        return -number if isinstance(body, dict) and body.get("front") else number

    async def get_queue(self, _request: web.Request) -> web.Response:
        running, pending = self._demo.jobs.snapshot()
        return web.json_response({"queue_running": running, "queue_pending": pending})

    async def post_queue(self, request: web.Request) -> web.Response:
        body = await request.json()
        gone: list[str] = []
        if body.get("clear"):
            gone += self._demo.jobs.clear_pending()
        for prompt_id in body.get("delete", []):
            if self._demo.jobs.delete_pending(prompt_id):
                gone.append(prompt_id)
        if gone:
            await asyncio.to_thread(self._demo.journal.dropped, gone)
        return web.Response()

    async def get_history(self, request: web.Request) -> web.Response:
        max_items, offset = request.query.get("max_items"), request.query.get("offset")
        page = self._demo.jobs.page(
            None if max_items is None else int(max_items), -1 if offset is None else int(offset)
        )
        return web.json_response(page)

    async def get_history_entry(self, request: web.Request) -> web.Response:
        prompt_id = request.match_info["prompt_id"]
        entry = self._demo.jobs.entry(prompt_id)
        return web.json_response({} if entry is None else {prompt_id: entry})

    async def post_history(self, request: web.Request) -> web.Response:
        body = await request.json()
        if body.get("clear"):
            self._demo.jobs.clear_history()
            await asyncio.to_thread(self._demo.journal.history_deleted, None)
        gone = body.get("delete", [])
        for prompt_id in gone:
            self._demo.jobs.delete_history(prompt_id)
        if gone:
            await asyncio.to_thread(self._demo.journal.history_deleted, gone)
        return web.Response()

    async def post_interrupt(self, request: web.Request) -> web.Response:
        """Stops the running job: if its id is given and it runs, or whatever runs without an id."""
        try:
            body = await request.json()
        except json.JSONDecodeError:
            body = {}
        prompt_id = body.get("prompt_id")
        running, _ = self._demo.jobs.snapshot()
        if not prompt_id or any(item[1] == prompt_id for item in running):
            self._demo.executor.interrupt.set()
        return web.Response()

    async def post_free(self, request: web.Request) -> web.Response:
        body = await request.json()
        body.get("unload_models", False)  # the demo has no models to unload; a list fails here as it should
        if body.get("free_memory", False):
            self._demo.jobs.free()
        return web.Response()
