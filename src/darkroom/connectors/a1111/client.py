"""The requests to one server, and what their answers mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote

from pydantic import BaseModel, ValidationError

from darkroom.connectors.a1111.receiving import PictureSieve
from darkroom.connectors.a1111.refusals import Refusal, read_refusal
from darkroom.connectors.a1111.replies import Memory, Pending, Progress, Task
from darkroom.connectors.http import FOREVER_S, Answer
from darkroom.domain.errors import ProtocolError, TimedOut, Unauthorized, Unreachable

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from darkroom.connectors.a1111.sending import PictureBody
    from darkroom.connectors.http import Http

SAMPLERS = "/sdapi/v1/samplers"
"""What tells that the API is there: `/options` and `/cmd-flags` may be broken while all else works."""

FILE_CAP_BYTES = 1024 * 1024 * 1024

Reply = TypeVar("Reply", bound=BaseModel)


class Client:
    """One server's API. Raises `ConnectorError`s only."""

    def __init__(self, http: Http) -> None:
        self.http = http

    async def samplers(self, *, timeout_s: float | None = None) -> Answer:
        """The list that every server of this kind has; judged by its caller."""
        return await _twice(lambda: self.http.get(SAMPLERS, timeout_s=timeout_s))

    async def get(self, path: str, *, timeout_s: float | None = None) -> Any:
        """The JSON at `path`; `None` where the server has none, or fails on it.

        Raises:
            Unreachable: Nothing answers.
            Unauthorized: It wants credentials.
        """
        return await self._document(await _twice(lambda: self.http.get(path, timeout_s=timeout_s)))

    async def options(self) -> Mapping[str, Any] | None:
        """The settings; `None` where they cannot be read.

        One setting of a wrong type makes the server fail on all of them.
        Source: Forge f2.0.1, recording `get_options_after_bad_type`.
        """
        document = await self.get("/sdapi/v1/options")
        return document if isinstance(document, dict) else None

    async def set_options(self, options: Mapping[str, Any]) -> bool:
        """Changes settings, for everybody and for good; whether the server took them."""
        answer = await self.http.post("/sdapi/v1/options", options)
        return answer.status < 300

    async def progress(self, *, preview: bool = False, timeout_s: float | None = None) -> Progress | None:
        """What runs now, whoever asked for it; `None` where the server does not tell.

        Args:
            preview: With the picture in the making.
            timeout_s: How long that may take.
        """
        path = f"/sdapi/v1/progress?skip_current_image={'false' if preview else 'true'}"
        return _read(Progress, await self.get(path, timeout_s=timeout_s))

    async def pending(self, *, timeout_s: float | None = None) -> tuple[str, ...] | None:
        """The tasks that wait; `None` where the server tells nothing of tasks."""
        found = _read(Pending, await self.get("/internal/pending-tasks", timeout_s=timeout_s))
        return None if found is None else tuple(found.tasks)

    async def memory(self, *, timeout_s: float | None = None) -> Memory | None:
        """Its memory; `None` where it does not tell."""
        return _read(Memory, await self.get("/sdapi/v1/memory", timeout_s=timeout_s))

    async def task(self, task: str, preview: int = -1, *, previews: bool = False) -> Task | None:
        """Where one task is; `None` where the server tells nothing of tasks.

        Args:
            task: Its name.
            preview: Number of the preview that was got last.
            previews: Ask for a newer one.
        """
        body = {"id_task": task, "id_live_preview": preview, "live_preview": previews}
        answer = await _twice(lambda: self.http.post("/internal/progress", body))
        return _read(Task, await self._document(answer))

    async def interrupt(self) -> None:
        """Stops what runs now, whoever asked for it."""
        answer = await self.http.post("/sdapi/v1/interrupt", {})
        if answer.status >= 300:
            raise self.http.unexpected(answer)

    async def generate(self, path: str, body: PictureBody, still_ours: Callable[[], None]) -> Made | Refusal:
        """Sends a job and waits for its end, however long that takes; see `Http.submit`.

        Raises:
            Superseded: Another process may have the job; nothing was sent.
            Unreachable: The line broke: nobody knows what becomes of the job. Or it was never sent.
            ProtocolError: The answer cannot be read, or the server does not have this endpoint.
        """
        sieve = PictureSieve()
        answer = await self.http.submit(path, body, still_ours, take=sieve.feed, timeout_s=FOREVER_S)
        if answer.status != 200:
            return await self._refusal(answer)
        whole = Answer(answer.endpoint, answer.status, bytes(sieve.document))
        try:
            document = await self.http.json(whole)
        except ProtocolError as error:
            if not sieve.document:
                raise Unreachable(
                    "The connection broke", "An empty answer came", profile=self.http.profile
                ) from error
            raise
        return Made(tuple(sieve.pictures), document if isinstance(document, dict) else {})

    async def file(self, path: str) -> bytes | None:
        """A file of the server, by the web page's own way; `None` when it has none such, or has no web page.

        Raises:
            Unreachable: Nothing answers.
        """
        try:
            pieces = self.http.stream(f"/file={quote(path, safe='/')}", {}, cap_bytes=FILE_CAP_BYTES)
            return b"".join([piece async for piece in pieces])
        except (ProtocolError, Unauthorized):
            return None

    async def _refusal(self, answer: Answer) -> Refusal:
        if answer.status in (404, 405) and b"Not Found" in answer.body[:200]:
            raise self.http.unexpected(answer)
        try:
            return read_refusal(await self.http.json(answer))._replace(status=answer.status)
        except ProtocolError:
            return Refusal(answer.text()[:300], "", {}, answer.status)

    async def _document(self, answer: Answer) -> Any:
        if answer.status != 200:
            return None
        try:
            return await self.http.json(answer)
        except ProtocolError:
            return None


@dataclass(frozen=True, slots=True)
class Made:
    """An answer that holds pictures.

    Attributes:
        pictures: Their bytes, of whatever format, in the server's order.
        document: The rest of it.
    """

    pictures: tuple[bytes, ...]
    document: Mapping[str, Any]


async def _twice(ask: Callable[[], Awaitable[Answer]]) -> Answer:
    """The answer to a question that changes nothing, asked again on a new connection when one broke.

    After a status of 500 the server closes the connection without announcing it: the next question
    on it would make the server look dead. Source: Forge f2.0.1, uvicorn after an exception.
    """
    try:
        return await ask()
    except TimedOut:
        raise
    except Unreachable as error:
        if not error.sent:
            raise
        return await ask()


def _read(model: type[Reply], document: Any) -> Reply | None:
    try:
        return model.model_validate(document)
    except ValidationError:
        return None
