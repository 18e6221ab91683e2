"""The way of a generation through the store, and its fences."""

from __future__ import annotations

import asyncio
import uuid
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from darkroom.domain.errors import AmbiguousName, InputError, StoreError, Superseded
from darkroom.domain.generation import Reason, Status
from darkroom.domain.service import A1111

from .recipes import GRAPH, LATER, LONG_AGO, NOW, OTHER, OWNER, complete, new, output, recipe

if TYPE_CHECKING:
    from darkroom.domain.parameters import Value
    from darkroom.store.store import Store


async def test_everything_about_a_generation_comes_back(store: Store) -> None:
    session = await store.sessions.create("harbours")
    blob = await store.blobs.add(b"picture fed in")
    snapshot = recipe("fog \ud800\0 (mist:1.2)\n\u202e", blobs=(blob,), document='{"nodes": []}')
    generation_id = str(uuid.uuid4())

    made = await store.generations.create(generation_id, session.id, snapshot, owner=OWNER, created_at=NOW)
    assert (made.status, made.number, made.created_at) == (Status.NEW, 1, NOW)
    assert (made.seed, made.width_px, made.height_px, made.steps) == (str(2**64 - 1), 1024, 768, 20)
    assert (made.sampler, made.scheduler, made.cfg_scale) == ("euler", "normal", 7.0)
    assert (made.checkpoint, made.profile, made.workflow) == ("harbour-v2.safetensors", "box", "harbours")
    assert made.prompt == "fog �\0 (mist:1.2)\n\u202e"

    request = {"prompt": GRAPH, "client_id": "\ud800", "seed": 2**64 - 1}
    await store.generations.prepared(
        generation_id, OWNER, request=request, handle={"v": 1}, expected=2, server_version="0.3.64"
    )
    assert (await store.generations.summary(generation_id) or made).status is Status.SENDING
    await store.generations.advance(generation_id, OWNER, Status.QUEUED, handle={"v": 1, "job": "j"})
    await store.generations.advance(generation_id, OWNER, Status.RUNNING, started_at=NOW)
    await store.generations.advance(generation_id, OWNER, Status.RUNNING, started_at=LATER)
    kept = output(await store.blobs.add(b"one"))
    await store.generations.add_output(generation_id, OWNER, kept)
    reason = Reason("1 of 2 pictures came", "detail", "hint", "OutOfMemory")
    ended = await store.generations.finish(
        generation_id,
        OWNER,
        Status.FAILED,
        reason=reason,
        duration_s=2.5,
        unchanged=True,
        notes=("a note",),
        finished_at=LATER,
    )
    assert (ended.status, ended.output_count, ended.first_output) == (Status.FAILED, 1, kept)
    assert ended.remarks == 1
    assert (ended.reason, ended.expected, ended.unchanged, ended.duration_s) == (reason, 2, True, 2.5)

    whole = await store.generations.get(generation_id)
    assert whole is not None
    assert whole.snapshot == snapshot
    assert list(whole.snapshot.graph or ()) == list(GRAPH), "the order of the nodes is kept"
    assert whole.summary == ended
    assert whole.outputs == (kept,)
    assert whole.request == request == await store.generations.request(generation_id)
    assert (whole.handle, whole.server_version) == ({"v": 1, "job": "j"}, "0.3.64")
    assert (whole.started_at, whole.finished_at, whole.notes) == (NOW, LATER, ("a note",))


async def test_a_picture_stands_for_its_generation_also_where_a_grid_came_first(
    store: Store,
) -> None:
    session = await store.sessions.create("harbours")
    asked = replace(recipe("a quiet harbour"), service=A1111)
    made = await store.generations.create("one", session.id, asked, owner=OWNER, created_at=NOW)
    for index, node in enumerate(("grid", "", "")):
        kept = replace(output(await store.blobs.add(bytes([index])), index=index), node=node)
        await store.generations.add_output(made.id, OWNER, kept)
    whole = await store.generations.get(made.id)
    assert whole is not None
    assert whole.summary.first_output is not None
    assert whole.summary.first_output.index == 1
    assert [output.index for output in whole.ordered_outputs()] == [1, 2, 0]
    assert [whole.extra_name(output) for output in whole.ordered_outputs()] == ["", "", "grid"]


async def test_what_does_not_exist_is_none(store: Store) -> None:
    assert await store.generations.get("nothing") is None
    assert await store.generations.summary("nothing") is None
    assert await store.generations.request("nothing") is None
    assert await store.generations.count("nothing") == 0
    assert await store.generations.page("nothing", offset=0, limit=10) == ()


async def test_a_duplicate_id_and_a_missing_session_are_refused_and_leave_nothing(store: Store) -> None:
    session = await store.sessions.create("s")
    made = await new(store, session.id)
    with pytest.raises(StoreError, match="exists already"):
        await store.generations.create(made.id, session.id, recipe(), owner=OWNER, created_at=NOW)
    with pytest.raises(StoreError, match="session is gone"):
        await new(store, "no such session")
    assert len(await store.search.find()) == 1


