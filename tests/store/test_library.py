"""Workflows and the cache of what servers said."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from darkroom.domain.errors import InputError, StoreError
from darkroom.domain.workflow import BUILT_IN, TXT2IMG, UPSCALE, Workflow
from darkroom.store.sessions import Used

from .recipes import GRAPH

if TYPE_CHECKING:
    from darkroom.store.store import Store


async def test_the_built_in_workflows_are_there_and_the_first_is_the_default(store: Store) -> None:
    first, second = await store.workflows.list()
    assert first == replace(BUILT_IN, is_default=True)
    assert (second.id, second.mode, second.is_default) == (UPSCALE, UPSCALE, False)
    for built_in in (first, second):
        with pytest.raises(InputError, match="built-in"):
            await store.workflows.delete(built_in.id)


async def test_a_workflow_comes_back_as_it_was_kept(store: Store) -> None:
    document = '{"nodes": "\ud800\0"}' * 1000
    given = Workflow(
        "",
        "Harbour [x]",
        graph=GRAPH,
        description="a\nb",
        defaults={"3.seed": 2**64 - 1, "9.x": None},
        document=document,
        document_format="ui",
    )
    kept = await store.workflows.add(given)
    assert kept.id
    assert kept == replace(given, id=kept.id)
    assert await store.workflows.get(kept.id) == kept == await store.workflows.by_name("harbour [X]")
    assert list(kept.graph or ()) == list(GRAPH)
    assert await store.workflows.get("none") is None
    assert await store.workflows.by_name("none") is None


async def test_names_are_unique(store: Store) -> None:
    first = await store.workflows.add(Workflow("", "first"))
    second = await store.workflows.add(Workflow("", "second"))
    for refused in (
        store.workflows.add(Workflow("", "FIRST")),
        store.workflows.update(replace(second, name="first")),
        store.workflows.add(Workflow("", TXT2IMG)),
    ):
        with pytest.raises(InputError, match="already"):
            await refused
    with pytest.raises(StoreError, match="exists already"):
        await store.workflows.add(replace(first, name="other"))
    await store.workflows.update(replace(first, name="First"))
    assert [w.name for w in await store.workflows.list()] == [TXT2IMG, "First", "second", UPSCALE]


async def test_exactly_one_is_the_default(store: Store) -> None:
    async def default() -> list[str]:
        return [w.name for w in await store.workflows.list() if w.is_default]

    first = await store.workflows.add(Workflow("", "first", is_default=True))
    assert await default() == ["first"]
    await store.workflows.set_default(TXT2IMG)
    assert await default() == [TXT2IMG]
    await store.workflows.set_default(first.id)
    with pytest.raises(StoreError, match="gone"):
        await store.workflows.set_default("none")
    assert await default() == ["first"], "a refused change changes nothing"
    await store.workflows.delete(first.id)
    assert await default() == [TXT2IMG]
    for gone in (store.workflows.delete(first.id), store.workflows.update(first)):
        with pytest.raises(StoreError, match="gone"):
            await gone


async def test_uses_are_counted_and_survive_an_update(store: Store) -> None:
    first = await store.workflows.add(Workflow("", "first"))
    session = await store.sessions.create("s")
    for workflow_id in (first.id, first.id, first.id, "none"):
        await store.sessions.note_use(session.id, Used("w", {}, {}, workflow_id))
    await store.workflows.update(replace(first, name="renamed"))
    kept = await store.workflows.get(first.id)
    assert kept is not None
    assert (kept.name, kept.use_count) == ("renamed", 3)


async def test_documents_are_replaced_and_forgotten_by_profile(store: Store) -> None:
    documents = store.documents
    assert await documents.get("box", "object_info", "KSampler") is None
    large = '{"KSampler": "\ud800 ü"}' * 300_000
    await documents.put("box", "object_info", "KSampler", "old", "0.3.63")
    await documents.put("box", "object_info", "KSampler", large, "0.3.64")
    await documents.put("other", "object_info", "KSampler", "", "1")
    assert await documents.get("box", "object_info", "KSampler") == (large, "0.3.64")
    await documents.forget("box")
    assert await documents.get("box", "object_info", "KSampler") is None
    assert await documents.get("other", "object_info", "KSampler") == ("", "1")
