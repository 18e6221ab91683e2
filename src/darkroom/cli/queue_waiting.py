"""`darkroom queue wait`: returns when jobs have ended, whoever works on them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from darkroom.cli import output
from darkroom.cli.exitcodes import worst
from darkroom.cli.meters import Ends, tally
from darkroom.cli.queue import NOBODY, somebody_works
from darkroom.cli.seeing import ALL, Seeing
from darkroom.domain.queue import Hold
from darkroom.domain.text import plural

if TYPE_CHECKING:
    from argparse import Namespace

    from darkroom.cli.context import Context


def run(args: Namespace, context: Context) -> int:
    """Waits for the jobs that are named, else for all that are in the queue now and not on hold.

    ctrl+c stops the waiting alone.
    """
    return asyncio.run(_wait(args, context))


async def _wait(args: Namespace, context: Context) -> int:
    async with context.core() as core:
        nobody = not await somebody_works(core)
        # Registered: whoever runs jobs writes down how far they are while somebody is there to read it.
        await core.start(background=False, takes_all=False)
        updates = core.updates()
        if args.jobs:
            ids = [(await core.history.find(name)).id for name in args.jobs]
        else:
            jobs = await core.queue.page(limit=ALL)
            ids = [job.summary.id for job in jobs if job.hold is not Hold.PAUSED]
            if len(ids) < len(jobs):
                left = plural(len(jobs) - len(ids), "job is", "jobs are")
                output.say(f"{left} paused, and not waited for")
        seeing = Seeing(core, ids, updates)
        if ids and not args.quiet:
            output.say(f"Waiting for {plural(seeing.total, 'job')}; ctrl+c stops the waiting alone")
        if ids and nobody:
            output.say(NOBODY)
        ends = Ends(core, args, tuple(seeing.left))
        meter = tally(quiet=args.quiet)
        try:
            async for ended in seeing.news():
                if ended:
                    meter.close()
                    await ends.tell(ended)
                meter.show(seeing)
        finally:
            meter.close()
        await ends.close()
    return worst(ends.summaries)
