"""The library of workflows: what is taken in, and what is refused with which words."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from darkroom.domain.errors import InputError
from darkroom.domain.workflow import BUILT_IN, UPSCALE

if TYPE_CHECKING:
    from pathlib import Path

    from darkroom.services.core import Core

GRAPH = {
    "1": {"class_type": "EmptyImage", "inputs": {"width": 64, "height": 64, "batch_size": 1, "color": 7}},
    "2": {"class_type": "SaveImage", "inputs": {"images": ["1", 0], "filename_prefix": "x"}},
}


async def test_the_built_in_workflows_are_first_and_unchangeable(core: Core) -> None:
    await core.workflows.import_text(json.dumps(GRAPH), "another")
    built_in = (await core.workflows.list())[:2]
    assert [workflow.id for workflow in built_in] == [BUILT_IN.id, UPSCALE]
    assert (await core.workflows.default()).id == BUILT_IN.id
    for workflow in built_in:
        with pytest.raises(InputError):
            await core.workflows.delete(workflow.id)
        with pytest.raises(InputError):
            await core.workflows.update(replace(workflow, name="mine"))


async def test_a_file_is_kept_verbatim_and_found_by_name(core: Core, tmp_path: Path) -> None:
    text = json.dumps(GRAPH, indent=7)
    path = tmp_path / "green square.json"
    path.write_text(text)
    kept = await core.workflows.import_file(path)
    found = await core.workflows.named("green square")
    assert found.id == kept.id
    assert (found.graph, found.document, found.document_format) == (GRAPH, text, "api")
    again = await core.workflows.import_file(path)
    assert again.name == "green square 2"


async def test_it_can_be_renamed_described_made_default_and_deleted(core: Core) -> None:
    kept = await core.workflows.import_text(json.dumps(GRAPH), "one")
    await core.workflows.update(replace(kept, name="two", description="a square"))
    assert (await core.workflows.named("two")).description == "a square"
    await core.workflows.set_default(kept.id)
    assert (await core.workflows.default()).id == kept.id
    await core.workflows.delete(kept.id)
    assert (await core.workflows.default()).id == BUILT_IN.id
    with pytest.raises(InputError, match="two"):
        await core.workflows.named("two")


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", ""),
        (b"not json", ""),
        (b"[1, 2]", ""),
        (b"\xff\xfe\x00", "neither"),
        (b"\x89PNG\r\n\x1a\n", ""),
    ],
)
async def test_what_is_no_workflow_is_refused_with_a_way_out(
    core: Core, tmp_path: Path, content: bytes, word: str
) -> None:
    path = tmp_path / "x.json"
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        await core.workflows.import_file(path)
    said = " ".join(caught.value.lines())
    assert word in said
    assert len(await core.workflows.list()) == 2


async def test_a_document_of_the_web_page_is_kept_verbatim_and_says_that_it_cannot_be_run(
    core: Core, tmp_path: Path
) -> None:
    text = json.dumps({"nodes": [{"id": 1, "type": "SaveImage"}], "links": [], "version": 0.4}, indent=1)
    path = tmp_path / "page.json"
    path.write_text(text)
    kept = await core.workflows.import_file(path)
    found = await core.workflows.named("page")
    assert (found.id, found.document, found.document_format, found.runnable) == (kept.id, text, "ui", False)
    session = await core.sessions.last()
    with pytest.raises(InputError, match="cannot be run yet") as caught:
        await core.generations.submit(session.id, "demo", found, {})
    assert "Export (API)" in caught.value.hint


async def test_a_missing_file_is_named(core: Core, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"gone\.json"):
        await core.workflows.import_file(tmp_path / "gone.json")
