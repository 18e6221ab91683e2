"""`darkroom recover`: brings home what no Darkroom looks after any more."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from darkroom.cli import output
from darkroom.cli.ending import paths_of, tell_end
from darkroom.cli.exitcodes import worst
from darkroom.domain.queue import Hold
from darkroom.domain.text import plural
from darkroom.services.exports import record

if TYPE_CHECKING:
    from argparse import Namespace

    from darkroom.cli.context import Context
    from darkroom.services.core import Core


def run(args: Namespace, context: Context) -> int:
    """Takes over unfinished generations whose process is gone, and waits for their ends.

    The exit code is the worst of theirs.
    """
    return asyncio.run(_recover(args, context))


async def _recover(args: Namespace, context: Context) -> int:
    async with context.core(owning=True) as core:
        await core.recovery.once()
        ids = core.generations.active()
        if ids:
            output.say(f"Bringing home {plural(len(ids), 'generation')}; ctrl+c leaves them to their servers")
        else:
            output.say("There is nothing to bring home")
        ended = await asyncio.gather(*(core.generations.wait(generation_id) for generation_id in ids))
        generations = [await core.history.get(summary.id) for summary in ended]
        if args.json:
            output.as_json([record(generation, core.store) for generation in generations])
        for generation in generations:
            if not args.json:
                for path in paths_of(generation, core):
                    output.data(str(path))
            tell_end(generation)
        await _tell_waiting(core)
    return worst(ended)


async def _tell_waiting(core: Core) -> None:
    """What was never sent is not brought home: says how it goes on."""
    counts = await core.queue.counts()
    held = sum(count.jobs for count in counts if not count.profile and count.hold is Hold.PAUSED)
    ready = sum(count.jobs for count in counts if not count.profile) - held
    if ready:
        output.say(f"{plural(ready, 'job waits', 'jobs wait')} in the queue: darkroom worker")
    if held:
        output.say(f"{plural(held, 'job is', 'jobs are')} paused: darkroom queue resume JOB …")
