"""AUTOMATIC1111: one POST that is answered when the picture is there, with the picture in it."""

from __future__ import annotations

import base64
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import httpx

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from benchmarks.bare.shelf import Shelf

LONGEST_S = 3600
"""The answer comes when the job is done."""


class Script:
    """The script, with its client open."""

    def __init__(self, http: httpx.AsyncClient, shelf: Shelf) -> None:
        self._http = http
        self._shelf = shelf

    async def run(self, request: Mapping[str, Any]) -> None:
        """Makes one picture and keeps it."""
        answer = await self._http.post(request["path"], json=request["body"])
        picture = base64.b64decode(answer.raise_for_status().json()["images"][0])
        self._shelf.keep(request, picture)


@asynccontextmanager
async def opened(url: str, shelf: Shelf) -> AsyncIterator[Script]:
    """The script for the server at `url`."""
    async with httpx.AsyncClient(base_url=url, timeout=LONGEST_S) as http:
        yield Script(http, shelf)
