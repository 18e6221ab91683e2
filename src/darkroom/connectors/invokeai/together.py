"""Several questions at once, of which none is left behind when one of them fails."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterable

T = TypeVar("T")

AT_ONCE = 8


async def together(work: Iterable[Coroutine[object, object, T]], at_once: int = AT_ONCE) -> list[T]:
    """The results of all `work`, in its order; no more than `at_once` run at a time.

    The first error is raised when all the others have ended: a request that is still on its way when
    its client is closed would leave a connection behind.
    """
    limit = asyncio.Semaphore(at_once)

    async def one(job: Coroutine[object, object, T]) -> T:
        async with limit:
            return await job

    jobs = list(work)
    tasks = [asyncio.create_task(one(job)) for job in jobs]
    try:
        return list(await asyncio.gather(*tasks))
    finally:
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
        for job in jobs:
            # One that never began to run would be complained of.
            job.close()
