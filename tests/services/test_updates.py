"""The hub: facts arrive all and in order, hints only as the latest, and nobody waits for a slow listener."""

from __future__ import annotations

import asyncio

from darkroom.domain.events import Progress, Stage
from darkroom.services.updates import Hub, Live, PreviewArrived, SessionsChanged, StoreChanged


def preview(number: int, generation: str = "a") -> PreviewArrived:
    return PreviewArrived(generation, "s", bytes([number]), "image/png")


async def test_a_subscription_hears_what_was_published_before_it_was_read() -> None:
    hub = Hub()
    subscription = hub.subscribe()
    hub.publish(SessionsChanged())
    hub.publish(StoreChanged())
    assert [await anext(subscription), await anext(subscription)] == [SessionsChanged(), StoreChanged()]


async def test_of_previews_and_progress_only_the_latest_of_each_generation_waits() -> None:
    hub = Hub()
    subscription = hub.subscribe()
    for number in range(200):
        hub.publish(preview(number))
        hub.publish(Live("a", "s", Progress(Stage.SAMPLING, step=number)))
    hub.publish(preview(7, "b"))
    hub.publish(SessionsChanged())
    got = [await anext(subscription) for _ in range(4)]
    assert got == [
        SessionsChanged(),
        preview(199),
        Live("a", "s", Progress(Stage.SAMPLING, step=199)),
        preview(7, "b"),
    ]


async def test_a_reader_that_waits_is_woken() -> None:
    hub = Hub()
    subscription = hub.subscribe()
    waiting = asyncio.ensure_future(anext(subscription))
    await asyncio.sleep(0)
    hub.publish(SessionsChanged())
    assert await asyncio.wait_for(waiting, 1) == SessionsChanged()


async def test_a_closed_subscription_holds_nothing_more() -> None:
    hub = Hub()
    closed, other = hub.subscribe(), hub.subscribe()
    closed.close()
    closed.close()
    hub.publish(SessionsChanged())
    assert await anext(other) == SessionsChanged()
    waiting = asyncio.ensure_future(anext(closed))
    await asyncio.sleep(0)
    assert not waiting.done()
    waiting.cancel()


async def test_hints_at_a_pace_are_rare_and_the_latest_while_facts_come_at_once() -> None:
    hub = Hub()
    paced = hub.subscribe(lambda: 0.2)
    hub.publish(Live("a", "s", Progress(Stage.SAMPLING, step=0)))
    assert await anext(paced) == Live("a", "s", Progress(Stage.SAMPLING, step=0))
    began = asyncio.get_running_loop().time()
    for step in range(1, 100):
        hub.publish(Live("a", "s", Progress(Stage.SAMPLING, step=step)))
    hub.publish(Live("b", "s", Progress(Stage.SAMPLING, step=7)))
    waiting = asyncio.ensure_future(anext(paced))
    await asyncio.sleep(0)
    hub.publish(SessionsChanged())
    assert await waiting == SessionsChanged()
    assert asyncio.get_running_loop().time() - began < 0.2
    # One look for all of them.
    assert await anext(paced) == Live("a", "s", Progress(Stage.SAMPLING, step=99))
    assert asyncio.get_running_loop().time() - began > 0.19
    assert await anext(paced) == Live("b", "s", Progress(Stage.SAMPLING, step=7))


async def test_a_hint_that_is_being_handed_out_is_still_replaced_by_a_later_one() -> None:
    hub = Hub()
    subscription = hub.subscribe()
    hub.publish(preview(1))
    hub.publish(preview(1, "b"))
    assert await anext(subscription) == preview(1)
    hub.publish(preview(2, "b"))
    assert await anext(subscription) == preview(2, "b")
    waiting = asyncio.ensure_future(anext(subscription))
    await asyncio.sleep(0)
    assert not waiting.done()
    waiting.cancel()
