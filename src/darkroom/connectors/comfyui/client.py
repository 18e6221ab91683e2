"""ComfyUI's HTTP endpoints, typed. Knows the protocol and nothing of jobs, forms or events.

Source: ComfyUI 0.3.64, `server.py`; recordings `01-*`, `02-*`, `04-*`, `06-*`.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote

from pydantic import BaseModel, ValidationError

from darkroom.connectors.comfyui.queue import QueueItem, QueueState, read_items, read_queue
from darkroom.connectors.comfyui.replies import Features, SystemStats, UploadReply
from darkroom.connectors.faults import not_json
from darkroom.connectors.identify import imitates, wrong_service
from darkroom.connectors.submitting import JsonBody
from darkroom.connectors.together import together
from darkroom.domain.errors import ProtocolError, Rejected

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable, Mapping

    from darkroom.connectors.http import Answer, Http

OUTPUT_CAP_BYTES = 2 * 1024**3

SUBMIT_TIMEOUT_S = 120.0
"""A request that is given up may still arrive; so this one is waited for longer than any other."""

Reply = TypeVar("Reply", bound=BaseModel)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Found:
    """Where a job is.

    Attributes:
        queue: The queue when it was asked.
        running: It runs.
        ahead: Jobs before it while it waits.
        entry: Its entry in the history.
    """

    queue: QueueState
    running: bool = False
    ahead: int | None = None
    entry: Mapping[str, Any] | None = None

    @property
    def absent(self) -> bool:
        """The server knows nothing of it."""
        return not self.running and self.ahead is None and self.entry is None


class Client:
    """One server's endpoints. Raises `ConnectorError`s only."""

    def __init__(self, http: Http) -> None:
        self.http = http
        self._asking: asyncio.Task[QueueState] | None = None

    async def system_stats(self, *, timeout_s: float | None = None) -> SystemStats:
        """What the server is.

        Raises:
            ProtocolError: Something else answers; the error says what it seems to be.
        """
        answer = await self.http.get("/system_stats", timeout_s=timeout_s)
        if answer.status >= 500:
            raise self.http.unexpected(answer)
        try:
            document = await self.http.json(answer)
            stats = SystemStats.model_validate(document)
        except (ProtocolError, ValidationError) as error:
            raise await wrong_service(self.http, answer, "ComfyUI") from error
        if answer.status != 200:
            raise await wrong_service(self.http, answer, "ComfyUI")
        if not stats.system.comfyui_version and await imitates(self.http):
            raise await wrong_service(self.http, answer, "ComfyUI")
        return stats

    async def queue_remaining(self, *, timeout_s: float | None = None) -> int | None:
        """Jobs running and waiting; `None` when the server does not say."""
        answer = await self.http.get("/prompt", timeout_s=timeout_s)
        document = await self._document(answer)
        info = document.get("exec_info")
        count = info.get("queue_remaining") if isinstance(info, dict) else None
        return count if isinstance(count, int) else None

    async def object_info(self, class_types: Iterable[str]) -> dict[str, Any]:
        """Class → description, each asked for by itself; an unknown class has an empty one.

        The whole document is half a megabyte on a bare server and many on a real one; a graph needs
        a dozen classes of it.
        """
        names = tuple(dict.fromkeys(class_types))
        return dict(zip(names, await together(*map(self._class_info, names)), strict=True))

    async def _class_info(self, name: str) -> Mapping[str, Any]:
        if not name:
            return {}
        answer = await self.http.get(f"/object_info/{quote(name, safe='')}")
        if answer.status == 404:
            return {}
        document = await self._document(answer)
        info = document.get(name)
        return info if isinstance(info, dict) else {}

    async def queue(self, *, fresh: bool = False) -> QueueState:
        """Who runs and who waits.

        Many followers ask at the same moment, whenever the queue moves: one answer serves them all.
        With `fresh` it is not older than the question.
        """
        if fresh:
            return await self._queue()
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(self._queue(), name="queue")
            # Whoever asked may be gone when it fails.
            self._asking.add_done_callback(lambda task: task.cancelled() or task.exception())
        return await asyncio.shield(self._asking)

    async def _queue(self) -> QueueState:
        return await self._read_queue(read_queue)

    async def queue_items(self) -> tuple[list[QueueItem], list[QueueItem]]:
        """Who runs and who waits, with their graphs: megabytes, where the queue is long."""
        return await self._read_queue(read_items)

    async def _read_queue(self, read: Callable[[object], T]) -> T:
        answer = await self.http.get("/queue")
        document = await self._document(answer)
        try:
            return read(document)
        except ValueError as error:
            raise self._broken(answer, str(error)) from error

    async def history(self, job: str) -> Mapping[str, Any] | None:
        """A job's entry; `None` when there is none (status 200 and `{}`)."""
        document = await self._document(await self.http.get(f"/history/{quote(job, safe='')}"))
        entry = document.get(job)
        return entry if isinstance(entry, dict) else None

    async def find(self, job: str, *, fresh: bool = False, over: bool = False) -> Found:
        """Where a job is: queue, then history, and both again before "nowhere".

        In this order, because a job moves from the queue to the history and never back. One that is
        `over` is looked for in the history before.
        """
        if over and (entry := await self.history(job)) is not None:
            return Found(QueueState(), entry=entry)
        found = await self._look(job, fresh=fresh)
        return await self._look(job, fresh=True) if found.absent else found

    async def _look(self, job: str, *, fresh: bool) -> Found:
        queue = await self.queue(fresh=fresh)
        if job in queue.running:
            return Found(queue, running=True)
        ahead = queue.ahead(job)
        if ahead is not None:
            return Found(queue, ahead=ahead)
        return Found(queue, entry=await self.history(job))

    async def prompt(self, body: Mapping[str, Any], still_ours: Callable[[], None]) -> Answer:
        """The answer to `POST /prompt`, whatever its status; see `Http.submit`."""
        return await self.http.submit("/prompt", JsonBody(body), still_ours, timeout_s=SUBMIT_TIMEOUT_S)

    async def delete_queued(self, job: str) -> None:
        """Takes a waiting job out of the queue; a running one is not touched. No event tells of it."""
        self._expect(await self.http.post("/queue", {"delete": [job]}))

    async def interrupt(self, job: str) -> None:
        """Stops the job if it runs; any other job goes on.

        Never without an id: an empty body would stop whatever runs, whoever sent it.
        """
        self._expect(await self.http.post("/interrupt", {"prompt_id": job}))

    async def upload(self, name: str, data: bytes, media_type: str, subfolder: str) -> UploadReply:
        """Puts a picture into the server's input folder.

        Raises:
            Rejected: It is larger than the server takes.
        """
        # Not overwritten: of an equal name the server compares the bytes and keeps what it has,
        # and another job that reads the file now is not disturbed.
        fields = {"type": "input", "subfolder": subfolder}
        answer = await self.http.upload("/upload/image", "image", (name, data, media_type), fields)
        if answer.status == 413:
            raise await self._too_large(len(data))
        return await self._reply(answer, UploadReply)

    async def _too_large(self, size_bytes: int) -> Rejected:
        features = await self._reply(await self.http.get("/features"), Features)
        limit = features.max_upload_size
        takes = f"; the server takes {limit / 2**20:,.1f} MiB" if limit else ""
        return Rejected(
            "The picture is too large for the server",
            f"It has {size_bytes / 2**20:,.1f} MiB{takes}",
            "Use a smaller picture, or start ComfyUI with a larger --max-upload-size",
            profile=self.http.profile,
        )

    async def view(self, locator: Mapping[str, Any]) -> AsyncIterator[bytes]:
        """A file's original bytes in pieces; `preview` and `channel` would strip its metadata."""
        params = {key: str(locator.get(key, "")) for key in ("filename", "subfolder", "type")}
        async for piece in self.http.stream("/view", params, cap_bytes=OUTPUT_CAP_BYTES):
            yield piece

    async def aclose(self) -> None:
        """Ends what is being asked, and closes the connections."""
        if self._asking is not None:
            self._asking.cancel()
            await asyncio.wait([self._asking])
        await self.http.aclose()

    async def _reply(self, answer: Answer, model: type[Reply]) -> Reply:
        document = await self._document(answer)
        try:
            return model.model_validate(document)
        except ValidationError as error:
            raise self._broken(answer, f"{error.error_count()} fields are missing or wrong") from error

    async def _document(self, answer: Answer) -> dict[str, Any]:
        """The JSON object in a 200."""
        self._expect(answer)
        document = await self.http.json(answer)
        if not isinstance(document, dict):
            raise self._broken(answer, "no JSON object")
        return document

    def _expect(self, answer: Answer) -> None:
        if answer.status != 200:
            raise self.http.unexpected(answer)

    def _broken(self, answer: Answer, why: str) -> ProtocolError:
        http = self.http
        return not_json(
            answer.body, profile=http.profile, base=http.address.base, endpoint=answer.endpoint, why=why
        )
