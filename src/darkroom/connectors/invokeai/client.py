"""InvokeAI's HTTP endpoints, typed. Knows the protocol and nothing of jobs, forms or events.

Slashes at the end of paths matter: without the right one the server answers 200 and its web page.
Source: InvokeAI 6.14.2, recordings `01_*` to `12_*`.
"""

from __future__ import annotations

import logging
from contextlib import aclosing
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote

from pydantic import BaseModel, TypeAdapter, ValidationError

from darkroom.connectors.faults import not_json
from darkroom.connectors.identify import wrong_service
from darkroom.connectors.invokeai.replies import (
    CacheStats,
    Canceled,
    Counts,
    Device,
    Picture,
    Pictures,
    QueueStatus,
    Version,
)
from darkroom.connectors.submitting import JsonBody
from darkroom.domain.errors import (
    ConnectorError,
    ProtocolError,
    Rejected,
    TimedOut,
    Unauthorized,
    Unreachable,
)
from darkroom.domain.text import excerpt

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping

    from darkroom.connectors.http import Answer, Http
    from darkroom.connectors.invokeai.login import Login

log = logging.getLogger(__name__)

QUEUE = "/api/v1/queue/default"
IMAGES = "/api/v1/images"

OUTPUT_CAP_BYTES = 2 * 1024**3

SUBMIT_TIMEOUT_S = 120.0
"""A request that is given up may still arrive; so this one is waited for longer than any other."""

SCHEMA_TIMEOUT_S = 60.0
"""The server makes its description when it is first asked for it: 2 to 5 s."""

FOUND_MAX = 1000
"""Most pictures that one page of a search can hold."""

Reply = TypeVar("Reply", bound=BaseModel)


