"""`darkroom queue`: what changes the order, and what holds or stops jobs."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from darkroom.cli import output
from darkroom.cli.exitcodes import ExitCode
from darkroom.cli.jobs import as_json, batch_named, pause_json, tell_pauses, waiting
from darkroom.domain.errors import ConnectorError, InputError
from darkroom.domain.events import CancelResult
from darkroom.domain.queue import EVERYTHING, Hold, Priority
from darkroom.domain.text import excerpt, plural

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Sequence

    from darkroom.cli.context import Context
    from darkroom.domain.generation import Summary
    from darkroom.services.core import Core


def move(args: Namespace, context: Context) -> int:
    """`darkroom queue move`."""
    return asyncio.run(_move(args, context))


def prioritise(args: Namespace, context: Context) -> int:
    """`darkroom queue priority`."""
    return asyncio.run(_prioritise(args, context))


def pause(args: Namespace, context: Context) -> int:
    """`darkroom queue pause`."""
    return asyncio.run(_hold(args, context, Hold.PAUSED))


def resume(args: Namespace, context: Context) -> int:
    """`darkroom queue resume`."""
    return asyncio.run(_hold(args, context, Hold.NONE))


def cancel(args: Namespace, context: Context) -> int:
    """`darkroom queue cancel`."""
    return asyncio.run(_cancel(args, context))


def clear(args: Namespace, context: Context) -> int:
    """`darkroom queue clear`."""
    return asyncio.run(_clear(args, context))


async def _move(args: Namespace, context: Context) -> int:
    async with context.core() as core:
        ids = [job.summary.id for job in await waiting(core, args.jobs)]
        if args.first:
            await core.queue.move_to_start(ids)
        elif args.last:
            await core.queue.move_to_end(ids)
        elif args.before is not None or args.after is not None:
            name = args.before if args.after is None else args.after
            other = (await core.history.find(name)).id
            await (core.queue.move_before if args.after is None else core.queue.move_behind)(ids, other)
        else:
            # Neighbours of one another keep their order: the foremost goes first on the way up.
            for generation_id in ids if args.up else reversed(ids):
                await core.queue.step(generation_id, forward=not args.up)
        await _tell(core, args, ids)
    return ExitCode.OK


async def _prioritise(args: Namespace, context: Context) -> int:
    async with context.core() as core:
        ids = [job.summary.id for job in await waiting(core, args.jobs)]
        await core.queue.prioritise(ids, Priority[args.level.upper()])
        await _tell(core, args, ids)
    return ExitCode.OK


async def _hold(args: Namespace, context: Context, hold: Hold) -> int:
    named = getattr(args, "profile", None)
    if named is not None and args.jobs:
        raise InputError("Jobs and --profile do not go together", hint="Name the jobs, or a server")
    async with context.core() as core:
        if args.jobs:
            ids = [job.summary.id for job in await waiting(core, args.jobs)]
            await (core.queue.pause_jobs if hold else core.queue.resume_jobs)(ids)
            await _tell(core, args, ids)
        else:
            if hold:
                await core.queue.pause(context.known_profile(named) if named else EVERYTHING)
            else:
                # A server that is gone from the configuration may still be paused.
                await core.queue.resume(named)
            await _tell_pauses(core, args)
        if not hold:
            await send(core)
    return ExitCode.OK


async def _tell(core: Core, args: Namespace, ids: Sequence[str]) -> None:
    """Says where jobs stand now; those that have been taken meanwhile are told as what they are."""
    jobs = [job for generation_id in ids if (job := await core.queue.job(generation_id)) is not None]
    if args.json:
        paused = {stopped.profile for stopped in await core.queue.pauses()}
        output.as_json([as_json(job, paused) for job in jobs])
        return
    for job in jobs:
        ahead = await core.queue.ahead(job.summary.id)
        place = "" if ahead is None else f", {plural(ahead, 'job')} before it"
        held = ", paused" if job.hold is Hold.PAUSED else ""
        output.say(f"#{job.summary.number} {job.priority.word}{held}{place}")


async def _tell_pauses(core: Core, args: Namespace) -> None:
    pauses = await core.queue.pauses()
    held = sum(count.jobs for count in await core.queue.counts() if count.hold is Hold.PAUSED)
    if args.json:
        output.as_json({"pauses": [pause_json(stopped) for stopped in pauses], "held": held})
        return
    tell_pauses(pauses)
    if not pauses:
        output.say("The queue goes on")
    if held:
        output.say(f"{plural(held, 'job is', 'jobs are')} paused by itself: darkroom queue resume JOB …")


async def send(core: Core) -> None:
    """Sees to it that somebody works on what waits."""
    if any(not count.profile and not count.hold for count in await core.queue.counts()):
        await core.background.ensure()


async def _cancel(args: Namespace, context: Context) -> int:
    results: list[tuple[Summary, str]] = []
    code = ExitCode.OK
    async with context.core() as core:
        found = [(await core.history.find(name)).summary for name in args.jobs]
        for summary in found:
            try:
                result = await core.generations.cancel(summary.id)
            except ConnectorError as error:
                output.complain(error)
                results.append((summary, "the server could not be asked"))
                code = ExitCode.SERVER
                continue
            if result is CancelResult.CANNOT:
                code = code or ExitCode.FAILED
            job = await core.queue.job(summary.id)
            results.append((summary, _said(result, is_over=job is None)))
    if args.json:
        output.as_json([{"id": s.id, "number": s.number, "result": said} for s, said in results])
    else:
        for summary, said in results:
            output.say(f"#{summary.number} {said}")
    return code


def _said(result: CancelResult, *, is_over: bool) -> str:
    match result:
        case CancelResult.CANNOT:
            return "the server cannot cancel it"
        case CancelResult.NOT_RUNNING:
            return "had ended already"
        case _:
            return "cancelled" if is_over else "is being stopped"


async def _clear(args: Namespace, context: Context) -> int:
    profile, session_name = getattr(args, "profile", None), getattr(args, "session", None)
    async with context.core() as core:
        session = await core.sessions.require(session_name) if session_name else None
        batch = await batch_named(core, args.batch) if args.batch else None
        if not args.yes:
            which = [
                f"for {excerpt(profile, 60)}" if profile else "",
                f"of the session {excerpt(session.name, 60)}" if session else "",
                f"of the batch “{excerpt(batch.title, 60)}”" if batch else "",
            ]
            said = " ".join(part for part in which if part) or "of all servers and sessions"
            raise InputError(
                f"This would cancel every job that waits, {said}",
                "What is at a server goes on",
                "Say --yes when that is meant",
            )
        cleared = await core.queue.clear(
            target=profile,
            session_id=session.id if session else None,
            batch=batch.id if batch else None,
        )
    if args.json:
        output.as_json({"cancelled": cleared})
    else:
        output.say(f"{plural(cleared, 'job')} cancelled")
    return ExitCode.OK
