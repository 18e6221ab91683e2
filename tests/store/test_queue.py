"""The queue in the database: what comes in, in which order it goes, who gets it, and what holds it."""

from __future__ import annotations

import uuid
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from darkroom.domain.errors import InputError, StoreError, Superseded
from darkroom.domain.generation import Status
from darkroom.domain.queue import EVERYTHING, Batch, CancelRequest, Hold, Lane, Order, Pause, Priority
from darkroom.store import schema
from darkroom.store.batches import NewJob
from darkroom.store.claiming import STREAK
from tests.store.recipes import LATER, NOW, OTHER, OWNER, recipe

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path

    from darkroom.domain.generation import Summary
    from darkroom.store.store import Store

BOX = Lane("box", ("box", "farm"), 2)
TIDE = timedelta(days=1)
URGENT, IDLE = Order(Priority.URGENT), Order(Priority.IDLE)


class Desk:
    """A session to put jobs in, by a letter each."""

    def __init__(self, store: Store, session_id: str) -> None:
        self.store = store
        self.session_id = session_id
        self.ids: dict[str, str] = {}

    async def add(
        self, name: str, order: Order | None = None, *, target: str = "box", checkpoint: str = ""
    ) -> Summary:
        """A job that waits."""
        made = self.ids[name] = str(uuid.uuid4())
        asked = replace(recipe(name, values={"4.ckpt_name": checkpoint}), profile=target)
        summary, _ = await self.store.queue.add(
            made, self.session_id, asked, order=order or Order(), created_at=NOW
        )
        return summary

    async def take(self, lane: Lane = BOX, owner: str = OWNER, **more: object) -> str:
        """Claims the next; its name, "" for none."""
        taken = await self.store.queue.claim(owner, lane, NOW, **more)  # type: ignore[arg-type]
        return next((name for name, made in self.ids.items() if made == taken), "")

    async def line(self) -> str:
        """The names of all that is unfinished, in the order of the queue."""
        return "".join([job.summary.prompt for job in await self.store.queue.page(limit=100)])

    def some(self, names: str) -> list[str]:
        """Ids by name."""
        return [self.ids[name] for name in names]

    async def begin_batch(self, writer: str = OWNER) -> Batch:
        batch = Batch(str(uuid.uuid4()), self.session_id, "steps", {"steps": [1, 2]}, NOW, 2)
        await self.store.batches.begin(batch, writer, NOW)
        return batch

    async def write(self, batch: Batch, names: str, priority: Priority = Priority.NORMAL) -> None:
        """Jobs of a batch."""
        jobs = []
        for position, name in enumerate(names):
            made = self.ids[name] = str(uuid.uuid4())
            jobs.append(NewJob(made, recipe(name), position, {"steps": position}))
        await self.store.batches.add(batch, jobs, priority)


@pytest.fixture
async def desk(store: Store) -> Desk:
    """An empty queue; two processes live."""
    for owner in (OWNER, OTHER):
        await store.generations.register(owner, 1, "host", NOW)
    return Desk(store, (await store.sessions.create("s")).id)


async def fill(desk: Desk, names: str) -> None:
    for name in names:
        await desk.add(name)


# Coming in


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
    assert await desk.take(replace_depth(1)) == "a"
    await desk.store.queue.step(desk.ids["c"], forward=False)
    assert await desk.line() == "acb"
    await desk.store.queue.step(desk.ids["c"], forward=False)
    assert await desk.line() == "acb"
    await desk.store.queue.step(desk.ids["c"], forward=True)
    assert await desk.line() == "abc"


def replace_depth(depth: int) -> Lane:
    return BOX._replace(depth=depth)


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
    await fill(desk, "abcd")
    for turn in range(2000):
        await desk.store.queue.move_behind(desk.some("cd"[turn % 2]), desk.ids["a"])
    assert await desk.line() == "adcb"
    for turn in range(2000):
        await desk.store.queue.move_before(desk.some("cd"[turn % 2]), desk.ids["b"])
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


# Going out


async def test_a_server_gets_no_more_than_its_depth_from_all_processes_together(desk: Desk) -> None:
    await fill(desk, "abc")
    assert [await desk.take(), await desk.take(owner=OTHER), await desk.take()] == ["a", "b", ""]
    await desk.store.generations.finish(desk.ids["a"], OWNER, Status.COMPLETE, finished_at=LATER)
    assert await desk.take(owner=OTHER) == "c"


