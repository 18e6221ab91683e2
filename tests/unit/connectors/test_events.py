from __future__ import annotations

import json
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from darkroom.connectors.comfyui.events import (
    JobMessage,
    PictureMessage,
    StatusMessage,
    read_binary,
    read_document,
)
from darkroom.connectors.comfyui.progress import ProgressMeter
from darkroom.connectors.comfyui.stages import stage_of
from darkroom.domain.events import Progress, Stage
from tests.unit.connectors.recordings import messages

GRAPH = {
    "3": "KSampler",
    "4": "CheckpointLoaderSimple",
    "5": "EmptyLatentImage",
    "6": "CLIPTextEncode",
    "7": "CLIPTextEncode",
    "8": "VAEDecode",
    "9": "SaveImage",
}
RUN = "02-txt2img-clientA-features"


def job_messages(name: str) -> list[JobMessage]:
    return [message for message in messages(name) if isinstance(message, JobMessage)]


def test_a_recorded_run_ends_once_and_last() -> None:
    found = job_messages(RUN)
    assert [message.is_end for message in found] == [False] * (len(found) - 1) + [True]
    assert found[-2].kind == "execution_success"


@pytest.mark.parametrize("name", ["04b-partial-output-then-error", "04c-interrupt-during-load"])
def test_errors_and_interrupts_end_in_the_same_way(name: str) -> None:
    ends = [message for message in job_messages(name) if message.is_end]
    assert ends
    assert all(message.job for message in ends)


def test_previews_with_metadata_name_their_job() -> None:
    pictures = [message for message in messages(RUN) if isinstance(message, PictureMessage)]
    assert {(p.job, p.node, p.media_type) for p in pictures} == {
        ("6405228c-8ef3-46b1-81b0-73e15e005728", "3", "image/jpeg")
    }
    assert all(p.data.startswith(b"\xff\xd8") for p in pictures)


def test_plain_previews_name_nobody() -> None:
    pictures = [message for message in messages("02-noclient-watcher") if isinstance(message, PictureMessage)]
    assert pictures
    assert {(p.job, p.node) for p in pictures} == {("", "")}


def test_status_tells_the_length_of_the_queue() -> None:
    counts = [message.remaining for message in messages(RUN) if isinstance(message, StatusMessage)]
    assert counts == [0, 1, 1, 0]


def test_the_first_frame_after_a_reconnect_is_no_end() -> None:
    message = read_document({"type": "executing", "data": {"node": "3"}})
    assert isinstance(message, JobMessage)
    assert (message.job, message.is_end) == ("", False)


@pytest.mark.parametrize("document", [{"type": "crystools.monitor", "data": {}}, {"type": "feature_flags"}])
def test_unknown_messages_are_nothing(document: object) -> None:
    assert read_document(document) is None


@pytest.mark.parametrize("document", [None, [], "x", {}, {"type": 3}])
def test_what_is_no_message_is_a_value_error(document: object) -> None:
    with pytest.raises(ValueError, match="type"):
        read_document(document)


@pytest.mark.parametrize("data", [None, [], {"status": None}, {"status": {"exec_info": []}}])
def test_a_status_of_any_shape_is_a_status(data: object) -> None:
    assert read_document({"type": "status", "data": data}) == StatusMessage(None)


@given(
    st.binary(max_size=64),
    st.sampled_from((b"", b"\0\0\0\1\0\0\0\2", b"\0\0\0\4\0\0\0\2{}", b"\0\0\0\3\0\0\0\1a")),
)
def test_no_binary_frame_brings_anything_but_a_value_error(tail: bytes, head: bytes) -> None:
    try:
        read_binary(head + tail)
    except ValueError:
        assert len(head + tail) < 8 or (head + tail)[3] == 4


def test_text_frames_of_paid_nodes_are_nothing() -> None:
    assert read_binary(struct.pack(">II", 3, 1) + b"9hello") is None


def test_metadata_that_outgrows_its_frame_is_refused() -> None:
    with pytest.raises(ValueError, match="longer"):
        read_binary(struct.pack(">II", 4, 2**32 - 1) + json.dumps({}).encode())


def feed(found: list[JobMessage]) -> list[Progress]:
    meter = ProgressMeter(GRAPH)
    told = [meter.feed(message) for message in found]
    return [progress for progress in told if progress is not None]


def test_progress_of_a_recorded_run_never_falls_and_stays_below_one() -> None:
    told = feed(job_messages(RUN))
    fractions = [progress.fraction for progress in told if progress.fraction is not None]
    assert fractions == sorted(fractions)
    assert len(set(fractions)) > 8
    assert fractions[-1] == 0.99
    stages = list(dict.fromkeys(progress.stage for progress in told))
    assert stages == [Stage.LOADING, Stage.WORKING, Stage.SAMPLING, Stage.DECODING, Stage.SAVING]


def test_steps_are_those_of_the_sampler() -> None:
    told = feed(job_messages(RUN))
    steps = [(p.step, p.steps) for p in told if p.stage is Stage.SAMPLING and p.step is not None]
    assert list(dict.fromkeys(steps)) == [(n, 6) for n in range(1, 7)]


def test_a_node_that_counts_several_times_does_not_go_back() -> None:
    cycle = [JobMessage("progress", "j", {"node": "3", "value": n, "max": 4}) for n in (1, 2, 3, 4)]
    fractions = [progress.fraction or 0 for progress in feed(cycle * 3)]
    assert fractions == sorted(fractions)


def test_cached_nodes_count_as_done() -> None:
    (told,) = feed([JobMessage("execution_cached", "j", {"nodes": ["4", "6", "7", "5"]})])
    assert told.fraction is not None
    assert 0 < told.fraction < 0.5


numbers = st.one_of(st.none(), st.integers(), st.floats(), st.text(max_size=3), st.booleans())


@given(
    st.lists(
        st.builds(
            lambda kind, node, value, maximum: JobMessage(
                kind, "j", {"node": node, "value": value, "max": maximum, "nodes": {node: {"state": "running",
                "value": value, "max": maximum}}}
            ),
            st.sampled_from(("progress", "progress_state", "executing", "executed", "execution_cached")),
            st.sampled_from(("3", "8", "77", "")),
            numbers,
            numbers,
        ),
        max_size=20,
    )
)  # fmt: skip
def test_whatever_a_server_counts_progress_is_between_zero_and_one(found: list[JobMessage]) -> None:
    fractions = [progress.fraction for progress in feed(found)]
    assert all(fraction is not None and 0 <= fraction < 1 for fraction in fractions)
    assert fractions == sorted(fractions, key=lambda fraction: fraction or 0)


def test_without_a_graph_the_fraction_is_unknown() -> None:
    assert ProgressMeter({}).current() == Progress(Stage.WORKING)


@pytest.mark.parametrize(
    ("class_type", "stage"),
    [
        ("KSampler", Stage.SAMPLING),
        ("KSamplerAdvanced", Stage.SAMPLING),
        ("SamplerCustomAdvanced", Stage.SAMPLING),
        ("Efficient KSampler", Stage.SAMPLING),
        ("KSamplerSelect", Stage.WORKING),
        ("SamplerEulerAncestral", Stage.WORKING),
        ("VAEDecodeTiled", Stage.DECODING),
        ("UNETLoader", Stage.LOADING),
        ("LoadImage", Stage.LOADING),
        ("SaveImageWebsocket", Stage.SAVING),
        ("PreviewImage", Stage.SAVING),
        ("CLIPTextEncode", Stage.WORKING),
    ],
)
def test_the_class_tells_the_stage(class_type: str, stage: Stage) -> None:
    assert stage_of(class_type) is stage
