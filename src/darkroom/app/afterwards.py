"""What is done after the screen is closed: jobs that only this process can follow are seen to their end."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from darkroom.app.hangup import Outlasting
from darkroom.app.leaving import bound_here, work_left
from darkroom.app.widgets.meter import Meter, left_text, stage_text, step_text
from darkroom.domain.errors import DarkroomError
from darkroom.domain.profile import shown_name
from darkroom.domain.text import excerpt
from darkroom.services.updates import Live

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator

    from darkroom.domain.generation import Summary
    from darkroom.services.core import Core

log = logging.getLogger(__name__)

DRAW_EVERY_S = 0.25


async def hand_over(core: Core) -> None:
    """The terminal is gone: a worker goes on with the queue; what it cannot follow ends here, unseen."""
    core.owning.dispatcher.stop()
    try:
        if (await work_left(core)).needs_somebody:
            await core.background.ensure()
    except DarkroomError as error:
        log.warning("nobody goes on with the queue: %s", error)
    await _see_through(core, lambda _: None)


async def in_terminal(core: Core, words: str) -> None:
    """Says what was done, and follows the last jobs in one line of the plain terminal; ctrl+c leaves."""
    stream = Outlasting(sys.stderr)
    if words:
        stream.write(f"{words}\n")
    is_terminal = sys.stderr.isatty()

    def say(line: str) -> None:
        if is_terminal:
            stream.write(f"\r\x1b[K{line}")
            stream.flush()

    bound = await bound_here(core)
    if not bound:
        return
    stream.write("Waiting for what only this process can follow; ctrl+c leaves it\n")
    with _interrupted() as stop:
        await _unless(stop, _see_through(core, say))
    say("")
    for summary in bound:
        now = await core.store.generations.summary(summary.id)
        if now is not None:
            stream.write(f"#{now.number}: {now.status if now.status.final else 'left at its server'}\n")


async def _see_through(core: Core, say: Callable[[str], object]) -> None:
    """Returns when this process has nothing left that no other could follow; meanwhile says how far it is."""
    meters: dict[str, Meter] = {}
    updates = core.updates()

    async def watch() -> None:
        async for update in updates:
            if isinstance(update, Live):
                meter = meters.setdefault(update.generation_id, Meter(asyncio.get_running_loop().time))
                meter.see(update.event)

    async def draw() -> None:
        while True:
            bound = await bound_here(core)
            say("   ".join(_line(summary, meters.get(summary.id)) for summary in bound))
            await asyncio.sleep(DRAW_EVERY_S)

    helpers = [asyncio.create_task(watch()), asyncio.create_task(draw())]
    try:
        while bound := await bound_here(core):
            await core.generations.wait(bound[0].id)
    except DarkroomError as error:  # the row tells of it at the next start
        log.warning("a job is left: %s", error)
    finally:
        updates.close()
        for task in helpers:
            task.cancel()
        await asyncio.gather(*helpers, return_exceptions=True)


def _line(summary: Summary, meter: Meter | None) -> str:
    steps, left = step_text(meter).strip(), left_text(meter).strip()
    parts = (
        f"#{summary.number} at {excerpt(shown_name(summary.profile), 24)}",
        stage_text(meter),
        steps,
        left,
    )
    return "  ".join(part for part in parts if part)


async def _unless(stop: asyncio.Event, work: Coroutine[object, object, None]) -> None:
    """Does the work; ends it when `stop` is set."""
    tasks = [asyncio.create_task(work), asyncio.create_task(stop.wait())]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@contextmanager
def _interrupted() -> Iterator[asyncio.Event]:
    """An event that ctrl+c sets, while the block lasts."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGINT, stop.set)
    try:
        yield stop
    finally:
        loop.remove_signal_handler(signal.SIGINT)
