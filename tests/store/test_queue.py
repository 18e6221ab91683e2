"""The queue in the database: what comes in, and in which order it goes."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pytest

from darkroom.domain.errors import InputError
from darkroom.domain.queue import Lane, Order, Priority
from darkroom.store import ordering
from tests.store.desk import BOX, IDLE, URGENT, Desk, fill, of_depth
from tests.store.recipes import NOW, OWNER, recipe

if TYPE_CHECKING:
    import sqlite3


async def test_urgent_before_normal_before_idle_and_each_in_its_order(desk: Desk) -> None:
    for name, order in (("e", IDLE), ("c", Order()), ("a", URGENT), ("d", Order()), ("b", URGENT)):
        await desk.add(name, order)
    assert await desk.line() == "abcde"


async def test_a_job_goes_in_behind_another_and_takes_its_priority(desk: Desk) -> None:
    first = await desk.add("a", URGENT)
    await desk.add("c", URGENT)
    await desk.add("d")
    await desk.add("b", Order(Priority.IDLE, behind=first.number))
    assert await desk.line() == "abcd"
    job = await desk.store.queue.job(desk.ids["b"])
    assert job is not None
    assert job.priority is Priority.URGENT


async def test_behind_one_that_has_ended_nothing_is_kept(desk: Desk) -> None:
    first = await desk.add("a")
    await desk.store.queue.cancel(first.id, NOW)
    with pytest.raises(InputError):
        await desk.add("b", Order(behind=first.number))
    assert await desk.store.generations.summary(desk.ids["b"]) is None


async def test_a_retry_says_of_what(desk: Desk) -> None:
    first = await desk.add("a")
    assert (await desk.add("b", Order(retry_of=first.number))).retry_of == first.number


async def test_a_job_is_taken_as_it_comes_in_only_when_it_is_the_next(desk: Desk) -> None:
    async def come(name: str, lane: Lane) -> bool:
        made = desk.ids[name] = str(uuid.uuid4())
        _, taken = await desk.store.queue.add(
            made, desk.session_id, recipe(name), order=Order(), created_at=NOW, owner=OWNER, lane=lane
        )
        return taken

    assert await come("a", BOX)
    await desk.add("b")
    assert not await come("c", BOX)
    assert await desk.take() == "b"
    assert not await come("d", BOX)
    assert [left.id for left in await desk.store.generations.mine(OWNER)] == desk.some("ab")


# The order


@pytest.mark.parametrize(
    ("move", "others", "to", "line"),
    [
        ("move_to_start", "db", "", "bdace"),
        ("move_to_end", "ca", "", "bdeac"),
        ("move_behind", "eb", "c", "acbed"),
        ("move_behind", "bd", "b", "abdce"),
        ("move_before", "ed", "b", "adebc"),
        ("move_before", "ac", "a", "cabde"),
    ],
)
async def test_moves(desk: Desk, move: str, others: str, to: str, line: str) -> None:
    await fill(desk, "abcde")
    await getattr(desk.store.queue, move)(desk.some(others), *desk.some(to))
    assert await desk.line() == line


async def test_moves_stay_within_a_priority_and_moves_beside_do_not(desk: Desk) -> None:
    for name, order in (("a", URGENT), ("b", URGENT), ("c", Order()), ("d", Order())):
        await desk.add(name, order)
    await desk.store.queue.move_to_start(desk.some("bd"))
    assert await desk.line() == "badc"
    await desk.store.queue.move_before(desk.some("c"), desk.ids["b"])
    assert await desk.line() == "cbad"
    await desk.store.queue.prioritise(desk.some("cd"), Priority.IDLE)
    assert await desk.line() == "bacd"


async def test_a_step_passes_over_what_is_at_a_server(desk: Desk) -> None:
    await fill(desk, "abc")
    await desk.store.queue.prioritise(desk.some("b"), Priority.NORMAL)
    await desk.store.queue.move_behind(desk.some("b"), desk.ids["a"])
    assert await desk.take(of_depth(1)) == "a"
    await desk.store.queue.step(desk.ids["c"], forward=False)
    assert await desk.line() == "acb"
    await desk.store.queue.step(desk.ids["c"], forward=False)
    assert await desk.line() == "acb"
    await desk.store.queue.step(desk.ids["c"], forward=True)
    assert await desk.line() == "abc"


async def test_what_is_at_a_server_does_not_step(desk: Desk) -> None:
    await fill(desk, "ab")
    await desk.take()
    with pytest.raises(InputError):
        await desk.store.queue.step(desk.ids["a"], forward=True)


async def test_a_job_goes_directly_behind_one_that_runs_whatever_comes_back(desk: Desk) -> None:
    """The running one, and others at the server, keep their places in the line."""
    await fill(desk, "abcd")
    assert await desk.take() + await desk.take() == "ab"
    await desk.store.queue.move_behind(desk.some("d"), desk.ids["a"])
    for name in "ab":
        await desk.store.queue.put_back(desk.ids[name], OWNER, NOW)
    assert await desk.line() == "adbc"


async def test_two_thousand_moves_between_the_same_two(desk: Desk) -> None:
    first, last = [await desk.add(name) for name in "ab"]
    numbers = [(await desk.add(name)).number for name in "cd"]

    def move(db: sqlite3.Connection) -> None:
        for turn in range(2000):
            ordering.move_behind(db, (numbers[turn % 2],), first.number)

    def move_again(db: sqlite3.Connection) -> None:
        for turn in range(2000):
            ordering.move_before(db, (numbers[turn % 2],), last.number)

    await desk.store._database.write(move)
    assert await desk.line() == "adcb"
    await desk.store._database.write(move_again)
    assert await desk.line() == "acdb"


async def test_many_go_between_two_that_are_near_in_their_order(desk: Desk) -> None:
    names = "abcdefghijklmnopqrstuvwxyz"
    await fill(desk, "AZ" + names)
    far_out = 2.0**30

    def narrow(db: sqlite3.Connection) -> None:
        """As many moves before left them: room for one between the two, not for twenty-six."""
        places = {"A": far_out, "Z": far_out + 2e-6}
        for name, place in places.items():
            db.execute(
                "UPDATE queue SET place = ? WHERE generation = (SELECT number FROM generations WHERE id = ?)",
                (place, desk.ids[name]),
            )

    await desk.store._database.write(narrow)
    await desk.store.queue.move_to_start(desk.some(names[::-1]))
    await desk.store.queue.prioritise(desk.some("z"), Priority.NORMAL)
    await desk.store.queue.move_behind(desk.some(names), desk.ids["A"])
    assert await desk.line() == f"A{names}Z"


async def test_a_new_job_goes_behind_one_that_was_moved_to_the_end(desk: Desk) -> None:
    await fill(desk, "abc")
    for name in "ab" * 5:
        await desk.store.queue.move_to_end(desk.some(name))
    await desk.add("d")
    assert await desk.line() == "cabd"
