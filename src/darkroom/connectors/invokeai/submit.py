"""Sending a job: once, under our own name, and never again on a guess."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from pydantic import ValidationError

from darkroom.connectors.invokeai.lookup import with_items
from darkroom.connectors.invokeai.replies import EnqueueReply
from darkroom.connectors.invokeai.validation import read_refusal
from darkroom.domain.errors import ConnectorError, ProtocolError, Rejected, Unauthorized, Unreachable
from darkroom.domain.text import excerpt

if TYPE_CHECKING:
    from darkroom.connectors.base import Prepared
    from darkroom.connectors.http import Answer
    from darkroom.connectors.invokeai.client import Client
    from darkroom.connectors.invokeai.handle import JobHandle

log = logging.getLogger(__name__)

ASK_AGAIN_S = (0.0, 0.5, 1.5)
"""When to ask after a line that broke: the server may still be checking the request."""


async def submit(client: Client, prepared: Prepared, job: JobHandle) -> JobHandle:
    """Sends the request; returns the job with the numbers of its items.

    The name of a batch may be chosen, and the same one twice makes it twice: so after a lost answer the
    server is asked for the name before anything is sent again.
    Source: InvokeAI 6.14.2, recordings `12_same_batch_id_*`.

    Raises:
        Superseded: Another process may have the job; nothing was sent.
        Rejected: The server refused, or its queue is full; nothing runs.
        Unauthorized: Likewise.
        Unreachable: It is not known whether the request arrived; or, with `sent` false, it did not.
    """
    try:
        answer = await client.enqueue(prepared.request, prepared.still_ours)
    except ConnectorError as error:
        if isinstance(error, Unauthorized) or (isinstance(error, Unreachable) and not error.sent):
            raise
        # The line broke, or a proxy answered in the server's stead: the request may have arrived.
        arrived = await _arrived(client, job)
        if arrived is not None:
            return arrived
        raise Unreachable(error.title, error.detail, error.hint, profile=error.profile) from error
    if answer.status == 200:
        return await _accepted(client, answer, job)
    if answer.status in (400, 422):
        refusal = read_refusal(await client.http.json(answer))
        raise Rejected(refusal.title, refusal.detail, profile=client.http.profile, problems=refusal.problems)
    if answer.status >= 500:
        if (arrived := await _arrived(client, job)) is not None:
            return arrived
        raise Rejected(
            f"The server failed on the request (status {answer.status})",
            excerpt(answer.text(), 300),
            "See the server's log",
            profile=client.http.profile,
        )
    raise client.http.unexpected(answer)


async def _accepted(client: Client, answer: Answer, job: JobHandle) -> JobHandle:
    try:
        reply = EnqueueReply.model_validate(await client.http.json(answer))
    except (ProtocolError, ValidationError) as error:
        if (arrived := await _arrived(client, job)) is not None:
            return arrived
        raise client.http.unexpected(answer) from error
    if reply.enqueued < reply.requested:
        await _take_back(client, job, reply)
    # Newest first, against the order in which they run.
    return replace(job, items=tuple(sorted(reply.item_ids)))


async def _take_back(client: Client, job: JobHandle, reply: EnqueueReply) -> None:
    """Cancels the part of a batch that fitted into a full queue, which the server takes with a 200.

    Raises:
        Rejected: Always.
    """
    if reply.enqueued:
        await client.cancel_batch(job.batch)
    room = f"It had room for {reply.enqueued} of {reply.requested}" if reply.enqueued else "It had no room"
    raise Rejected(
        "The server's queue is full",
        f"{room}; nothing was generated",
        "Wait until it is shorter, or clear it in InvokeAI's own page",
        profile=client.http.profile,
    )


async def _arrived(client: Client, job: JobHandle) -> JobHandle | None:
    """The job with its items when the server has it, else `None`.

    Raises:
        Unreachable: It cannot be asked.
    """
    for pause_s in ASK_AGAIN_S:
        await asyncio.sleep(pause_s)
        try:
            counts = await client.batch_status(job.batch)
            if counts.total:
                log.info("job %s had arrived all the same", job.batch)
                return await with_items(client, job)
        except ConnectorError as error:
            # Whatever is the matter now: something was sent before.
            raise Unreachable(error.title, error.detail, error.hint, profile=error.profile) from error
    return None
