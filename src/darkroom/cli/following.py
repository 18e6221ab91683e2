"""Sees a generation to its end, with progress shown and interrupts understood."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from typing import TYPE_CHECKING, Any

from darkroom.cli import output
from darkroom.cli.turns import Turns
from darkroom.domain.errors import ConnectorError
from darkroom.domain.events import CancelResult
from darkroom.services.updates import Live

if TYPE_CHECKING:
    from collections.abc import Iterator

    from darkroom.cli.progress import Meter
    from darkroom.domain.generation import Summary
    from darkroom.services.core import Core
    from darkroom.services.updates import Subscription

GRACE_S = 15.0
"""How long a cancelled job may take to end before it is left to its server."""


class Interrupts:
    """Counts what asks this process to stop: ctrl+c once cancels, twice leaves; SIGTERM and SIGHUP leave.

    Attributes:
        cancel: Jobs should be cancelled.
        leave: Nothing should be waited for any more.
        hands_over: A worker should go on: the person left, or the line was closed. Whoever sends SIGTERM may
            be about to stop the machine.
    """

    def __init__(self) -> None:
        self.cancel = asyncio.Event()
        self.leave = asyncio.Event()
        self.hands_over = False

    @property
    def stopped(self) -> bool:
        """Whether anything asked to stop."""
        return self.cancel.is_set() or self.leave.is_set()

    def _on_interrupt(self) -> None:
        if self.cancel.is_set():
            self.give_up()
        self.cancel.set()

    def give_up(self) -> None:
        """Nobody waits any more; a worker should go on."""
        self.hands_over = True
        self.leave.set()

    @contextlib.contextmanager
    def heeded(self) -> Iterator[Interrupts]:
        """While inside, signals set the events instead of ending the program."""
        loop = asyncio.get_running_loop()
        wanted = {
            signal.SIGINT: self._on_interrupt,
            signal.SIGTERM: self.leave.set,
            signal.SIGHUP: self.give_up,
        }
        before = {number: signal.getsignal(number) for number in wanted}
        for number, action in wanted.items():
            if before[number] is not signal.SIG_IGN:  # nohup
                loop.add_signal_handler(number, action)
        try:
            yield self
        finally:
            for number, handler in before.items():
                if handler is not signal.SIG_IGN:
                    loop.remove_signal_handler(number)
                    signal.signal(number, handler)


async def follow(
    core: Core, generation_id: str, updates: Subscription, meter: Meter
) -> tuple[Summary | None, Interrupts]:
    """Waits for the end of a generation.

    Args:
        core: The services.
        generation_id: Which; taken by this process, or waiting for its turn.
        updates: A subscription made before the generation was.
        meter: Where progress is shown.

    Returns:
        The generation as it ended (`None` when it was left), and what the interrupts asked for.

    Raises:
        StoreError: What became of it could not be written down.
    """
    with Interrupts().heeded() as interrupts:
        showing = asyncio.create_task(_show(generation_id, updates, meter))
        waiting = asyncio.create_task(core.generations.wait(generation_id))
        turns = asyncio.create_task(Turns(core).watch(generation_id))
        try:
            await _first(waiting, interrupts.cancel, interrupts.leave)
            if not waiting.done() and not interrupts.leave.is_set():
                await _stop(core, generation_id, waiting, interrupts, meter)
            return (await waiting if waiting.done() else None), interrupts
        finally:
            await _end(showing, waiting, turns)
            meter.close()


async def _stop(
    core: Core, generation_id: str, waiting: asyncio.Task[Summary], interrupts: Interrupts, meter: Meter
) -> None:
    """Cancels the job and waits for its end, but neither for long nor against a second interrupt."""
    cancelling = asyncio.create_task(_cancel(core, generation_id, meter))
    try:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(GRACE_S):
                await _first(waiting, interrupts.leave)
    finally:
        await _end(cancelling)


async def _end(*tasks: asyncio.Task[Any]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _show(generation_id: str, updates: Subscription, meter: Meter) -> None:
    async for update in updates:
        if isinstance(update, Live) and update.generation_id == generation_id:
            meter.show(update.event)


async def _first(waiting: asyncio.Task[Summary], *events: asyncio.Event) -> None:
    tasks = [asyncio.create_task(event.wait()) for event in events]
    try:
        await asyncio.wait([waiting, *tasks], return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()


async def _cancel(core: Core, generation_id: str, meter: Meter) -> None:
    meter.close()
    output.say("Cancelling; ctrl+c again leaves it to a worker")
    try:
        if await core.generations.cancel(generation_id) is CancelResult.CANNOT:
            output.say("The server cannot cancel it")
    except ConnectorError as error:
        output.complain(error)
