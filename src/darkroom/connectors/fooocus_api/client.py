"""Fooocus-API's endpoints, typed. Knows the protocol and nothing of forms or events.

Source: Fooocus-API 0.5.0.1 (cae8733), `routes/query.py`, `routes/generate_v2.py`.
"""

from __future__ import annotations

from contextlib import aclosing
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from darkroom.connectors.faults import not_json
from darkroom.connectors.fooocus_api.replies import History, Models, QueueInfo, Record
from darkroom.connectors.identify import wrong_service
from darkroom.connectors.submitting import JsonBody
from darkroom.domain.errors import ProtocolError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping

    from darkroom.connectors.http import Answer, Http

OUTPUT_CAP_BYTES = 2 * 1024**3

HEAD_BYTES = 64 * 1024

SUBMIT_TIMEOUT_S = 120.0
"""A request that is given up may still arrive; so this one is waited for longer than any other."""

Reply = TypeVar("Reply", bound=BaseModel)
_STYLES = TypeAdapter(list[str])


class Client:
    """One server's endpoints. Raises `ConnectorError`s only."""

    def __init__(self, http: Http) -> None:
        self.http = http

    async def queue(self, *, timeout_s: float | None = None) -> QueueInfo:
        """How many jobs there are.

        Raises:
            ProtocolError: Something else answers; the error says what it seems to be.
        """
        answer = await self.http.get("/v1/generation/job-queue", timeout_s=timeout_s)
        if answer.status >= 500:
            raise self.http.unexpected(answer)
        try:
            info = QueueInfo.model_validate(await self.http.json(answer))
        except (ProtocolError, ValidationError) as error:
            raise await wrong_service(self.http, answer, "Fooocus-API") from error
        if answer.status != 200:
            raise await wrong_service(self.http, answer, "Fooocus-API")
        return info

    async def query(self, job: str, *, preview: bool = False) -> Record | None:
        """A job's record; `None` when the server does not know it (404 with a record of its own)."""
        params = {"job_id": job, **({"require_step_preview": "true"} if preview else {})}
        answer = await self.http.get("/v1/generation/query-job", params)
        if answer.status not in (200, 404):
            raise self.http.unexpected(answer)
        # A 404 of something else, of a proxy say, is no record and does not mean that the job is gone.
        record = await self._reply(answer, Record)
        return record if answer.status == 200 else None

    async def history(self) -> History:
        """All jobs the server remembers."""
        # Only with `--persistent` it comes in pages; the newest are on the first.
        answer = await self.http.get("/v1/generation/job-history", {"page_size": "100"})
        self._expect(answer)
        return await self._reply(answer, History)

    async def models(self) -> Models:
        """Files of base models and LoRAs; the server looks at its folders anew."""
        answer = await self.http.get("/v1/engines/all-models")
        self._expect(answer)
        return await self._reply(answer, Models)

    async def styles(self) -> list[str]:
        """Names of all styles."""
        answer = await self.http.get("/v1/engines/styles")
        self._expect(answer)
        try:
            return _STYLES.validate_python(await self.http.json(answer))
        except ValidationError as error:
            raise self._broken(answer, error) from error

    async def openapi(self) -> Any:
        """The server's description of itself: the only place where its preset's defaults stand."""
        answer = await self.http.get("/openapi.json")
        self._expect(answer)
        return await self.http.json(answer)

    async def submit(self, path: str, body: Mapping[str, Any], still_ours: Callable[[], None]) -> Answer:
        """The answer to a request for pictures, whatever its status; see `Http.submit`."""
        return await self.http.submit(path, JsonBody(body), still_ours, timeout_s=SUBMIT_TIMEOUT_S)

    async def record(self, answer: Answer) -> Record:
        """The job's record in the answer to a request."""
        return await self._reply(answer, Record)

    async def stop(self) -> None:
        """Stops what runs now, whoever sent it; while nothing runs, it ends the *next* job.

        Source: Fooocus-API 0.5.0.1, recordings `stop_idle`, `t2i_after_idle_stop`.
        """
        self._expect(await self.http.send("POST", "/v1/generation/stop"))

    async def file(self, path: str) -> AsyncIterator[bytes]:
        """A file's original bytes in pieces.

        Only with `Accept: */*`, which is sent with every request: a kind of picture there would convert
        the file and strip its metadata, and without the header the server fails.
        Source: Fooocus-API 0.5.0.1, `api.py`, `get_output`; recording `file_get`.
        """
        async for piece in self.http.stream(path, {}, cap_bytes=OUTPUT_CAP_BYTES):
            yield piece

    async def head(self, path: str) -> bytes:
        """The beginning of a file, where a PNG holds its texts; b"" when there is none.

        A server that does not know ranges gives the whole file: it is not read further than that.
        """
        headers = {"Range": f"bytes=0-{HEAD_BYTES - 1}", "Accept-Encoding": "identity"}
        pieces = self.http.stream(path, {}, cap_bytes=OUTPUT_CAP_BYTES, headers=headers)
        async with aclosing(pieces) as stream:  # type: ignore[type-var]
            async for piece in stream:
                return piece[:HEAD_BYTES]
        return b""

    async def _reply(self, answer: Answer, model: type[Reply]) -> Reply:
        try:
            return model.model_validate(await self.http.json(answer))
        except ValidationError as error:
            raise self._broken(answer, error) from error

    def _expect(self, answer: Answer) -> None:
        if answer.status != 200:
            raise self.http.unexpected(answer)

    def _broken(self, answer: Answer, error: ValidationError) -> ProtocolError:
        http = self.http
        why = f"{error.error_count()} fields are missing or wrong"
        return not_json(
            answer.body, profile=http.profile, base=http.address.base, endpoint=answer.endpoint, why=why
        )
