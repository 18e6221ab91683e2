"""Sending a job: once, with our own id, and never again on a guess."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from pydantic import ValidationError

from darkroom.connectors.comfyui.replies import PromptReply
from darkroom.connectors.comfyui.validation import AddressOf, dropped_outputs, read_refusal
from darkroom.domain.errors import ConnectorError, ProtocolError, Rejected, Unauthorized, Unreachable
from darkroom.domain.text import excerpt

if TYPE_CHECKING:
    from darkroom.connectors.base import Prepared
    from darkroom.connectors.comfyui.client import Client
    from darkroom.connectors.comfyui.handle import JobHandle
    from darkroom.connectors.http import Answer

log = logging.getLogger(__name__)

ASK_AGAIN_S = (0.0, 0.5, 1.5)
"""When to ask after a line that broke: the server may still be checking the request."""


async def submit(client: Client, prepared: Prepared, job: JobHandle, address_of: AddressOf) -> JobHandle:
    """Sends the request; returns the job as the server took it.

    Raises:
        Superseded: Another process may have the job; nothing was sent.
        Rejected: The server refused; nothing runs.
        Unauthorized: Likewise.
        Unreachable: It is not known whether the request arrived; or, with `sent` false, it did not.
    """
    try:
        answer = await client.prompt(prepared.request, prepared.still_ours)
    except ConnectorError as error:
        if isinstance(error, Unauthorized) or (isinstance(error, Unreachable) and not error.sent):
            raise
        # The line broke, or a proxy answered in the server's stead: the request may have arrived.
        if await _arrived(client, job):
            return job
        raise Unreachable(error.title, error.detail, error.hint, profile=error.profile) from error
    if answer.status == 200:
        return await _accepted(client, answer, job)
    if answer.status == 400:
        document = await client.http.json(answer)
        refusal = read_refusal(document, address_of)
        problems = dict(refusal.problems)
        raise Rejected(refusal.title, refusal.detail, profile=client.http.profile, problems=problems)
    if answer.status >= 500 and await _arrived(client, job):
        # A 500 can come though the job was queued: equal number and id of one that waits.
        # Source: ComfyUI 0.3.64, recording `02-dup-number-and-id-2`.
        return job
    raise _refused_otherwise(client, answer)


async def _accepted(client: Client, answer: Answer, job: JobHandle) -> JobHandle:
    try:
        reply = PromptReply.model_validate(await client.http.json(answer))
    except (ProtocolError, ValidationError) as error:
        if await _arrived(client, job):
            return job
        raise _refused_otherwise(client, answer) from error
    return replace(
        job, prompt_id=reply.prompt_id, dropped=dropped_outputs(reply.node_errors, job.class_types)
    )


async def _arrived(client: Client, job: JobHandle) -> bool:
    """Whether the server has the job.

    Raises:
        Unreachable: It cannot be asked.
    """
    for pause_s in ASK_AGAIN_S:
        await asyncio.sleep(pause_s)
        try:
            found = await client.find(job.prompt_id)
        except ConnectorError as error:
            # Whatever is the matter now: something was sent before.
            raise Unreachable(error.title, error.detail, error.hint, profile=error.profile) from error
        if not found.absent:
            log.info("job %s had arrived all the same", job.prompt_id)
            return True
    return False


def _refused_otherwise(client: Client, answer: Answer) -> ConnectorError:
    if answer.status == 413:
        return Rejected(
            "The workflow is too large for the server",
            f"{answer.endpoint}: {excerpt(answer.text(), 200)}",
            "Start ComfyUI with a larger --max-upload-size",
            profile=client.http.profile,
        )
    if answer.status >= 500:
        return Rejected(
            f"The server failed on the request (status {answer.status})",
            excerpt(answer.text(), 300),
            "See the server's log",
            profile=client.http.profile,
        )
    return client.http.unexpected(answer)