async def test_a_group_and_its_member_are_one_line(desk: Desk) -> None:
    await desk.add("a", target="farm")
    await desk.add("b")
    await desk.add("c", URGENT, target="farm")
    assert [await desk.take(replace_depth(3)) for _ in range(3)] == ["c", "a", "b"]
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


# Batches


async def test_nothing_of_a_batch_goes_before_all_of_it_is_written(desk: Desk) -> None:
    batch = await desk.begin_batch()
    await desk.write(batch, "ab", Priority.URGENT)
    await desk.add("c")
    await desk.store.queue.hold(desk.some("ab"), Hold.NONE)
    assert await desk.store.queue.clear(NOW, batch=batch.id) == 0
    assert await desk.store.batches.get(batch.id) is None
    assert await desk.take() == "c"
    await desk.store.batches.accept(batch.id)
    assert await desk.take() == "a"
    assert await desk.store.batches.get(batch.id) == batch
    assert await desk.store.batches.of(desk.ids["b"]) == batch
    assert await desk.store.batches.of_session(desk.session_id) == (batch,)
    jobs = await desk.store.batches.jobs(batch.id)
    assert [(job.position, job.generation_id) for job in jobs] == [*enumerate(desk.some("ab"))]
    assert await desk.store.queue.clear(NOW, batch=batch.id) == 1


async def test_a_batch_may_wait_as_a_whole(desk: Desk) -> None:
    batch = await desk.begin_batch()
    await desk.write(batch, "ab")
    await desk.store.batches.accept(batch.id, Hold.PAUSED)
    assert await desk.take() == ""
    await desk.store.queue.hold(desk.some("b"), Hold.NONE)
    assert await desk.take() == "b"


async def test_a_batch_that_a_crash_left_half_written_was_never_accepted(desk: Desk) -> None:
    batch = await desk.begin_batch()
    await desk.write(batch, "ab")
    await desk.add("c")
    assert await desk.store.batches.drop_unfinished(NOW) == 0
    assert await desk.store.batches.drop_unfinished(NOW + TIDE) == 1
    assert await desk.line() == "c"
    assert await desk.store.generations.get(desk.ids["a"]) is None
    session = await desk.store.sessions.get(desk.session_id)
    assert session is not None
    assert session.unfinished == 1


async def test_who_stood_still_while_writing_a_batch_is_told_that_it_is_gone(desk: Desk) -> None:
    """Nobody may be told that jobs were accepted which a successor has removed."""
    batch = await desk.begin_batch()
    await desk.write(batch, "a")
    await desk.store.batches.drop_unfinished(NOW + TIDE)
    with pytest.raises(StoreError, match="given up"):
        await desk.write(batch, "b")
    with pytest.raises(StoreError, match="given up"):
        await desk.store.batches.accept(batch.id)


async def test_to_begin_a_batch_is_a_sign_of_life(desk: Desk) -> None:
    later = NOW + TIDE
    batch = Batch(str(uuid.uuid4()), desk.session_id, "steps", {}, later, 1)
    await desk.store.batches.begin(batch, OWNER, later)
    assert await desk.store.batches.drop_unfinished(later) == 0


# Older databases


async def test_unfinished_rows_of_an_older_database_are_in_the_queue(tmp_path: Path) -> None:
    database = tmp_path / "darkroom.db"
    with closing(schema.prepare(database, schema.migrations()[:3])) as db:
        db.execute("INSERT INTO sessions (id, name, created_at, used_at) VALUES ('s', 's', 1, 1)")
        for status in Status:
            db.execute(
                "INSERT INTO generations (id, session_id, status, owner, created_at, profile, service,"
                " workflow, checkpoint, seed, sampler, scheduler, loras, prompt, negative)"
                " VALUES (?, 's', ?, 'gone', 1, 'box', 'comfyui', 't', 'x', '', '', '', '', '', '')",
                (str(status), str(status)),
            )
            db.execute("INSERT INTO recipes (number, snapshot) VALUES (last_insert_rowid(), '{}')")
    with closing(schema.prepare(database)) as db:
        found = db.execute(
            "SELECT id, target, queue.profile, queue.checkpoint, claimed, hold FROM queue"
            " JOIN generations ON number = generation ORDER BY place"
        ).fetchall()
    waiting = [status for status in Status if not status.final]
    assert [tuple(row) for row in found] == [(str(s), "box", "box", "x", 1, "") for s in waiting]
