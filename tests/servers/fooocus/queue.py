"""The page's queue: one call at a time, each over a websocket of its own.

Source: Gradio 3.41.2, `queueing.py`, `routes.py` `join_queue`; recordings `ws-*`.
"""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aiohttp import WSMsgType, web

from tests.servers.fooocus.painting import encode
from tests.servers.fooocus.task import Progress, Results, Task

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.servers.fooocus.worker import Worker
    from tests.servers.harness.faults import Faults

HASH_TIMEOUT_S = 5.0
SEND_TIMEOUT_S = 1.0
"""A client that takes a message in no longer time is given up, and the work goes on unheard."""

LOOK_EVERY_S = 0.01
PROGRESS = (
    '\n<div class="loader-container">\n  <div class="loader"></div>\n  <div class="progress-container">\n'
    '    <progress value="{}" max="100"></progress>\n  </div>\n  <span>{}</span>\n</div>\n'
)
UNCHANGED: dict[str, Any] = {"__type__": "update"}
HIDDEN: dict[str, Any] = {"visible": False, "__type__": "update"}


def update(value: Any) -> dict[str, Any]:
    return {"visible": True, "value": value, "__type__": "update"}


class Gone(Exception):
    """Whoever called has closed the line."""


@dataclass(eq=False)
class Event:
    """A call that waits or runs."""

    socket: web.WebSocketResponse
    transport: asyncio.Transport
    session: str
    function: int
    received: asyncio.Queue[Any] = field(default_factory=asyncio.Queue)
    gone: asyncio.Event = field(default_factory=asyncio.Event)


class Queue:
    """Calls in their order."""

    def __init__(self, worker: Worker, faults: Faults) -> None:
        self.tasks: dict[str, Task] = {}
        """By session; the page keeps them as long as it lives."""
        self._waiting: list[Event] = []
        self._active: Event | None = None
        self._worker = worker
        self._faults = faults

    @property
    def unfinished(self) -> int:
        """Calls and tasks that wait or run, and the foreign one."""
        unbegun = self._active is not None and not self._worker.unfinished
        return len(self._waiting) + unbegun + self._worker.unfinished + self._worker.busy

    def estimation(self, rank: int | None = None) -> dict[str, Any]:
        """What the page says of its queue; the call that runs is not counted."""
        return {"msg": "estimation", "rank": rank, "queue_size": len(self._waiting), "queue_eta": 0.0}

    async def join(self, socket: web.WebSocketResponse, transport: asyncio.Transport) -> None:
        """One connection to its end."""
        await socket.send_json({"msg": "send_hash"})
        said = await socket.receive_json(timeout=HASH_TIMEOUT_S)
        if self._faults.strike("full") is not None:
            await socket.send_json({"msg": "queue_full"})
            return
        event = Event(socket, transport, said["session_hash"], said["fn_index"])
        self._waiting.append(event)
        await socket.send_json(self.estimation(len(self._waiting) - 1))
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                event.received.put_nowait(message.json())
        event.gone.set()
        if event in self._waiting:
            self._waiting.remove(event)

    async def work(self) -> None:
        """Runs calls for ever."""
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            if not self._waiting or self._worker.busy:
                continue
            event = self._active = self._waiting.pop(0)
            for rank, other in enumerate(self._waiting):
                with contextlib.suppress(Gone):
                    await self._say(other, self.estimation(rank))
            with contextlib.suppress(Gone):
                await self._run(event)
                await event.socket.close()
            self._active = None

    async def _run(self, event: Event) -> None:
        await self._say(event, {"msg": "send_data"})
        hearing = asyncio.create_task(event.received.get())
        leaving = asyncio.create_task(event.gone.wait())
        await asyncio.wait([hearing, leaving], return_when=asyncio.FIRST_COMPLETED)
        leaving.cancel()
        if not hearing.done():
            hearing.cancel()
            raise Gone
        await self._say(event, {"msg": "process_starts"})
        data: list[Any] = [None] * 4
        async for data in self._generate(event):
            output = {"data": data, "is_generating": True, "duration": 0.01}
            await self._say(event, {"msg": "process_generating", "output": output, "success": True})
        output = {"data": data, "is_generating": True, "duration": 0.01}
        await self._say(event, {"msg": "process_completed", "output": output, "success": True})

    async def _say(self, event: Event, message: dict[str, Any]) -> None:
        await self._faults.quiet()
        if event.gone.is_set() or event.socket.closed:
            raise Gone
        if self._worker.current is not None and self._faults.strike("deaf") is not None:
            raise Gone
        try:
            await asyncio.wait_for(event.socket.send_json(message), SEND_TIMEOUT_S)
        except (ConnectionError, TimeoutError) as error:
            raise Gone from error

    async def _generate(self, event: Event) -> AsyncIterator[list[Any]]:
        """What the page's generator yields; the worker goes on when nobody takes it any more."""
        if self._faults.strike("forget") is not None:
            self.tasks.clear()
        task = self.tasks.get(event.session)
        if task is None:
            return
        yield [update(PROGRESS.format(1, "Waiting for task to start ...")), update(None), _hidden([]), HIDDEN]
        self._worker.take(task)
        if self._faults.strike("cut", at="submitted") is not None:
            event.transport.abort()
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            if not task.yields:
                continue
            told = task.yields.popleft()
            if isinstance(told, Progress):
                # Previews that are outrun by the next are skipped, as the real page does.
                if task.yields and isinstance(task.yields[0], Progress) and task.yields[0].preview:
                    continue
                shown = UNCHANGED if told.preview is None else update(encode(told.preview))
                yield [update(PROGRESS.format(told.percent, told.title)), shown, UNCHANGED, HIDDEN]
                continue
            files = [{"name": str(path), "data": None, "is_file": True} for path in self._shown(told)]
            if told.final:
                yield [HIDDEN, HIDDEN, HIDDEN, update(files)]
                return
            yield [{**UNCHANGED, "visible": True}, {**UNCHANGED, "visible": True}, update(files), HIDDEN]

    def _shown(self, told: Results) -> list[Path]:
        return [self._worker.log.show(file) for file in told.files]


def _hidden(value: Any) -> dict[str, Any]:
    return {**update(value), "visible": False}
