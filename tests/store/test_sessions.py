"""Sessions, their counts, and what they remember."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from darkroom.domain.errors import StoreError
from darkroom.domain.generation import Status
from darkroom.domain.parameters import Role, Value

from .recipes import LATER, NOW, OTHER, OWNER, complete, new

if TYPE_CHECKING:
    from darkroom.store.store import Store


async def test_sessions_are_listed_last_used_first(store: Store) -> None:
    first, second, third = [await store.sessions.create(name) for name in ("a", "b", "c")]
    await store.sessions.touch(first.id, workflow_id="w", profile="box")
    assert [s.name for s in await store.sessions.list()] == ["a", "c", "b"]
    touched = await store.sessions.get(first.id)
    assert touched is not None
    assert (touched.workflow_id, touched.profile) == ("w", "box")
    await store.sessions.trash(second.id)
    await store.sessions.rename(third.id, "harbour [bold] \ud800")
    assert [s.name for s in await store.sessions.list()] == ["a", "harbour [bold] �"]
    (trashed,) = await store.sessions.list(trashed=True)
    assert trashed.id == second.id
    assert trashed.trashed
    await store.sessions.restore(second.id)
    assert await store.sessions.list(trashed=True) == ()


async def test_changes_of_a_missing_session_are_refused(store: Store) -> None:
    sessions = store.sessions
    for change in (
        sessions.rename("none", "x"),
        sessions.trash("none"),
        sessions.restore("none"),
        sessions.touch("none", workflow_id="", profile=""),
        sessions.duplicate("none", "copy"),
        sessions.remember("none", "w", {Role.STEPS: 1}, {}),
        sessions.save_draft("none", "w", {"a": 1}),
    ):
        with pytest.raises(StoreError, match="gone"):
            await change
    assert await sessions.list() == ()
    assert await sessions.get("none") is None


async def test_counts_follow_every_transition(store: Store) -> None:
    session = await store.sessions.create("s")

    async def counts() -> tuple[int, int, int, int]:
        found = await store.sessions.get(session.id)
        assert found is not None
        return found.complete, found.failed, found.unfinished, await store.generations.count(session.id)

    made = [await new(store, session.id) for _ in range(5)]
    assert await counts() == (0, 0, 5, 5)
    await store.generations.prepared(made[0].id, OWNER, request={}, handle={}, expected=1, server_version="")
    await store.generations.advance(made[0].id, OWNER, Status.QUEUED)
    await store.generations.advance(made[0].id, OWNER, Status.RUNNING)
    assert await counts() == (0, 0, 5, 5)
    ends = (Status.COMPLETE, Status.FAILED, Status.CANCELLED, Status.LOST)
    expected = [(1, 0, 4, 5), (1, 1, 3, 5), (1, 1, 2, 5), (1, 2, 1, 5)]
    for row, status, after in zip(made, ends, expected, strict=False):
        await store.generations.finish(row.id, OWNER, status, finished_at=LATER)
        assert await counts() == after
    await store.generations.claim(made[4].id, OTHER, LATER, LATER)
    assert await counts() == (1, 2, 1, 5)

    ids = [row.id for row in made]
    for generation_id, after in zip(
        ids, [(0, 2, 1, 4), (0, 1, 1, 3), (0, 1, 1, 2), (0, 0, 1, 1), (0, 0, 0, 0)], strict=True
    ):
        await store.generations.trash([generation_id, generation_id])
        assert await counts() == after
    await store.generations.finish(made[4].id, OTHER, Status.COMPLETE, finished_at=LATER)
    assert await counts() == (0, 0, 0, 0), "it ended in the trash"
    await store.generations.restore([*ids, *ids])
    assert await counts() == (2, 2, 0, 5)
    await store.generations.trash(ids[:2])
    await store.generations.purge(trashed_before=LATER.replace(year=2100))
    assert await counts() == (1, 1, 0, 3)


async def test_a_new_generation_makes_its_session_the_last_used(store: Store) -> None:
    first, _ = await store.sessions.create("a"), await store.sessions.create("b")
    await new(store, first.id, created_at=NOW.replace(year=2100))
    assert [s.name for s in await store.sessions.list()] == ["a", "b"]


async def test_values_are_remembered_by_role_and_by_workflow(store: Store) -> None:
    sessions = store.sessions
    session = await sessions.create("s")
    assert await sessions.values(session.id) == {}
    await sessions.save_draft(session.id, "w", {"6.text": "typed", "3.seed": -1})
    assert await sessions.draft(session.id, "w") == {"6.text": "typed", "3.seed": -1}
    assert await sessions.draft(session.id, "other") == {}

    strange: dict[str, Value] = {
        "6.text": "\ud800 \0 ‮",
        "3.seed": 2**64 - 1,
        "cfg.\0": 7.5,
        "flag": True,
        "lora": None,
    }
    await sessions.remember(session.id, "w", {Role.STEPS: 20, Role.PROMPT: "a"}, strange)
    read = await sessions.workflow_values(session.id, "w")
    assert read == strange
    assert read["flag"] is True

    await sessions.remember(session.id, "w", {Role.STEPS: 30}, {"3.steps": 30})
    assert await sessions.values(session.id) == {Role.STEPS: 30, Role.PROMPT: "a"}
    assert await sessions.workflow_values(session.id, "w") == {"3.steps": 30}


async def test_a_draft_replaces_the_former_one_and_other_workflows_keep_theirs(store: Store) -> None:
    session = await store.sessions.create("s")
    await store.sessions.save_draft(session.id, "w", {"a": 1, "b": 2})
    await store.sessions.save_draft(session.id, "v", {"a": 3})
    await store.sessions.save_draft(session.id, "w", {"b": 4})
    assert await store.sessions.draft(session.id, "w") == {"b": 4}
    await store.sessions.remember(session.id, "w", {}, {})
    assert await store.sessions.draft(session.id, "w") == {"b": 4}
    assert await store.sessions.draft(session.id, "v") == {"a": 3}


async def test_a_duplicate_has_the_values_and_drafts_but_no_pictures(store: Store) -> None:
    session = await store.sessions.create("s")
    await complete(store, session.id)
    await store.sessions.touch(session.id, workflow_id="w", profile="box")
    await store.sessions.remember(session.id, "w", {Role.STEPS: 20}, {"3.steps": 20})
    await store.sessions.save_draft(session.id, "w", {"3.steps": 21})
    copy = await store.sessions.duplicate(session.id, "copy")
    assert (copy.name, copy.complete, copy.workflow_id, copy.profile) == ("copy", 0, "w", "box")
    assert await store.generations.count(copy.id) == 0
    assert await store.sessions.values(copy.id) == {Role.STEPS: 20}
    assert await store.sessions.workflow_values(copy.id, "w") == {"3.steps": 20}
    assert await store.sessions.draft(copy.id, "w") == {"3.steps": 21}
    await store.sessions.save_draft(copy.id, "w", {})
    assert await store.sessions.draft(session.id, "w") == {"3.steps": 21}
