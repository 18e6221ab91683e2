"""`darkroom queue retry` and `duplicate`: jobs made anew from what was asked for before."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from darkroom.cli import output
from darkroom.cli.exitcodes import ExitCode
from darkroom.cli.jobs import batch_named
from darkroom.cli.queue_changes import send
from darkroom.domain.errors import InputError
from darkroom.domain.generation import Status
from darkroom.domain.text import excerpt
from darkroom.services.exports import heading

if TYPE_CHECKING:
    from argparse import Namespace

    from darkroom.cli.context import Context
    from darkroom.domain.generation import Summary
    from darkroom.services.core import Core

_LOOKED_AT = 100_000
"""Generations of a session that are looked through for those that failed."""


def retry(args: Namespace, context: Context) -> int:
    """`darkroom queue retry`."""
    return asyncio.run(_retry(args, context))


def duplicate(args: Namespace, context: Context) -> int:
    """`darkroom queue duplicate`."""
    return asyncio.run(_duplicate(args, context))


async def _retry(args: Namespace, context: Context) -> int:
    kinds = {Status.FAILED: args.failed, Status.LOST: args.lost}
    wanted = {status for status, is_wanted in kinds.items() if is_wanted}
    scoped = getattr(args, "session", None) is not None or args.batch is not None
    if bool(args.jobs) == bool(wanted) or (args.jobs and scoped):
        raise InputError(
            "It is not clear what should be retried",
            hint="Name jobs, or say --failed or --lost: of the last session, or of --session or --batch",
        )
    async with context.core() as core:
        if args.jobs:
            earlier = [(await core.history.find(name)).summary for name in args.jobs]
            for summary in earlier:
                if not summary.status.final:
                    raise InputError(
                        f"#{summary.number} has not ended: it is {summary.status}",
                        hint="`darkroom queue duplicate` makes another one like it",
                    )
        else:
            earlier = await _ended(core, args, wanted)
        made = [(summary, await core.queue.again(summary.id)) for summary in earlier]
        _tell(args, made)
        await send(core)
    return ExitCode.OK


async def _ended(core: Core, args: Namespace, wanted: set[Status]) -> list[Summary]:
    """What ended so in a session or batch and was not retried yet, in the order in which it was made."""
    if args.batch is not None:
        batch = await batch_named(core, args.batch)
        session_id, where = batch.session_id, f"batch “{excerpt(batch.title, 60)}”"
        members = {job.generation_id for job in await core.store.batches.jobs(batch.id)}
    else:
        name = getattr(args, "session", None)
        session = await (core.sessions.require(name) if name else core.sessions.last())
        session_id, where, members = session.id, f"session “{excerpt(session.name, 60)}”", None
    known = await core.history.search(session_id=session_id, limit=_LOOKED_AT)
    retried = {summary.retry_of for summary in known}
    found = [
        summary
        for summary in reversed(known)
        if summary.status in wanted
        and summary.number not in retried
        and (members is None or summary.id in members)
    ]
    if not found:
        said = " or ".join(sorted(map(str, wanted)))
        output.say(f"Nothing in the {where} is {said} and was not retried")
    return found


async def _duplicate(args: Namespace, context: Context) -> int:
    async with context.core() as core:
        earlier = [(await core.history.find(name)).summary for name in args.jobs]
        made = [(summary, await core.queue.duplicate(summary.id)) for summary in earlier]
        _tell(args, made)
        await send(core)
    return ExitCode.OK


def _tell(args: Namespace, made: list[tuple[Summary, Summary]]) -> None:
    """Writes the numbers of the new jobs."""
    if args.json:
        output.as_json([{**heading(new), "of": earlier.number} for earlier, new in made])
        return
    for earlier, new in made:
        output.data(str(new.number))
        output.say(f"#{new.number} is #{earlier.number} once more")
