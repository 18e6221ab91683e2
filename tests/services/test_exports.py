"""Exports: original bytes, safe names, never over another file."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from darkroom.domain.errors import InputError
from darkroom.domain.generation import Status
from darkroom.domain.workflow import BUILT_IN
from darkroom.services import exports

if TYPE_CHECKING:
    from pathlib import Path

    from darkroom.domain.generation import Generation
    from darkroom.domain.parameters import Value
    from darkroom.services.core import Core
    from tests.servers.comfyui import ComfyServer


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd",
        "/etc/passwd",
        "a\x00b\x1b[2J.png",
        "..",
        "",
        ".hidden",
        "CON:x|y?.png",
        "x" * 4000 + ".png",
    ],
)
def test_a_hostile_name_stays_one_plain_file_name(name: str) -> None:
    safe = exports.file_name(name)
    assert safe not in ("", ".", "..")
    assert not safe.startswith(".")
    assert not set(safe) & set("/\\\0\x1b:")
    assert len(safe.encode()) < 200


async def made(core: Core, server: ComfyServer) -> Generation:
    session = await core.sessions.last()
    values: dict[str, Value] = {
        "prompt": "harbour",
        "width": 64,
        "height": 64,
        "steps": 2,
        "batch_size": 2,
        "seed": 2**64 - 1,
    }
    summary = await core.generations.submit(session.id, server.url, BUILT_IN, values)
    ended = await core.generations.wait(summary.id)
    assert ended.status is Status.COMPLETE, ended.reason
    return await core.history.get(summary.id)


async def test_pictures_are_copied_whole_and_never_over_a_file(
    core: Core, server: ComfyServer, tmp_path: Path
) -> None:
    generation = await made(core, server)
    first = await core.exports.pictures(generation, tmp_path / "out")
    second = await core.exports.pictures(generation, tmp_path / "out")
    assert len({*first, *second}) == 4
    for path, output in zip((*first, *second), generation.outputs * 2, strict=True):
        assert path.read_bytes() == await core.store.blobs.read_blob(output.hash)
    one = await core.exports.pictures(generation, tmp_path / "mine.png")
    assert [p.name for p in one] == ["mine.png", "mine-2.png"]


async def test_a_target_that_cannot_be_written_says_so(
    core: Core, server: ComfyServer, tmp_path: Path
) -> None:
    generation = await made(core, server)
    (tmp_path / "file").write_text("x")
    with pytest.raises(InputError):
        await core.exports.pictures(generation, tmp_path / "file" / "below")


async def test_the_exported_workflow_is_what_was_sent(core: Core, server: ComfyServer) -> None:
    generation = await made(core, server)
    assert generation.request is not None
    assert json.loads(exports.workflow(generation)) == generation.request["prompt"]


async def test_an_exported_workflow_can_be_imported_and_run(core: Core, server: ComfyServer) -> None:
    generation = await made(core, server)
    workflow = await core.workflows.import_text(exports.workflow(generation), "again")
    session = await core.sessions.last()
    summary = await core.generations.submit(session.id, server.url, workflow, {})
    ended = await core.generations.wait(summary.id)
    assert ended.status is Status.COMPLETE, ended.reason
    assert ended.seed == str(2**64 - 1)
    used = await core.workflows.get(workflow.id)
    assert used is not None
    assert used.use_count == 1


async def test_a_picture_is_a_workflow_too(core: Core, server: ComfyServer, tmp_path: Path) -> None:
    generation = await made(core, server)
    (path, _) = await core.exports.pictures(generation, tmp_path)
    workflow = await core.workflows.import_file(path)
    assert workflow.graph is not None
    assert generation.request is not None
    assert workflow.graph == generation.request["prompt"]


async def test_the_record_gives_large_numbers_as_text(core: Core, server: ComfyServer) -> None:
    record = exports.record(await made(core, server), core.store)
    assert record["seed"] == record["parameters"]["seed"] == str(2**64 - 1)
    assert record["parameters"]["steps"] == 2
    assert json.loads(json.dumps(record)) == record
