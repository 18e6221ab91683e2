"""Who is told when, and when not. The clock is driven by hand; the hub is real."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from darkroom.config.settings import Settings
from darkroom.domain.generation import Status
from darkroom.domain.queue import Hold, Order
from darkroom.domain.snapshot import Snapshot
from darkroom.services.notices import EVERY_S, LOOK_EVERY_S, left_to_do
from darkroom.services.tidings import Left
from darkroom.services.updates import Changed, QueueChanged, StoreChanged
from tests.services.notice_material import Desk, done, failed, summary

if TYPE_CHECKING:
    from darkroom.services.core import Core

BELL_ONLY = Settings(notify="never")
EVERY_JOB = Settings(notify="never", notify_on="job")


async def test_the_end_of_the_only_job_rings_and_notifies() -> None:
    desk = Desk(Settings())
    async with desk.notices:
        desk.hub.publish(Changed(summary("a", Status.QUEUED)))
        desk.end(done("a", "a quiet; harbour"), waiting=0)
        await desk.forward(LOOK_EVERY_S)
        assert desk.said == ["\x07\x1b]777;notify;Picture ready;a quiet, harbour\x1b\\"]


async def test_in_a_batch_only_failures_and_the_end_are_told() -> None:
    desk = Desk(Settings(bell="never"))
    async with desk.notices:
        desk.end(done("a"), done("b"), waiting=3)
        await desk.forward(EVERY_S)
        assert desk.said == []
        desk.end(failed("c"), waiting=2)
        await desk.forward(LOOK_EVERY_S)
        assert [said.split(";")[2] for said in desk.said] == ["Generation failed"]
        desk.end(done("d"), done("e"), waiting=0)
        await desk.forward(EVERY_S)
        assert [said.split(";")[2] for said in desk.said] == ["Generation failed", "Queue empty"]
        assert "4 done, 1 failed in " in desk.said[1]


async def test_what_comes_too_soon_is_summed_up_and_the_last_is_never_dropped() -> None:
    desk = Desk(Settings(bell="never", notify_on="job"))
    async with desk.notices:
        desk.end(done("0"), waiting=99)
        await desk.forward(LOOK_EVERY_S)
        for number in range(1, 10):
            desk.end(done(str(number)), waiting=99 - number)
            await desk.forward(0.5)
        assert len(desk.said) == 1
        await desk.forward(EVERY_S - 4.5)
        assert [said.split(";")[2] for said in desk.said] == ["Picture ready", "9 done"]
        await desk.forward(EVERY_S * 10)
        assert len(desk.said) == 2


async def test_at_most_one_notice_in_ten_seconds_under_a_flood() -> None:
    desk = Desk(EVERY_JOB)
    async with desk.notices:
        for number in range(1000):
            desk.end(failed(str(number)), waiting=1000 - number)
            await desk.forward(0.1)
        assert 9 <= len(desk.said) <= 11


async def test_who_leaves_is_told_at_once_what_was_held_back() -> None:
    desk = Desk(Settings(bell="never", notify_on="job"))
    async with desk.notices:
        desk.end(done("a"), waiting=1)
        await desk.forward(LOOK_EVERY_S)
        desk.end(done("b"), waiting=0)
    assert [said.split(";")[2] for said in desk.said] == ["Picture ready", "Queue empty"]


async def test_an_end_published_just_before_leaving_is_told() -> None:
    desk = Desk(BELL_ONLY)
    async with desk.notices:
        desk.end(done("a"), waiting=0)
    assert desk.said == ["\x07"]


@pytest.mark.parametrize(
    ("bell", "notify", "is_away", "rung", "shown"),
    [
        ("away", "away", False, False, False),
        ("away", "away", True, True, True),
        ("always", "never", False, True, False),
        ("never", "always", False, False, True),
        ("never", "never", True, False, False),
    ],
)
async def test_bell_and_notification_follow_their_settings(
    bell: str, notify: str, is_away: bool, rung: bool, shown: bool
) -> None:
    desk = Desk(Settings(bell=bell, notify=notify), is_away=is_away)
    async with desk.notices:
        desk.end(done("a"), waiting=0)
        await desk.forward(LOOK_EVERY_S)
    assert ("\x07" in "".join(desk.said)) is rung
    assert ("\x1b]777;" in "".join(desk.said)) is shown


async def test_what_was_not_said_to_somebody_present_holds_nothing_up() -> None:
    desk = Desk(EVERY_JOB, is_away=False)
    async with desk.notices:
        desk.end(done("a"), waiting=1)
        await desk.forward(LOOK_EVERY_S)
        desk.is_away = True
        desk.end(done("b"), waiting=0)
        await desk.forward(LOOK_EVERY_S)
        assert desk.said == ["\x07"]


async def test_a_deletion_and_its_undoing_are_no_ends() -> None:
    desk = Desk(EVERY_JOB)
    async with desk.notices:
        await desk.forward(LOOK_EVERY_S)
        desk.hub.publish(Changed(summary("old", Status.COMPLETE, trashed=True)))
        desk.hub.publish(Changed(summary("old", Status.COMPLETE)))
        await desk.forward(EVERY_S)
    assert desk.said == []


async def test_the_same_end_is_told_once() -> None:
    desk = Desk(EVERY_JOB)
    async with desk.notices:
        for _ in range(3):
            desk.end(done("a"), waiting=5)
            await desk.forward(EVERY_S)
        assert desk.said == ["\x07"]


async def test_a_queue_that_others_emptied_is_told_at_a_terminal() -> None:
    desk = Desk(Settings(bell="never"))
    async with desk.notices:
        for waiting in (4, 2, 0):
            desk.waiting = waiting
            desk.hub.publish(StoreChanged())
            await desk.forward(LOOK_EVERY_S)
        assert desk.said == ["\x1b]777;notify;Queue empty;\x1b\\"]


async def test_a_queue_that_a_failure_stopped_is_told_after_the_failure() -> None:
    desk = Desk(Settings(bell="never"))
    async with desk.notices:
        desk.end(done("a"), failed("b"), waiting=7)
        await desk.forward(LOOK_EVERY_S)
        desk.waiting, desk.held = 0, 7
        desk.hub.publish(QueueChanged())
        await desk.forward(EVERY_S)
    assert [said.split(";")[2] for said in desk.said] == ["Generation failed", "Queue paused"]
    assert "7 wait" in desk.said[1]


async def test_a_store_that_cannot_be_read_delays_the_notice() -> None:
    desk = Desk(BELL_ONLY)
    async with desk.notices:
        desk.is_counted = False
        desk.end(failed("a"), waiting=3)
        await desk.forward(LOOK_EVERY_S)
        assert desk.said == []
        desk.is_counted = True
        await desk.forward(EVERY_S)
        assert desk.said == ["\x07"]


async def test_what_waits_to_be_resumed_is_counted_apart(core: Core) -> None:
    session = await core.sessions.create("work")

    async def add(hold: Hold = Hold.NONE) -> str:
        snapshot = Snapshot("comfyui", "nowhere", "txt2img", "txt2img", {})
        return (await core.queue.add(session.id, snapshot, Order(hold=hold))).id

    assert await left_to_do(core) == Left(0)
    await add(Hold.PAUSED)
    waits = await add()
    assert await left_to_do(core) == Left(1, held=1)
    await core.queue.pause("nowhere")
    assert await left_to_do(core) == Left(0, held=2)
    await core.queue.resume("nowhere")
    await core.queue.pause()
    assert await left_to_do(core) == Left(0, held=2)
    await core.queue.resume()
    await core.generations.cancel(waits)
    assert await left_to_do(core) == Left(0, held=1)