async def test_numbers_that_no_column_holds_are_kept_in_the_snapshot(store: Store) -> None:
    session = await store.sessions.create("s")
    wild: dict[str, Value] = {
        "5.width": 2**70,
        "3.steps": "many",
        "3.cfg": 10**400,
        "3.seed": -5,
        "5.height": True,
    }
    made = await new(store, session.id, values=wild)
    assert (made.width_px, made.steps, made.cfg_scale, made.height_px) == (None, None, None, None)
    assert made.seed == "-5"
    whole = await store.generations.get(made.id)
    assert whole is not None
    assert {key: whole.snapshot.values[key] for key in wild} == wild


async def test_an_input_that_is_not_kept_is_refused(store: Store) -> None:
    session = await store.sessions.create("s")
    with pytest.raises(StoreError, match="picture is gone"):
        await new(store, session.id, blobs=("ab" * 32,))
    assert await store.generations.count(session.id) == 0


async def test_an_output_needs_its_bytes_and_is_replaced_by_index(store: Store) -> None:
    session = await store.sessions.create("s")
    made = await new(store, session.id)
    with pytest.raises(StoreError, match="picture is gone"):
        await store.generations.add_output(made.id, OWNER, output("ab" * 32))
    for data in (b"first", b"second"):
        await store.generations.add_output(made.id, OWNER, output(await store.blobs.add(data), len(data)))
    last = replace(output(await store.blobs.add(b"third")), index=1)
    summary = await store.generations.add_output(made.id, OWNER, last)
    whole = await store.generations.get(made.id)
    assert whole is not None
    assert [o.size_bytes for o in whole.outputs] == [6, 3]
    assert (summary.output_count, summary.first_output) == (2, whole.outputs[0])


async def test_the_first_end_stands_and_late_steps_are_ignored(store: Store) -> None:
    session = await store.sessions.create("s")
    made = await new(store, session.id)
    ended = await store.generations.finish(made.id, OWNER, Status.COMPLETE, finished_at=NOW)
    again = await store.generations.finish(
        made.id, OWNER, Status.LOST, reason=Reason("late"), finished_at=LATER
    )
    await store.generations.advance(made.id, OWNER, Status.RUNNING, started_at=NOW)
    assert again == ended == await store.generations.summary(made.id)
    with pytest.raises(StoreError, match="ended already"):
        await store.generations.prepared(
            made.id, OWNER, request={}, handle={}, expected=None, server_version=""
        )


async def test_a_wrong_kind_of_status_is_a_programming_error(store: Store) -> None:
    session = await store.sessions.create("s")
    made = await new(store, session.id)
    with pytest.raises(ValueError, match="finish"):
        await store.generations.advance(made.id, OWNER, Status.COMPLETE)
    with pytest.raises(ValueError, match="final"):
        await store.generations.finish(made.id, OWNER, Status.RUNNING, finished_at=NOW)


async def test_every_write_is_fenced(store: Store) -> None:
    session = await store.sessions.create("s")
    made = await new(store, session.id)
    blob = await store.blobs.add(b"x")
    for write in (
        store.generations.prepared(made.id, OTHER, request={}, handle={}, expected=None, server_version=""),
        store.generations.advance(made.id, OTHER, Status.RUNNING),
        store.generations.add_output(made.id, OTHER, output(blob)),
        store.generations.finish(made.id, OTHER, Status.LOST, finished_at=NOW),
    ):
        with pytest.raises(Superseded):
            await write
    assert await store.generations.summary(made.id) == made
    with pytest.raises(StoreError, match="gone"):
        await store.generations.advance(str(uuid.uuid4()), OWNER, Status.RUNNING)


async def test_only_rows_of_silent_or_released_owners_are_claimed(store: Store, second: Store) -> None:
    session = await store.sessions.create("s")
    stale = NOW - timedelta(seconds=30)
    await store.generations.register(OWNER, 1, "host", NOW)
    made = await new(store, session.id)
    ended = await complete(store, session.id)

    assert await second.generations.unfinished(stale_before=stale) == ()
    assert not await second.generations.claim(made.id, OTHER, stale, NOW)

    much_later = NOW + timedelta(minutes=5)
    stale = much_later - timedelta(seconds=30)
    (found,) = await second.generations.unfinished(stale_before=stale)
    assert (found.id, found.owner, found.status, found.handle) == (made.id, OWNER, Status.NEW, None)
    assert (found.service, found.profile, found.session_id) == ("comfyui", "box", session.id)
    assert await second.generations.claim(made.id, OTHER, stale, much_later)
    assert not await second.generations.claim(ended.id, OTHER, stale, much_later), "it has ended"
    with pytest.raises(Superseded):
        await store.generations.advance(made.id, OWNER, Status.RUNNING)
    await second.generations.advance(made.id, OTHER, Status.RUNNING)
    assert [row.id for row in await store.generations.mine(OTHER)] == [made.id]
    # The claim itself was a sign of life, so nobody can take it straight back.
    assert not await store.generations.claim(made.id, OWNER, stale, much_later)


