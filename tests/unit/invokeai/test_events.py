"""Frames of the socket, and what is made of them."""

from __future__ import annotations

import asyncio
import base64
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from darkroom.connectors.invokeai import frames
from darkroom.connectors.invokeai.frames import JobMessage, QueueMessage, read_event
from darkroom.connectors.invokeai.handle import JobHandle, read_handle
from darkroom.connectors.invokeai.mailbox import Mailbox
from darkroom.connectors.invokeai.progress import ProgressMeter
from darkroom.domain.errors import JobLost
from darkroom.domain.events import Stage
from tests.unit.invokeai.offering import DATA, job

BATCH = "cd43c6fd-bb71-4eed-908b-837185372de4"


def run() -> list[JobMessage]:
    lines = (DATA / "04_sock_sd1_txt2img.jsonl").read_text("utf-8").splitlines()
    found = [read_event(json.loads(line)) for line in lines]
    return [message for message in found if isinstance(message, JobMessage)]


def test_the_frames_of_a_recorded_line() -> None:
    lines = (DATA / "15_raw_engineio_frames.jsonl").read_text("utf-8").splitlines()
    spoken = [(line["dir"], line["frame"]) for line in map(json.loads, lines)]
    heard = [frames.kind_of(frame) for direction, frame in spoken if direction == "recv"]
    assert heard[:3] == [frames.OPEN, frames.CONNECTED, frames.EVENT]
    assert [frame for direction, frame in spoken if direction == "send"] == [
        frames.connect(""),
        frames.SUBSCRIBE,
    ]
    assert frames.connect("x") == '40{"token": "x"}'
    assert frames.kind_of("") == ""
    assert frames.refusal('44{"message":"no"}') == "no"
    assert frames.refusal("44") == ""


def test_a_recorded_run_is_read() -> None:
    messages = run()
    assert {message.batch for message in messages} == {BATCH}
    assert messages[0].kind == messages[-1].kind == frames.ITEM_CHANGED
    assert messages[-1].data["status"] == "completed"
    (picture,) = filter(
        None, map(frames.made_image, (m.data for m in messages if m.kind == frames.NODE_DONE))
    )
    assert picture.endswith(".png")
    shown = [frames.preview(message.data) for message in messages if message.data.get("image")]
    assert shown
    for one in shown:
        assert one is not None
        with Image.open(io.BytesIO(one[0])) as opened:
            assert (opened.format, opened.size, one[1]) == ("JPEG", (8, 8), "image/jpeg")


def test_a_recorded_run_moves_the_bar_to_its_end() -> None:
    kinds = {"model_loader": "main_model_loader", "denoise": "denoise_latents", "l2i": "l2i"}
    meter = ProgressMeter(JobHandle(BATCH, 1, "l2i", kinds, 6, items=(1,)))
    told = [state for message in run() if (state := meter.feed(message)) is not None]
    fractions = [state.fraction for state in told]
    assert fractions == sorted(fractions, key=lambda f: f or 0)
    assert fractions[-1] is not None
    assert 0.9 < fractions[-1] < 1
    assert [s.step for s in told if s.stage is Stage.SAMPLING and s.step is not None][-1] == 6
    assert {Stage.LOADING, Stage.SAMPLING, Stage.DECODING, Stage.SAVING} <= {state.stage for state in told}


def test_a_second_picture_begins_where_the_first_ended() -> None:
    meter = ProgressMeter(JobHandle("b", 2, "l2i", {"denoise": "denoise_latents"}, 4, items=(7, 8)))

    def denoise(item: int, part: float) -> float:
        data = {"invocation_source_id": "denoise", "percentage": part, "message": "Denoising"}
        meter.feed(JobMessage(frames.NODE_PROGRESS, "b", item, data))
        return meter.current().fraction or 0

    assert denoise(7, 1.0) == pytest.approx(0.5)
    meter.item_over(7)
    assert denoise(8, 0.0) == pytest.approx(0.5)
    assert meter.current().label == "picture 2 of 2"
    assert denoise(8, 0.5) == pytest.approx(0.75)
    assert denoise(8, float("nan")) == pytest.approx(0.75)


@given(st.recursive(st.none() | st.integers() | st.text(), lambda inner: st.lists(inner)))
def test_any_document_is_an_event_or_none_of_ours(document: object) -> None:
    try:
        message = read_event(document)
    except ValueError:
        return
    assert message is None or isinstance(message, QueueMessage)


@given(
    st.dictionaries(st.sampled_from(["item_id", "batch_id", "image", "result"]), st.integers() | st.text())
)
def test_any_data_can_be_looked_at(data: dict[str, object]) -> None:
    read_event([frames.NODE_PROGRESS, data])
    assert frames.preview(data) is None
    assert frames.made_image(data) == ""


def test_a_preview_that_is_none_is_passed_over() -> None:
    for text in ("data:text/html;base64,PGI+", "data:image/jpeg,x", "data:image/jpeg;base64,§", "x" * 10):
        assert frames.preview({"image": {"dataURL": text}}) is None
    data = base64.b64encode(b"abc").decode()
    assert frames.preview({"image": {"dataURL": f"data:image/png;base64,{data}"}}) == (b"abc", "image/png")


async def test_a_mailbox_keeps_facts_and_the_newest_progress() -> None:
    box = Mailbox("b")
    for number in range(100):
        box.put(JobMessage(frames.NODE_PROGRESS, "b", number))
    box.put(JobMessage(frames.NODE_DONE, "b", 1))
    box.nudge()
    kinds = [message.item for message in (await box.get(1), await box.get(1)) if message is not None]
    assert kinds == [1, 99]
    assert await box.get(60) is None  # nudged
    async with asyncio.timeout(1):
        assert await box.get(0) is None


def test_a_handle_is_read_as_it_was_written() -> None:
    _, made = job(batch_size=2, board="Lighthouses")
    kept = json.loads(json.dumps(made.to_json()))
    assert read_handle(kept) == read_handle(made.to_json())
    assert read_handle(kept).seeds == (1, 2)
    for broken in ({}, {"v": 2, "batch": "b"}, {"v": 1, "batch": ""}):
        with pytest.raises(JobLost):
            read_handle(broken)
    assert read_handle({"v": 1, "batch": "b", "items": "12", "kinds": 3}).items == ()
