"""Several questions at once."""

from __future__ import annotations

import asyncio

import pytest

from darkroom.connectors.together import together
from darkroom.domain.errors import ProtocolError


async def test_answers_come_in_the_order_of_the_questions() -> None:
    begun = asyncio.Event()

    async def first() -> str:
        await begun.wait()
        return "first"

    async def second() -> int:
        begun.set()
        return 2

    assert await together(first(), second()) == ("first", 2)
    assert await together() == ()


async def test_when_one_fails_the_others_are_over_too() -> None:
    begun, over = asyncio.Event(), asyncio.Event()

    async def fails() -> None:
        await begun.wait()
        raise ProtocolError("no")

    async def waits() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            over.set()

    with pytest.raises(ProtocolError):
        await together(fails(), waits())
    assert over.is_set()


async def test_who_is_cancelled_takes_them_along() -> None:
    begun, over = asyncio.Event(), asyncio.Event()

    async def waits() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            over.set()

    task = asyncio.create_task(together(waits(), asyncio.sleep(0)))
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert over.is_set()
