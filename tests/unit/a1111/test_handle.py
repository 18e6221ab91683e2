"""Notes that find jobs again."""

from __future__ import annotations

import json
from typing import Any

import pytest

from darkroom.connectors.a1111.handle import JobHandle, Saved, read_handle
from darkroom.connectors.a1111.recovery import keeping, place
from darkroom.domain.errors import JobLost

JOB = JobHandle(
    "task(x)", 4, {"sampler": "Euler", "size": [64, 64]}, saved=Saved("out/darkroom", "darkroom-x", "png")
)


@pytest.mark.parametrize("job", [JOB, JobHandle("task(y)", tasks=False)])
def test_what_was_written_is_read(job: JobHandle) -> None:
    assert read_handle(json.loads(json.dumps(job.to_json()))) == job


@pytest.mark.parametrize(
    "handle", [{}, {"v": 2, "task": "x"}, {"v": 1}, {"v": 1, "task": ""}, {"v": 1, "task": 3}]
)
def test_other_notes_are_told(handle: dict[str, Any]) -> None:
    with pytest.raises(JobLost):
        read_handle(handle)


def test_files_are_numbered_as_the_server_numbers_them() -> None:
    assert JOB.saved is not None
    assert JOB.saved.names(1) == ("darkroom-x.png",)
    assert JOB.saved.names(2) == ("darkroom-x-1.png", "darkroom-x-2.png")
    assert keeping(JOB.saved)["samples_filename_pattern"] == "darkroom-x[none]-[generation_number]"


@pytest.mark.parametrize(
    ("options", "from_picture", "folder"),
    [
        ({"outdir_samples": "", "outdir_txt2img_samples": "a"}, False, "a/darkroom"),
        ({"outdir_samples": "", "outdir_img2img_samples": "b/"}, True, "b/darkroom"),
        ({"outdir_samples": "/c", "outdir_txt2img_samples": "a"}, False, "/c/darkroom"),
        ({}, False, None),
        ({"outdir_samples": 3}, False, None),
    ],
)
def test_the_folder_is_the_servers(options: dict[str, Any], from_picture: bool, folder: str | None) -> None:
    found = place({"samples_format": "PNG", **options}, "id", from_picture=from_picture)
    assert (found.folder if found else None) == folder
    assert found is None or (found.stem, found.ending) == ("darkroom-id", "png")
    assert place({**options, "samples_format": "../x"}, "id", from_picture=from_picture) is None
