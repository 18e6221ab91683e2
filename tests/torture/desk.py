"""A Darkroom as the TUI has it, without a screen: `python -m tests.torture.desk HOME ORDERS`.

ORDERS is JSON: what to submit, and the seed of all that is drawn. It says what was kept, one line each, and
ends when the queue is empty. It is there to be killed.
"""

from __future__ import annotations

import asyncio
import json
import random
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from darkroom.config.paths import resolve
from darkroom.config.settings import load
from darkroom.domain.errors import ConnectorError, InputError, StoreError
from darkroom.domain.events import CancelResult
from darkroom.domain.queue import Hold, Order, Priority
from darkroom.domain.workflow import BUILT_IN
from darkroom.services.batching.wanted import Wanted
from darkroom.services.core import Core

if TYPE_CHECKING:
    from collections.abc import Coroutine

ALL = 1000
LOOK_EVERY_S = 0.2


class Desk:
    """Submits jobs, changes its mind about them, and waits until all have ended."""

    def __init__(self, core: Core, orders: dict[str, Any]) -> None:
        self._core = core
        self._orders = orders
        self._rng = random.Random(orders["seed"])
        self._kept: list[str] = []

    async def work(self) -> None:
        """All that was ordered."""
        for number in range(self._orders["jobs"]):
            await self._tried(self._submit(self._orders["first_seed"] + 100 * number))
            await self._tried(self._change_of_mind())
        for _ in range(self._orders["jobs"]):
            # People are slower than that; the moments are what matters.
            await asyncio.sleep(self._rng.uniform(0, 0.4))
            await self._tried(self._change_of_mind())
        await self._until_over()

    async def _tried(self, attempt: Coroutine[Any, Any, None]) -> None:
        try:
            await attempt
        except (StoreError, ConnectorError, InputError) as error:
            say("refused", error.title)

    async def _submit(self, seed: int) -> None:
        rng, core = self._rng, self._core
        target, priority = rng.choice(self._orders["targets"]), rng.choice([*Priority])
        pace = self._orders["slow"] if rng.random() < 0.3 else self._orders["values"]
        values = {**pace, "prompt": f"a cat {seed}", "seed": seed}
        session = (await core.sessions.last()).id
        if rng.random() < 0.3:
            composed = await core.batches.compose(
                session, target, BUILT_IN, values, Wanted(count=rng.randint(2, 4))
            )
            batch = await core.batches.add(composed, priority=priority)
            for job in await core.store.batches.jobs(batch.id):
                self._keep(job.generation_id)
        else:
            hold = Hold.PAUSED if rng.random() < 0.1 else Hold.NONE
            made = await core.generations.submit(session, target, BUILT_IN, values, Order(priority, hold))
            self._keep(made.id)

    def _keep(self, generation_id: str) -> None:
        self._kept.append(generation_id)
        say("kept", generation_id)

    async def _change_of_mind(self) -> None:
        if not self._kept:
            return
        rng, core = self._rng, self._core
        one, other = rng.choice(self._kept), rng.choice(self._kept)
        match rng.choice(["", "", "cancel", "start", "behind", "priority", "pause", "resume"]):
            case "cancel" if self._orders["cancels"]:
                if await core.generations.cancel(one) is CancelResult.STOPPED:
                    say("stopped", one)
            case "start":
                await core.queue.move_to_start([one])
            case "behind":
                await core.queue.move_behind([one], other)
            case "priority":
                await core.queue.prioritise([one], rng.choice([*Priority]))
            case "pause":
                await core.queue.pause_jobs([one])
            case "resume":
                await core.queue.resume_jobs([one])

    async def _until_over(self) -> None:
        """Until no job is left, of whomever; whoever `finishes` lets go on what is held."""
        while True:
            try:
                if self._orders["finishes"]:
                    await self._core.queue.resume()
                    waiting = await self._core.queue.page(limit=ALL)
                    await self._core.queue.resume_jobs([job.summary.id for job in waiting])
                if not await self._core.queue.counts():
                    return
            except StoreError as error:
                say("refused", error.title)
            await asyncio.sleep(LOOK_EVERY_S)


def say(what: str, detail: str) -> None:
    """Tells the driver, at once."""
    sys.stdout.write(f"{what} {detail}\n")
    sys.stdout.flush()


async def main(home: Path, orders: dict[str, Any]) -> None:
    """One desk, until all is over or it is asked to end."""
    paths = resolve(home, {})
    paths.create()
    core = await Core.open(paths, load(paths, {}))
    try:
        await core.start(background=True, takes_all=True)
        work = asyncio.create_task(Desk(core, orders).work())
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, work.cancel)
        await asyncio.wait([work])
        if not work.cancelled():
            work.result()
    finally:
        await core.aclose()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), json.loads(sys.argv[2])))