class Client:
    """One server's endpoints. Raises `ConnectorError`s only."""

    def __init__(self, http: Http, login: Login) -> None:
        self.http = http
        self._login = login

    async def version(self, *, timeout_s: float | None = None) -> str:
        """The server's version; open to all.

        Raises:
            ProtocolError: Something else answers; the error says what it seems to be.
        """
        answer = await self._twice(lambda: self.http.get("/api/v1/app/version", timeout_s=timeout_s))
        if answer.status >= 500:
            raise self.http.unexpected(answer)
        try:
            reply = Version.model_validate(await self.http.json(answer))
        except (ProtocolError, ValidationError) as error:
            raise await wrong_service(self.http, answer, "InvokeAI") from error
        if answer.status != 200:
            raise await wrong_service(self.http, answer, "InvokeAI")
        return reply.version

    async def queue_status(self, *, timeout_s: float | None = None) -> QueueStatus:
        """How many items the server has, and whether it works on them."""
        return await self._reply(await self._get(f"{QUEUE}/status", timeout_s=timeout_s), QueueStatus)

    async def batch_status(self, batch: str) -> Counts:
        """The items of a batch by status; all 0 for one that the server does not know."""
        return await self._reply(await self._get(f"{QUEUE}/b/{quote(batch, safe='')}/status"), Counts)

    async def item(self, item: int) -> dict[str, Any] | None:
        """Everything about an item; `None` when the server does not have it (any more)."""
        answer = await self._get(f"{QUEUE}/i/{item}")
        if answer.status == 404:
            return None
        return await self._document(answer)

    async def items_of(self, destination: str) -> list[dict[str, Any]]:
        """The items sent with a destination, oldest first.

        Never without one: the whole list can have tens of megabytes.
        """
        answer = await self._get(f"{QUEUE}/list_all", {"destination": destination})
        items = [item for item in await self._list(answer) if isinstance(item.get("item_id"), int)]
        return sorted(items, key=lambda item: int(item["item_id"]))

    async def enqueue(self, body: Mapping[str, Any], still_ours: Callable[[], None]) -> Answer:
        """The answer to a new batch, whatever its status; see `Http.submit`."""
        path = f"{QUEUE}/enqueue_batch"
        return await self._ask(
            lambda: self.http.submit(path, JsonBody(body), still_ours, timeout_s=SUBMIT_TIMEOUT_S)
        )

    async def cancel_batch(self, batch: str) -> int:
        """Cancels the items of a batch that wait or run, and no others; gives their number."""
        path, body = f"{QUEUE}/cancel_by_batch_ids", {"batch_ids": [batch]}
        answer = await self._ask(lambda: self.http.send("PUT", path, body))
        return (await self._reply(answer, Canceled)).canceled

    async def models(self) -> list[dict[str, Any]]:
        """The records of all models."""
        document = await self._document(await self._get("/api/v2/models/"))
        models = document.get("models")
        return [model for model in models if isinstance(model, dict)] if isinstance(models, list) else []

    async def boards(self) -> list[dict[str, Any]]:
        """The records of all boards."""
        return await self._list(await self._get("/api/v1/boards/", {"all": "true"}))

    async def styles(self) -> list[dict[str, Any]]:
        """The style presets: templates that the client fills in."""
        return await self._list(await self._get("/api/v1/style_presets/"))

    async def schema(self) -> bytes:
        """The server's description of itself, as it came: 1.8 MB of JSON, too much to be decoded whole."""
        answer = await self._get("/openapi.json", timeout_s=SCHEMA_TIMEOUT_S)
        self._expect(answer)
        return answer.body

    async def memory(self) -> tuple[str, ...]:
        """One line a device, and one for the models held in memory; empty when the server does not say."""
        try:
            devices = await self._get("/api/v1/app/generation_device_options")
            found = TypeAdapter(list[Device]).validate_python(await self._list(devices))
            told = await self.http.json(await self._get("/api/v2/models/stats"))
            cache = CacheStats.model_validate(told) if told is not None else None
        except (ConnectorError, ValidationError):
            return ()
        lines = [f"{device.device} {device.name}".strip() for device in found]
        if cache is not None and cache.cache_size > 0:
            used = sum(cache.loaded_model_sizes.values())
            lines.append(f"model cache · {used / 2**30:.1f} of {cache.cache_size / 2**30:.1f} GB used")
        return tuple(lines)

    async def upload(self, name: str, data: bytes, media_type: str, category: str) -> Picture:
        """Puts a picture on the server, out of sight of its gallery.

        Raises:
            Rejected: The server cannot read it.
        """
        params = {"image_category": category, "is_intermediate": "true"}
        answer = await self._ask(
            lambda: self.http.upload(f"{IMAGES}/upload", "file", (name, data, media_type), {}, params)
        )
        if answer.status in (400, 413, 415, 422):
            raise Rejected(
                "The server does not take the picture",
                excerpt(answer.text(), 200),
                "Use a PNG, JPEG or WebP file",
                profile=self.http.profile,
            )
        return await self._reply(answer, Picture, ok=201)

    async def picture(self, name: str) -> Picture:
        """A picture's record."""
        return await self._reply(await self._get(f"{IMAGES}/i/{quote(name, safe='')}"), Picture)

    async def metadata(self, name: str) -> Mapping[str, Any] | None:
        """What the server wrote about a picture; `None` when it wrote nothing."""
        answer = await self._get(f"{IMAGES}/i/{quote(name, safe='')}/metadata")
        self._expect(answer)
        found = await self.http.json(answer)
        return found if isinstance(found, dict) else None

    async def find_pictures(self, text: str) -> tuple[str, ...]:
        """Names of the finished pictures whose metadata hold `text`, oldest first."""
        params = {
            "is_intermediate": "false",
            "categories": "general",
            "search_term": text,
            "order_dir": "ASC",
            "starred_first": "false",
            "offset": "0",
            "limit": str(FOUND_MAX),
        }
        page = await self._reply(await self._get(f"{IMAGES}/", params), Pictures)
        return tuple(picture.image_name for picture in page.items)

    async def read(self, name: str) -> AsyncGenerator[bytes, None]:
        """A picture's original bytes in pieces."""
        path = f"{IMAGES}/i/{quote(name, safe='')}/full"
        again = True
        while True:
            begun = False
            token = await self._login.fresh()
            try:
                stream = self.http.stream(path, {}, cap_bytes=OUTPUT_CAP_BYTES)
                async with aclosing(stream) as pieces:  # type: ignore[type-var]
                    async for piece in pieces:
                        begun = True
                        yield piece
            except Unauthorized as error:
                if not again or not await self._login.renew(token):
                    raise await self._login.explain(error) from error
            except Unreachable as error:
                if begun or not again or not _worth_retrying(error):
                    raise
            else:
                return
            again = False

    async def aclose(self) -> None:
        """Closes the connections."""
        await self.http.aclose()

    async def _get(
        self, path: str, params: dict[str, str] | None = None, *, timeout_s: float | None = None
    ) -> Answer:
        """The answer to a GET, signed in."""
        return await self._twice(lambda: self._ask(lambda: self.http.get(path, params, timeout_s=timeout_s)))

    async def _twice(self, get: Callable[[], Awaitable[Answer]]) -> Answer:
        """What `get` gives, asked once more when the line breaks.

        The server may close a kept connection just as we use it again.
        Source: InvokeAI 6.14.2, recording `03_model_image_missing`.
        """
        try:
            return await get()
        except Unreachable as error:
            if not _worth_retrying(error) or self.http.is_closed:
                raise
            log.debug("asked again: %s", error.title)
        return await get()

    async def _ask(self, send: Callable[[], Awaitable[Answer]]) -> Answer:
        """What `send` gives, signed in; once more with a new token where the old one is refused."""
        token = await self._login.fresh()
        try:
            answer = await send()
        except Unauthorized as error:
            if not await self._login.renew(token):
                raise await self._login.explain(error) from error
            try:
                answer = await send()
            except Unauthorized as again:
                raise await self._login.explain(again) from again
        self._login.adopt(answer)
        return answer

    async def _reply(self, answer: Answer, model: type[Reply], *, ok: int = 200) -> Reply:
        document = await self._document(answer, ok=ok)
        try:
            return model.model_validate(document)
        except ValidationError as error:
            raise self._broken(answer, f"{error.error_count()} fields are missing or wrong") from error

    async def _document(self, answer: Answer, *, ok: int = 200) -> dict[str, Any]:
        self._expect(answer, ok)
        document = await self.http.json(answer)
        if not isinstance(document, dict):
            raise self._broken(answer, "no JSON object")
        return document

    async def _list(self, answer: Answer) -> list[dict[str, Any]]:
        self._expect(answer)
        document = await self.http.json(answer)
        if not isinstance(document, list):
            raise self._broken(answer, "no JSON list")
        return [entry for entry in document if isinstance(entry, dict)]

    def _expect(self, answer: Answer, ok: int = 200) -> None:
        if answer.status != ok:
            raise self.http.unexpected(answer)

    def _broken(self, answer: Answer, why: str) -> ProtocolError:
        http = self.http
        return not_json(
            answer.body, profile=http.profile, base=http.address.base, endpoint=answer.endpoint, why=why
        )


def _worth_retrying(error: Unreachable) -> bool:
    return error.sent and not isinstance(error, TimedOut)
