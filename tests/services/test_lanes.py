"""Turns at servers that take one job at a time from us."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from darkroom.services.lanes import Lanes

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

PATIENCE_S = 5.0


class Visitors:
    """Jobs that ask for a turn, and what they were told."""

    def __init__(self) -> None:
        self.lanes = Lanes()
        self.cancelled: set[str] = set()
        self.told: list[tuple[str, int]] = []
        self.tasks: dict[str, asyncio.Task[bool]] = {}

    def come(self, job: str, profile: str = "box") -> asyncio.Task[bool]:
        task = asyncio.create_task(
            self.lanes.turn(
                profile,
                job,
                is_cancelled=lambda: job in self.cancelled,
                moved=lambda ahead: self.told.append((job, ahead)),
            )
        )
        self.tasks[job] = task
        return task

    def cancel(self, job: str, profile: str = "box") -> None:
        self.cancelled.add(job)
        self.lanes.look(profile)


@asynccontextmanager
async def visitors() -> AsyncIterator[Visitors]:
    made = Visitors()
    try:
        async with asyncio.timeout(PATIENCE_S):
            yield made
    finally:
        for task in made.tasks.values():
            task.cancel()
        await asyncio.gather(*made.tasks.values(), return_exceptions=True)


async def settled() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_one_goes_in_at_a_time_in_order_of_arrival() -> None:
    async with visitors() as here:
        assert await here.come("a")
        second, third = here.come("b"), here.come("c")
        await settled()
        assert not second.done()
        assert not third.done()
        assert here.told == [("b", 1), ("c", 2)]
        here.lanes.leave("box", "a")
        assert await second
        await settled()
        assert not third.done()
        assert here.told[2:] == [("b", 0), ("c", 1)]
        here.lanes.leave("box", "b")
        assert await third


async def test_one_that_is_cancelled_goes_away_and_the_next_moves_up() -> None:
    async with visitors() as here:
        assert await here.come("a")
        second, third = here.come("b"), here.come("c")
        await settled()
        here.cancel("b")
        assert not await second
        await settled()
        assert here.told[-1] == ("c", 1)
        here.lanes.leave("box", "a")
        assert await third


async def test_one_cancelled_before_it_came_never_goes_in() -> None:
    async with visitors() as here:
        here.cancelled.add("a")
        assert not await here.come("a")
        assert await here.come("b")


async def test_a_waiter_that_is_given_up_holds_nobody_up() -> None:
    async with visitors() as here:
        assert await here.come("a")
        second, third = here.come("b"), here.come("c")
        await settled()
        second.cancel()
        await settled()
        here.lanes.leave("box", "a")
        assert await third


async def test_profiles_have_lanes_of_their_own() -> None:
    async with visitors() as here:
        assert await here.come("a")
        assert await here.come("b", profile="other")


async def test_a_job_found_at_the_server_is_waited_for() -> None:
    async with visitors() as here:
        here.lanes.enter("box", "found")
        waiting = here.come("a")
        await settled()
        assert not waiting.done()
        here.lanes.leave("box", "stranger")
        await settled()
        assert not waiting.done()
        here.lanes.leave("box", "found")
        assert await waiting
