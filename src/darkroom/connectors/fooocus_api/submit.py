"""Sending a job: once, always to be followed, and never again on a guess."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from darkroom.connectors.fooocus_api import refusals
from darkroom.connectors.fooocus_api.replies import QUEUE_IS_FULL
from darkroom.domain.errors import ConnectorError, ProtocolError, Unauthorized, Unreachable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from darkroom.connectors.fooocus_api.client import Client
    from darkroom.connectors.fooocus_api.handle import JobHandle


async def submit(
    client: Client,
    path: str,
    body: Mapping[str, Any],
    job: JobHandle,
    still_ours: Callable[[], None],
    *,
    pictures: bool,
) -> JobHandle:
    """Sends `body`; returns the job with the id that the server gave it.

    Raises:
        Superseded: Another process may have the job; nothing was sent.
        Rejected: The server refused; nothing runs.
        Unauthorized: Likewise.
        Unreachable: It is not known whether the request arrived; or, with `sent` false, it did not.
    """
    try:
        answer = await client.submit(path, body, still_ours)
    except ConnectorError as error:
        if isinstance(error, Unauthorized) or (isinstance(error, Unreachable) and not error.sent):
            raise
        # The line broke, or a proxy answered in the server's stead: the request may have arrived.
        raise Unreachable(error.title, error.detail, error.hint, profile=error.profile) from error
    profile = client.http.profile
    if answer.status == 422:
        raise refusals.invalid(await client.http.json(answer), profile)
    if answer.status >= 500:
        raise refusals.broken(answer, profile, pictures=pictures)
    if answer.status != 200:
        raise client.http.unexpected(answer)
    try:
        record = await client.record(answer)
    except ProtocolError as error:
        # It came half: the job is there, under an id that we do not know.
        raise Unreachable(error.title, error.detail, error.hint, profile=profile) from error
    if any(result.finish_reason == QUEUE_IS_FULL for result in record.job_result or ()):
        raise refusals.queue_full(profile)
    if not record.job_id:
        raise client.http.unexpected(answer)
    return replace(job, job=record.job_id)
