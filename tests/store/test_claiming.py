"""The queue in the database: who gets a job, what holds it, and how it comes back."""

from __future__ import annotations

import uuid

import pytest

from darkroom.domain.errors import Superseded
from darkroom.domain.generation import Status
from darkroom.domain.queue import EVERYTHING, CancelRequest, Hold, Lane, Order, Pause
from darkroom.store.claiming import STREAK
from tests.store.desk import BOX, TIDE, URGENT, Desk, fill, of_depth
from tests.store.recipes import LATER, NOW, OTHER, OWNER


async def test_a_server_gets_no_more_than_its_depth_from_all_processes_together(desk: Desk) -> None:
    await fill(desk, "abc")
    assert [await desk.take(), await desk.take(owner=OTHER), await desk.take()] == ["a", "b", ""]
    await desk.store.generations.finish(desk.ids["a"], OWNER, Status.COMPLETE, finished_at=LATER)
    assert await desk.take(owner=OTHER) == "c"


async def test_a_group_and_its_member_are_one_line(desk: Desk) -> None:
    await desk.add("a", target="farm")
    await desk.add("b")
    await desk.add("c", URGENT, target="farm")
    assert [await desk.take(of_depth(3)) for _ in range(3)] == ["c", "a", "b"]
    summary = await desk.store.generations.summary(desk.ids["c"])
    assert summary is not None
    assert summary.profile == "box"
    job = await desk.store.queue.job(desk.ids["c"])
    assert job is not None
    assert (job.target, job.claimed, job.owner) == ("farm", True, OWNER)


async def test_a_groups_job_passes_a_server_that_lacks_its_checkpoint(desk: Desk) -> None:
    await desk.add("a", target="farm", checkpoint="x")
    await desk.add("b", checkpoint="x")
    await desk.add("c", target="farm", checkpoint="y")
    assert await desk.take(lacks=lambda name: name == "x") == "b"
    assert await desk.take(lacks=lambda name: name == "x") == "c"
    assert await desk.store.queue.next_checkpoint(BOX, {"y"}) == "x"


async def test_jobs_of_the_checkpoint_that_is_loaded_go_first_for_a_while(desk: Desk) -> None:
    lane = Lane("box", ("box",), 100, group_checkpoints=True)
    await desk.add("x", checkpoint="x")
    assert await desk.take(lane) == "x"
    await desk.add("y", checkpoint="y")
    for turn in range(STREAK):
        await desk.add(str(turn), checkpoint="x")
    order = [await desk.take(lane) for _ in range(STREAK + 1)]
    assert order == [*map(str, range(STREAK - 1)), "y", str(STREAK - 1)]


async def test_no_group_follows_a_checkpoint_that_the_server_lacks(desk: Desk) -> None:
    """A job of its own was for a model that the server does not have; the group's go to others."""
    lane = BOX._replace(group_checkpoints=True)
    await desk.add("a", checkpoint="x")
    await desk.add("b", target="farm", checkpoint="y")
    await desk.add("c", target="farm", checkpoint="x")
    assert await desk.take(lane, lacks=lambda name: name == "x") == "a"
    assert await desk.take(lane, lacks=lambda name: name == "x") == "b"


async def test_only_what_is_wanted_and_only_in_its_turn(desk: Desk) -> None:
    await fill(desk, "ab")
    assert await desk.take(only=desk.some("b")) == ""
    assert await desk.take(only=desk.some("a")) == "a"
    assert await desk.take(only=desk.some("b")) == "b"


async def test_what_is_paused_is_passed_over_until_it_is_resumed(desk: Desk) -> None:
    await desk.add("a", Order(hold=Hold.PAUSED))
    await fill(desk, "bc")
    await desk.store.queue.hold(desk.some("b"), Hold.PAUSED)
    assert await desk.take() == "c"
    await desk.store.queue.hold(desk.some("ab"), Hold.NONE)
    assert await desk.take() == "a"


@pytest.mark.parametrize("stopped", [EVERYTHING, "box"])
async def test_a_stopped_server_gets_nothing(desk: Desk, stopped: str) -> None:
    await fill(desk, "a")
    await desk.store.queue.pause(stopped, reason="memory", hint="less")
    await desk.store.queue.pause(stopped, reason="a later one")
    assert await desk.take() == ""
    assert await desk.store.queue.pauses() == (Pause(stopped, "memory", "less"),)
    await desk.store.queue.resume(stopped)
    assert await desk.take() == "a"


async def test_a_stopped_group_leaves_its_servers_to_themselves(desk: Desk) -> None:
    await desk.add("a", target="farm")
    await desk.add("b")
    await desk.store.queue.pause("farm")
    assert [await desk.take(), await desk.take()] == ["b", ""]
    await desk.store.queue.resume()
    assert await desk.take() == "a"


