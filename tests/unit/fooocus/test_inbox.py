"""What waits for a follower is merged, and never blocks the reader."""

from __future__ import annotations

import asyncio

import pytest

from darkroom.connectors.fooocus.events import Over, Plain, Shown, Waiting
from darkroom.connectors.fooocus.files import ServerFile
from darkroom.connectors.fooocus.inbox import Inbox
from darkroom.domain.errors import Unreachable

ONE, TWO = (ServerFile("/1"),), (ServerFile("/1"), ServerFile("/2"))


async def test_only_the_newest_of_each_part_waits() -> None:
    inbox = Inbox()
    for ahead in (5, 4):
        inbox.put(Waiting(ahead))
    inbox.put(Plain("send_data"))
    for number in range(10_000):
        inbox.put(Shown(number / 10_000, f"step {number}", ("image/png", b"x" * 1000)))
    inbox.put(Shown(results=ONE))
    inbox.put(Shown(title="Saving", results=TWO))
    over = Over(Shown(gallery=TWO))
    inbox.put(over)
    assert await inbox.get() == Waiting(4)
    assert await inbox.get() == Plain("send_data")
    assert await inbox.get() == Shown(0.9999, "Saving", ("image/png", b"x" * 1000), TWO)
    assert await inbox.get() is over


async def test_a_reason_why_nothing_more_comes_is_raised_after_all_else() -> None:
    inbox = Inbox()
    inbox.put(Shown(0.5))
    inbox.put(Unreachable("gone"))
    assert await inbox.get() == Shown(0.5)
    with pytest.raises(Unreachable):
        await inbox.get()


async def test_waiting_ends_with_a_message_or_with_time() -> None:
    inbox = Inbox()
    assert await inbox.get(0) is None
    getting = asyncio.create_task(inbox.get(5))
    await asyncio.sleep(0)
    inbox.put(Waiting(None))
    assert await getting == Waiting(None)
