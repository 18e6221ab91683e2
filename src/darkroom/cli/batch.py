"""`darkroom generate` with many jobs: `--count`, `--sweep`, `--prompts`, `--wildcards`; and its preview."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from darkroom.cli import output
from darkroom.cli.exitcodes import ExitCode, worst
from darkroom.cli.following import Interrupts
from darkroom.cli.leaving import warn
from darkroom.cli.meters import Ends, tally
from darkroom.cli.progress import in_words
from darkroom.cli.seeing import ALL, Seeing
from darkroom.cli.turns import Turns
from darkroom.domain.errors import DarkroomError, InputError, Unreachable
from darkroom.domain.generation import Status
from darkroom.domain.queue import Priority
from darkroom.domain.text import excerpt, plural
from darkroom.services.batching.wanted import Templating, Wanted
from darkroom.services.exports import heading

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Sequence

    from darkroom.cli.generate import Request
    from darkroom.domain.batch.axis import Axis
    from darkroom.domain.generation import Summary
    from darkroom.domain.queue import Batch
    from darkroom.services.batching.composed import Composed
    from darkroom.services.core import Core
    from darkroom.services.updates import Subscription

GRACE_S = 15.0
"""How long cancelled jobs may take to end before they are left to a worker."""

_SHOWN = 20

_TEMPLATES = {"off": Templating.OFF, "random": Templating.DRAW, "all": Templating.ALL}


def wanted_of(args: Namespace) -> Wanted | None:
    """What differs from job to job; `None` when one job is asked for.

    Raises:
        InputError: A sweep or a list cannot be read.
    """
    templates = _TEMPLATES[args.wildcards]
    if not (args.sweep or args.prompts or args.count > 1 or templates is not Templating.OFF):
        return None
    from darkroom.domain.batch.sweep import parse_axis

    axes = [parse_axis(text) for text in args.sweep]
    if args.prompts is not None:
        axes.insert(0, _prompts(args))
    return Wanted(tuple(axes), args.count, templates, own_seeds=args.own_seeds)


def _prompts(args: Namespace) -> Axis:
    from darkroom.domain.batch.promptlist import MAX_BYTES, read_list

    if args.prompt is not None:
        raise InputError("A prompt and --prompts do not go together", hint="Put the prompt into the list")
    if args.prompts == "-":
        return read_list(sys.stdin.buffer.read(MAX_BYTES + 1), "stdin")
    path = Path(args.prompts)
    try:
        with path.open("rb") as file:
            return read_list(file.read(MAX_BYTES + 1), path.name)
    except OSError as error:
        raise InputError(f"{excerpt(path.name, 60)} cannot be read", error.strerror or str(error)) from error


async def compose(core: Core, request: Request, wanted: Wanted) -> Composed:
    """The batch, checked down to every value; keeps nothing. Raises what `Batches.compose` does."""
    session_id = request.session.id if request.session else ""
    return await core.batches.compose(session_id, request.profile, request.workflow, request.values, wanted)


async def preview(core: Core, args: Namespace, request: Request, wanted: Wanted) -> int:
    """Says how many jobs there would be, and how long they would take; keeps nothing."""
    composed = await compose(core, request, wanted)
    forecast = await core.batches.forecast(composed)
    plan = composed.plan
    if args.json:
        output.as_json(
            {
                "jobs": forecast.jobs,
                "seconds": forecast.seconds,
                "unmeasured": forecast.unmeasured,
                "axes": {name: list(labels) for name, labels in plan.labels().items()},
            }
        )
        return ExitCode.OK
    if plan.axes:
        names = [axis.name for axis in plan.axes]
        rows = [[str(cell.position + 1), *(cell.coordinates[n] for n in names)] for cell in plan[:_SHOWN]]
        output.data(output.table(rows, ("#", *(name.upper() for name in names))))
        if len(plan) > _SHOWN:
            output.data(f"… and {len(plan) - _SHOWN:,} more")
    time = "" if forecast.seconds is None else f", about {in_words(forecast.seconds)}"
    output.say(f"{plan.title}{time}; nothing was added")
    if forecast.unmeasured:
        output.say(f"How long {plural(forecast.unmeasured, 'job')} would take was never measured")
    return ExitCode.OK


async def make(core: Core, args: Namespace, request: Request, wanted: Wanted, updates: Subscription) -> int:
    """Keeps a batch, and sees it to its end unless it should not be waited for."""
    composed = await compose(core, request, wanted)
    # A new session is made when the batch is known to be sound.
    session_id = await request.session_id(core)
    composed = replace(composed, session_id=session_id)
    batch = await core.batches.add(composed, priority=Priority[args.priority.upper()], paused=args.paused)
    await core.sessions.use(session_id, workflow_id=request.workflow.id, profile=request.profile)
    ids = [job.generation_id for job in await core.store.batches.jobs(batch.id)]
    if args.no_wait or args.paused:
        return await leave(core, args, await _summaries(core, ids), batch)
    if not args.quiet:
        output.say(f"{batch.title} on {request.profile}; ctrl+c cancels them")
    return await _see_through(core, args, batch, Seeing(core, ids, updates))


async def _summaries(core: Core, ids: Sequence[str]) -> list[Summary]:
    """The jobs of a new batch, in its order: those that wait still are read at once."""
    known = {job.summary.id: job.summary for job in await core.queue.page(limit=ALL)}
    found = [known.get(one) or await core.store.generations.summary(one) for one in ids]
    return [summary for summary in found if summary is not None]


async def leave(core: Core, args: Namespace, summaries: Sequence[Summary], batch: Batch | None = None) -> int:
    """Leaves new jobs to a worker; writes their numbers, with `--json` more.

    Raises:
        DarkroomError: A worker is needed and cannot be started. The jobs are kept.
    """
    if args.json:
        output.as_json([{**heading(summary), "batch": batch.id if batch else None} for summary in summaries])
    else:
        for summary in summaries:
            output.data(str(summary.number))
    if args.paused:
        output.say(
            f"{plural(len(summaries), 'job is', 'jobs are')} kept, paused: darkroom queue resume JOB …"
        )
        return ExitCode.OK
    await core.background.ensure()
    if not args.quiet:
        output.say(f"{plural(len(summaries), 'job')} in the queue; a worker sends them: darkroom queue list")
    return ExitCode.OK


async def _see_through(core: Core, args: Namespace, batch: Batch, seeing: Seeing) -> int:
    ends, meter, turns = Ends(core, args, tuple(seeing.left)), tally(quiet=args.quiet), Turns(core)
    away: Summary | None = None
    cancelling: asyncio.Task[None] | None = None
    with Interrupts().heeded() as interrupts:
        try:
            async for ended in seeing.news():
                if ended:
                    meter.close()
                    await ends.tell(ended)
                _complain(seeing)
                away = away or next((s for s in ends.summaries if _is_away(s)), None)
                if away is not None:
                    # The rest would fail likewise; those that are on their way are seen to their ends.
                    core.owning.dispatcher.stop()
                if interrupts.leave.is_set() or (away is not None and not core.generations.active()):
                    break
                if interrupts.cancel.is_set() and cancelling is None:
                    meter.close()
                    cancelling = asyncio.create_task(_cancel(core, batch, seeing, interrupts))
                if cancelling is None:
                    await turns.mind(seeing)
                meter.show(seeing)
        finally:
            meter.close()
            if cancelling is not None:
                cancelling.cancel()
    await ends.close()
    return await _over(core, seeing, ends, interrupts, away)


def _is_away(summary: Summary) -> bool:
    reason = summary.reason
    return summary.status is Status.FAILED and reason is not None and reason.kind == Unreachable.__name__


def _complain(seeing: Seeing) -> None:
    """Tells what no job can tell (a full disk, say); the jobs are tried again."""
    if seeing.trouble is not None:
        output.complain(seeing.trouble)
        seeing.trouble = None


async def _cancel(core: Core, batch: Batch, seeing: Seeing, interrupts: Interrupts) -> None:
    output.say("Cancelling; ctrl+c again leaves what runs to a worker")
    try:
        await core.queue.clear(batch=batch.id)
        for generation_id in list(seeing.left):
            await core.generations.cancel(generation_id)
    except DarkroomError as error:
        output.complain(error)
    await asyncio.sleep(GRACE_S)
    interrupts.give_up()


async def _over(core: Core, seeing: Seeing, ends: Ends, interrupts: Interrupts, away: Summary | None) -> int:
    stopped = interrupts.stopped
    if seeing.left:
        left = plural(len(seeing.left), "job")
        await warn(core)
        if away is not None and not stopped:
            output.say(f"{left} stay in the queue; `darkroom worker` sends them when the server is back")
            return ExitCode.SERVER
        if interrupts.hands_over:
            await core.background.ensure()
            output.say(f"{left} left to a worker; `darkroom queue list` shows them")
        else:
            output.say(f"{left} left in the queue; `darkroom worker` goes on with them")
    complete = all(summary.status is Status.COMPLETE for summary in ends.summaries)
    return ExitCode.INTERRUPTED if stopped and (seeing.left or not complete) else worst(ends.summaries)