async def test_a_heartbeat_keeps_and_a_release_gives_away(store: Store) -> None:
    session = await store.sessions.create("s")
    await store.generations.register(OWNER, 1, "host", LONG_AGO)
    made = await new(store, session.id)
    stale = NOW - timedelta(seconds=30)
    await store.generations.heartbeat(OWNER, NOW)
    assert not await store.generations.claim(made.id, OTHER, stale, NOW)
    await store.generations.advance(made.id, OWNER, Status.QUEUED)
    await store.queue.release(OWNER, NOW)
    (found,) = await store.generations.unfinished(stale_before=stale)
    assert found.owner == ""
    assert await store.generations.mine(OWNER) == ()
    with pytest.raises(Superseded):
        await store.generations.advance(made.id, OWNER, Status.RUNNING)
    assert await store.generations.claim(made.id, OTHER, stale, NOW)


async def test_one_of_many_claims_wins(store: Store, second: Store) -> None:
    session = await store.sessions.create("s")
    ids = [(await new(store, session.id, owner="dead")).id for _ in range(10)]
    claims = await asyncio.gather(
        *(s.generations.claim(i, o, NOW, NOW) for i in ids for s, o in ((store, OWNER), (second, OTHER)))
    )
    assert sum(claims) == len(ids)
    taken = (*await store.generations.mine(OWNER), *await store.generations.mine(OTHER))
    assert sorted(row.id for row in taken) == sorted(ids)


async def test_a_generation_is_found_by_number_id_and_prefix(store: Store) -> None:
    session = await store.sessions.create("s")
    for last in ("aa", "bb"):
        await store.generations.create(
            f"2c0ffee0-0000-4000-8000-0000000000{last}", session.id, recipe(), owner=OWNER, created_at=NOW
        )
    find = store.generations.find
    assert await find("2") == await find(" #2 ") == "2c0ffee0-0000-4000-8000-0000000000bb"
    assert await find("2C0FFEE0-0000-4000-8000-0000000000A") == "2c0ffee0-0000-4000-8000-0000000000aa"
    with pytest.raises(AmbiguousName) as caught:
        await find("2c0f")
    assert len(caught.value.candidates) == 2
    for nothing in ("3", "", "99999999999999999999999", "2c0ffee0_", "%", "fff", "\0", "१"):
        with pytest.raises(InputError, match="no generation"):
            await find(nothing)


async def test_pages_are_newest_first_without_the_trash(store: Store) -> None:
    session, other = await store.sessions.create("s"), await store.sessions.create("other")
    made = [await complete(store, session.id, f"p{i}", data=b"x") for i in range(7)]
    await complete(store, other.id)
    await store.generations.trash([made[3].id, "unknown"])
    expected = [m for m in reversed(made) if m != made[3]]
    assert await store.generations.page(session.id, offset=0, limit=100) == tuple(expected)
    assert await store.generations.page(session.id, offset=2, limit=3) == tuple(expected[2:5])
    assert await store.generations.count(session.id) == 6
    await store.generations.restore([made[3].id])
    assert await store.generations.count(session.id) == 7


async def test_an_estimate_is_the_median_of_like_runs(store: Store) -> None:
    session = await store.sessions.create("s")
    for duration in (3.0, 100.0, 5.0):
        await complete(store, session.id, duration_s=duration)
    await complete(store, session.id, duration_s=900.0, status=Status.FAILED)
    await complete(store, session.id, duration_s=900.0, values={"5.width": 512})
    seconds = store.generations.seconds
    assert await seconds("box", "harbour-v2.safetensors", 1024 * 768) == 5.0
    assert await seconds("box", "harbour-v2.safetensors", 1) is None


async def test_a_cancelled_caller_leaves_no_half_transaction(store: Store) -> None:
    session = await store.sessions.create("s")
    tasks = [asyncio.create_task(new(store, session.id, f"p{i}")) for i in range(30)]
    await asyncio.sleep(0)
    for task in tasks[::2]:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    found = await store.search.find(limit=100)
    assert {f"p{i}" for i in range(1, 30, 2)} <= {row.prompt for row in found}
    assert len(found) == await store.generations.count(session.id)
    for row in found:
        assert await store.generations.get(row.id) is not None


async def test_a_closed_store_says_so(store: Store) -> None:
    await store.aclose()
    await store.aclose()
    with pytest.raises(StoreError, match="closed"):
        await store.sessions.list()
