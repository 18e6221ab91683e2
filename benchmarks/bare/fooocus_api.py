"""Fooocus-API: a POST, questions for the job at the intervals at which Darkroom asks, a GET."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx

from darkroom.connectors.fooocus_api.follow import FIRST_POLL_S, POLL_S, SLOWER

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from benchmarks.bare.shelf import Shelf


class Script:
    """The script, with its client open."""

    def __init__(self, http: httpx.AsyncClient, shelf: Shelf) -> None:
        self._http = http
        self._shelf = shelf

    async def run(self, request: Mapping[str, Any]) -> None:
        """Makes one picture and keeps it."""
        job = await self._http.post(request["path"], json=request["body"])
        url = await self._made(job.raise_for_status().json()["job_id"])
        content = (await self._http.get(urlsplit(url).path)).raise_for_status().content
        self._shelf.keep(request, content)

    async def _made(self, job: str) -> str:
        """Where the picture is, once the job is over."""
        asked = {"job_id": job, "require_step_preview": "true"}
        pause_s = FIRST_POLL_S
        while True:
            answer = await self._http.get("/v1/generation/query-job", params=asked)
            record = answer.raise_for_status().json()
            if record["job_stage"] == "SUCCESS":
                return str(record["job_result"][0]["url"])
            pause_s = min(pause_s * SLOWER, POLL_S)
            await asyncio.sleep(pause_s)


@asynccontextmanager
async def opened(url: str, shelf: Shelf) -> AsyncIterator[Script]:
    """The script for the server at `url`."""
    async with httpx.AsyncClient(base_url=url, timeout=60) as http:
        yield Script(http, shelf)
