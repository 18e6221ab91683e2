"""`darkroom queue list`: what runs and what waits, once or for as long as somebody looks."""

from __future__ import annotations

import asyncio
import json
import sys
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

from darkroom.cli import output
from darkroom.cli.exitcodes import ExitCode
from darkroom.cli.jobs import HEADINGS, as_json, pause_json, row, tell_pauses
from darkroom.cli.progress import describe, in_words
from darkroom.domain.text import plural
from darkroom.services.queue.estimate import Estimates
from darkroom.services.queue.others import from_json
from darkroom.services.queue.outlook import look
from darkroom.services.queue.presence import is_gone
from darkroom.services.queue.reasons import Reasons
from darkroom.services.updates import Changed, Live, QueueChanged, StoreChanged

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Mapping

    from darkroom.cli.context import Context
    from darkroom.domain.queue import Job, Pause
    from darkroom.services.core import Core
    from darkroom.services.queue.reasons import Why

_REDRAW_S = 0.5
"""A list that is followed is written no more often."""


NOBODY = "No Darkroom works on the queue: `darkroom worker` does, and so do the screens"
"""Said where jobs wait for somebody."""


class _View(NamedTuple):
    """The queue at one moment.

    Attributes:
        jobs: The first of them, what is at servers before what waits.
        total: How many there are.
        at_servers: How many of those a Darkroom has.
        ready: How many, of the whole queue, wait for nothing but their turn.
        pauses: What is stopped.
        why: What those that wait do so for, by generation.
        seconds: Until all that may go is done; `None` when that is not known.
    """

    jobs: tuple[Job, ...]
    total: int
    at_servers: int
    ready: int
    pauses: tuple[Pause, ...]
    why: Mapping[str, Why]
    seconds: float | None


def run(args: Namespace, context: Context) -> int:
    """`darkroom queue list`."""
    return asyncio.run(_list(args, context))


async def _list(args: Namespace, context: Context) -> int:
    named = getattr(args, "profile", None)
    target = context.known_profile(named) if named else None
    async with context.core(owning=args.follow) as core:
        if args.follow:
            await _follow(core, args, target)
        view = await _look(core, target, args.limit)
        if args.json:
            output.as_json(_document(view))
            return ExitCode.OK
        if view.jobs:
            output.data(_table(view, await _lives(core)))
        output.say(_summary(view))
        tell_pauses(view.pauses)
        if view.ready and not await somebody_works(core):
            output.say(NOBODY)
    return ExitCode.OK


async def _look(core: Core, target: str | None, limit: int) -> _View:
    counts = await core.queue.counts()
    if target is not None:
        counts = tuple(count for count in counts if target in (count.target, count.profile))
    jobs = await core.queue.page(limit=limit, target=target)
    taken = sum(count.jobs for count in counts if count.profile)
    outlook = await look(core.store, Estimates(core.store, core.profiles))
    reasons = Reasons(core.store, core.profiles, core.connections, core.catalogs)
    return _View(
        jobs,
        sum(count.jobs for count in counts),
        taken,
        outlook.ready - outlook.stuck,
        outlook.pauses,
        await reasons.of(jobs, outlook.pauses),
        outlook.estimate.seconds if target is None else None,
    )


def _document(view: _View) -> dict[str, Any]:
    paused = {pause.profile for pause in view.pauses}
    jobs = []
    for job in view.jobs:
        why = view.why.get(job.summary.id)
        jobs.append({**as_json(job, paused), "why": why.text if why is not None else None})
    return {
        "at_servers": view.at_servers,
        "waiting": view.total - view.at_servers,
        "seconds": view.seconds,
        "pauses": [pause_json(pause) for pause in view.pauses],
        "jobs": jobs,
    }


def _table(view: _View, lives: Mapping[str, str]) -> str:
    paused = {pause.profile for pause in view.pauses}
    rows = []
    for job in view.jobs:
        number, state, *rest = row(job, paused)
        why = view.why.get(job.summary.id)
        rows.append((number, why.text if why is not None else lives.get(job.summary.id, state), *rest))
    return output.table(rows, HEADINGS)


def _summary(view: _View) -> str:
    if not view.total:
        return "The queue is empty"
    more = f"; the first {len(view.jobs)} are shown" if len(view.jobs) < view.total else ""
    waiting = view.total - view.at_servers
    time = f", about {in_words(view.seconds)}" if view.seconds else ""
    return f"{plural(view.at_servers, 'job')} at servers, {waiting} waiting{time}{more}"


async def somebody_works(core: Core) -> bool:
    """Whether another Darkroom is there that may work on the queue."""
    if core.background.running() is not None:
        return True
    return any(not is_gone(process) for process in await core.store.generations.processes())


async def _follow(core: Core, args: Namespace, target: str | None) -> NoReturn:
    """Writes the list anew whenever it is another; on a terminal in place of the one before."""
    is_screen = sys.stdout.isatty() and not args.json
    last = ""
    while True:
        updates = core.updates()
        view = await _look(core, target, args.limit)
        if args.json:
            text = json.dumps(_document(view))
        else:
            text = f"{_table(view, await _lives(core))}\n" if view.jobs else ""
            text += _summary(view)
        if text != last:
            last = text
            _write(text, is_screen=is_screen, is_json=args.json)
        await asyncio.sleep(_REDRAW_S)
        async for update in updates:
            if isinstance(update, Live | Changed | QueueChanged | StoreChanged):
                break
        updates.close()


async def _lives(core: Core) -> dict[str, str]:
    """Where the running jobs stand, as their Darkrooms wrote it down, by generation."""
    heard = await core.store.progress.all()
    events = {generation_id: from_json(known.event) for generation_id, known in heard.items()}
    return {generation_id: describe(event) for generation_id, event in events.items() if event is not None}


def _write(text: str, *, is_screen: bool, is_json: bool) -> None:
    if is_json:
        output.document(text)
        return
    if is_screen:
        sys.stdout.write("\x1b[H\x1b[2J")
    output.data(text + ("" if is_screen else "\n"))
