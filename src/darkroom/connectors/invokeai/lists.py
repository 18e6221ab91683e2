"""The lists that only the server's schema has, read in the background: it is large and slow to come."""

from __future__ import annotations

import asyncio
import json
import logging
from typing import TYPE_CHECKING, Any

from darkroom.connectors.invokeai.offer import SCHEMAS, trim_schemas
from darkroom.domain.errors import ConnectorError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from darkroom.connectors.invokeai.client import Client

log = logging.getLogger(__name__)

PATIENCE_S = 1.5
"""How long a form waits for the schema, which a server that was just started takes 2 to 6 s to make."""


class SchemaLists:
    """Read once for each version of the server: its schema changes with nothing else."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._version = ""
        self._reading: asyncio.Task[dict[str, Any]] | None = None

    async def get(self, version: str) -> dict[str, Any]:
        """The lists; none while the server makes its schema, and the recorded ones stand in."""
        if self._reading is None or self._version != version or _has_failed(self._reading):
            await self.aclose()
            self._version = version
            self._reading = asyncio.create_task(self._read(), name="schema of InvokeAI")
        done, _ = await asyncio.wait([self._reading], timeout=PATIENCE_S)
        return {} if not done or _has_failed(self._reading) else self._reading.result()

    async def _read(self) -> dict[str, Any]:
        try:
            schema = await self._client.schema()
        except ConnectorError as error:
            log.info("the schema of InvokeAI could not be read: %s", error.title)
            return {}
        # In a thread: to look through some megabytes a dozen times takes longer than a key may wait.
        picked = await asyncio.to_thread(lambda: pick(schema.decode("utf-8", "replace"), SCHEMAS))
        return trim_schemas(picked)

    async def aclose(self) -> None:
        """Ends the reading."""
        task, self._reading = self._reading, None
        if task is not None:
            task.cancel()
            await asyncio.wait([task])


def _has_failed(task: asyncio.Task[dict[str, Any]]) -> bool:
    return task.done() and (task.cancelled() or not task.result())


def pick(text: str, names: Iterable[str]) -> dict[str, Any]:
    """The objects that stand under `names` somewhere in a large JSON text; those that do not are left out.

    Only they are decoded. All of the text would make some 100,000 objects of which a dozen are needed,
    and the collection of that garbage alone holds up the loop for 30 ms.
    """
    decoder = json.JSONDecoder()
    found: dict[str, Any] = {}
    for name in names:
        key = f'"{name}":'
        at = text.find(key)
        if at < 0:
            continue
        start = at + len(key)
        while text[start : start + 1].isspace():
            start += 1
        try:
            value, _ = decoder.raw_decode(text, start)
        except (ValueError, RecursionError):
            continue
        if isinstance(value, dict):
            found[name] = value
    return found
