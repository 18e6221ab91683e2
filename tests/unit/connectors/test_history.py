from __future__ import annotations

from typing import Any

import pytest

from darkroom.connectors.comfyui.handle import JobHandle, class_types
from darkroom.connectors.comfyui.history import read_entry
from darkroom.domain.events import Ended, Outcome
from tests.unit.connectors.recordings import load

RECORDED: dict[str, Any] = load("history.json")


def read(name: str) -> Ended:
    entry = RECORDED[name]
    return read_entry(entry, JobHandle(entry["prompt"][1], "c", class_types(entry["prompt"][2])))


COMPLETE = {
    "02-history-id": ["9 lab_00001_.png"],
    "02-view-run-history": ["9 åäö lab_00001_.png"],
    "05-first-history": ["9 lab_00017_.png"],
    "05-seed-changed-history": ["9 lab_00018_.png"],
    "10-batch4-history": [f"9 batch_0000{n}_.png" for n in (1, 2, 3, 4)],
    "10-PreviewImage-history": ["9 ComfyUI_temp_ysods_00001_.png", "9 ComfyUI_temp_ysods_00002_.png"],
    "10-two-SaveImage-plus-Preview-history": [
        "9 lab_00022_.png",
        "10 second_00001_.png",
        "11 ComfyUI_temp_seepl_00001_.png",
    ],
    "10-SaveWEBM-history": ["3 vid_00001_.webm"],
    "10-SaveAnimatedWEBP-history": ["3 anim_00001_.webp"],
    "10-SaveLatent-history": ["2 lat_00001_.latent"],
    "10-PreviewAny-text-history": ["2 text-2-1.txt"],
    "10-SaveImageWebsocket-history": [],
}


@pytest.mark.parametrize("name", COMPLETE)
def test_a_good_run_names_its_outputs_in_the_graphs_order(name: str) -> None:
    ended = read(name)
    assert ended.outcome is Outcome.COMPLETE
    assert [f"{ref.node} {ref.name}" for ref in ended.outputs] == COMPLETE[name]
    assert len({str(ref.locator) for ref in ended.outputs}) == len(ended.outputs)
    assert ended.reason is None


def test_temporary_files_are_marked() -> None:
    kinds = {ref.name: ref.temporary for ref in read("10-two-SaveImage-plus-Preview-history").outputs}
    assert kinds == {
        "lab_00022_.png": False,
        "second_00001_.png": False,
        "ComfyUI_temp_seepl_00001_.png": True,
    }


def test_text_comes_with_its_bytes() -> None:
    (ref,) = read("10-PreviewAny-text-history").outputs
    assert ref.spooled == b"5"


def test_a_subfolder_is_part_of_the_locator() -> None:
    (ref,) = read("02-view-run-history").outputs
    assert ref.locator == {"filename": "åäö lab_00001_.png", "subfolder": "sub dir", "type": "output"}


def test_the_duration_comes_from_the_messages() -> None:
    assert read("02-history-id").duration_s == pytest.approx(54.677)


@pytest.mark.parametrize(
    ("name", "unchanged"),
    [
        ("05-first-history", False),
        ("05-identical-history", True),
        ("05-seed-changed-history", False),
        ("10-SaveImageWebsocket-identical-history", False),
        ("04-interrupted-history", False),
    ],
)
def test_only_a_run_from_the_cache_is_unchanged(name: str, unchanged: bool) -> None:
    assert read(name).unchanged is unchanged


def test_a_node_that_no_output_needs_does_not_count_as_computed() -> None:
    entry = {**RECORDED["05-identical-history"]}
    graph = {**entry["prompt"][2], "99": {"class_type": "Note", "inputs": {}}}
    entry["prompt"] = [entry["prompt"][0], entry["prompt"][1], graph, {}, entry["prompt"][4]]
    assert read_entry(entry, JobHandle("j", "c", class_types(graph))).unchanged


def test_an_interrupt_is_no_failure_though_the_status_says_error() -> None:
    ended = read("04-interrupted-history")
    assert ended.outcome is Outcome.CANCELLED
    assert ended.reason is not None
    assert "KSampler (node 3)" in ended.reason.detail
    assert ended.duration_s == pytest.approx(2.18)


@pytest.mark.parametrize(
    ("name", "title", "kind"),
    [
        ("04-oom-history", "The server ran out of memory", "OutOfMemory"),
        (
            "04-corrupt-ckpt-history",
            "CheckpointLoaderSimple (node 4) failed: Error while deserializing header: header too large",
            "JobFailed",
        ),
        (
            "04-corrupt-image-history",
            "LoadImage (node 1) failed: cannot identify image file '/srv/comfyui/input/corrupt.png'",
            "JobFailed",
        ),
    ],
)
def test_a_failure_is_told_in_one_line(name: str, title: str, kind: str) -> None:
    ended = read(name)
    assert ended.outcome is Outcome.FAILED
    assert ended.reason is not None
    assert (ended.reason.title, ended.reason.kind) == (title, kind)
    assert not ended.reason.detail.endswith("\n")


def test_a_message_of_thirty_lines_is_cut() -> None:
    reason = read("10-upscale-model-history").reason
    assert reason is not None
    assert len(reason.detail.splitlines()) == 13
    assert reason.detail.splitlines()[-1].startswith("… ")


@pytest.mark.parametrize(
    "message",
    ["CUDA out of memory. Tried to allocate 2.00 GiB", "Allocation on device 0 would exceed allowed memory.",
     "DefaultCPUAllocator: can't allocate memory: you tried to allocate 4398046511104 bytes"],
)  # fmt: skip
def test_memory_is_recognised(message: str) -> None:
    entry = {
        "status": {"messages": [["execution_error", {"exception_message": message, "node_type": "KSampler"}]]}
    }
    reason = read_entry(entry, JobHandle("j", "c")).reason
    assert reason is not None
    assert reason.kind == "OutOfMemory"


def test_outputs_made_before_a_failure_are_kept() -> None:
    ended = read("04b-bad-last-history")
    assert ended.outcome is Outcome.FAILED
    assert [ref.name for ref in ended.outputs] == ["ok_00001_.png"]


@pytest.mark.parametrize(
    "entry",
    [
        None,
        [],
        {},
        {"status": None, "outputs": None},
        {"outputs": {"1": {"images": [None, 3, {"filename": 7}]}}},
        {"status": {"messages": [None, ["x"], ["execution_cached", {"nodes": 4}]]}, "prompt": [1, 2]},
        {
            "status": {"messages": [["execution_cached", {"nodes": []}]]},
            "prompt": [0, "", {"1": {"inputs": 3}}, {}, ["1"]],
        },
    ],
)
def test_an_entry_of_any_shape_is_an_end(entry: object) -> None:
    ended = read_entry(entry, JobHandle("j", "c"))
    assert ended.outputs == ()
    assert not ended.unchanged


def test_an_error_without_a_message_is_still_an_error() -> None:
    assert read_entry({"status": {"status_str": "error"}}, JobHandle("j", "c")).outcome is Outcome.FAILED


def test_escape_sequences_of_a_server_do_not_pass() -> None:
    entry = {
        "status": {
            "messages": [
                ["execution_error", {"exception_message": "\x1b[2Jboo", "node_type": "\x1b]0;x\x07"}]
            ]
        }
    }
    reason = read_entry(entry, JobHandle("j", "c")).reason
    assert reason is not None
    assert "\x1b" not in reason.title + reason.detail