async def test_a_queue_stops_by_itself_only_when_more_waits(desk: Desk) -> None:
    assert not await desk.store.queue.pause_if_waiting("box", "memory", "")
    await fill(desk, "a")
    assert await desk.store.queue.pause_if_waiting("box", "memory", "")
    assert await desk.take() == ""


# And back


async def test_what_was_not_sent_goes_back_to_its_place(desk: Desk) -> None:
    await fill(desk, "abc")
    assert await desk.take() == "a"
    summary = await desk.store.queue.put_back(desk.ids["a"], OWNER, NOW)
    assert (summary.status, summary.profile) == (Status.NEW, "box")
    assert await desk.line() == "abc"
    assert await desk.take(owner=OTHER) == "a"
    with pytest.raises(Superseded):
        await desk.store.queue.put_back(desk.ids["a"], OWNER, NOW)


async def test_a_clean_end_lets_others_go_on_at_once(desk: Desk) -> None:
    await fill(desk, "ab")
    await desk.take()
    await desk.take()
    await prepare(desk, "b")
    await desk.store.queue.release(OWNER, NOW)
    (left,) = await desk.store.generations.unfinished(stale_before=NOW)
    assert (left.id, left.status) == (desk.ids["b"], Status.SENDING)
    assert await desk.store.generations.claim(desk.ids["b"], OTHER, NOW, NOW)
    assert await desk.take(owner=OTHER) == "a"


async def prepare(desk: Desk, name: str, owner: str = OWNER) -> bool:
    return await desk.store.generations.prepared(
        desk.ids[name], owner, request={}, handle={"v": 1}, expected=1, server_version="1"
    )


async def test_an_unsent_job_of_a_silent_owner_waits_again(desk: Desk) -> None:
    await fill(desk, "a")
    await desk.take()
    put_back, made = desk.store.queue.put_back_orphan, desk.ids["a"]
    assert not await put_back(made, OWNER, NOW, NOW)
    assert await put_back(made, OWNER, NOW + TIDE, NOW)
    assert not await put_back(made, OWNER, NOW + TIDE, NOW)
    with pytest.raises(Superseded):
        await prepare(desk, "a")
    assert await desk.take(owner=OTHER) == "a"


async def test_nobody_takes_a_dead_owners_job_from_the_one_who_took_it_first(desk: Desk) -> None:
    """Two find that a process is dead. The first takes its jobs; the second looked before that."""
    await fill(desk, "ab")
    assert await desk.take() + await desk.take() == "ab"
    assert await prepare(desk, "a")
    claim, put_back, tide = desk.store.generations.claim, desk.store.queue.put_back_orphan, NOW + TIDE
    assert await claim(desk.ids["a"], OTHER, tide, NOW, silent=OWNER)
    assert not await claim(desk.ids["a"], "third", tide, NOW, silent=OWNER)
    assert await put_back(desk.ids["b"], OWNER, tide, NOW)
    assert await desk.take(owner=OTHER) == "b"
    assert not await put_back(desk.ids["b"], OWNER, tide, NOW)
    assert {left.id for left in await desk.store.generations.mine(OTHER)} == {*desk.some("ab")}


# Cancelled


async def test_cancelling(desk: Desk) -> None:
    await fill(desk, "ab")
    await desk.take()
    cancel = desk.store.queue.cancel
    assert await cancel(desk.ids["b"], NOW) is CancelRequest.ENDED
    assert await cancel(desk.ids["a"], NOW) is CancelRequest.ASKED
    assert await cancel(desk.ids["b"], NOW) is CancelRequest.OVER
    assert await cancel(str(uuid.uuid4()), NOW) is CancelRequest.OVER
    assert await desk.store.queue.asked_to_stop(OWNER) == tuple(desk.some("a"))
    assert not await prepare(desk, "a")


async def test_what_was_cancelled_meanwhile_ends_when_it_comes_back(desk: Desk) -> None:
    await fill(desk, "a")
    await desk.take()
    await desk.store.queue.cancel(desk.ids["a"], NOW)
    summary = await desk.store.queue.put_back(desk.ids["a"], OWNER, NOW)
    assert summary.status is Status.CANCELLED
    assert await desk.line() == ""


async def test_clearing_ends_what_waits_and_nothing_else(desk: Desk) -> None:
    await fill(desk, "abc")
    await desk.add("d", target="farm")
    assert await desk.take() == "a"
    assert await desk.store.queue.clear(NOW, target="farm") == 1
    assert await desk.store.queue.clear(NOW, session_id=str(uuid.uuid4())) == 0
    assert await desk.store.queue.clear(NOW) == 2
    assert await desk.line() == "a"
