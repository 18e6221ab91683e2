"""Labels of other people's jobs: whatever they wrote, they are one short line of text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from darkroom.connectors.a1111.handle import JobHandle as A1111Job
from darkroom.connectors.a1111.handle import read_handle as read_a1111
from darkroom.connectors.a1111.replies import State
from darkroom.connectors.a1111.waiting import Waiting, kind_of, label_of
from darkroom.connectors.comfyui.foreign import LABEL_CHARS, label
from darkroom.connectors.comfyui.handle import JobHandle as ComfyJob
from darkroom.connectors.comfyui.handle import read_handle as read_comfyui
from darkroom.connectors.fooocus.handle import JobHandle as FooocusJob
from darkroom.connectors.fooocus.handle import read_handle as read_fooocus
from darkroom.connectors.fooocus_api.handle import JobHandle as ApiJob
from darkroom.connectors.fooocus_api.handle import read_handle as read_fooocus_api
from darkroom.connectors.handles import readable
from darkroom.connectors.invokeai.foreign import prompt_of
from darkroom.connectors.invokeai.handle import JobHandle as InvokeJob
from darkroom.connectors.invokeai.handle import read_handle as read_invokeai
from darkroom.domain.text import printable

if TYPE_CHECKING:
    from collections.abc import Callable

    from darkroom.domain.generation import Handle

JOBS = (
    (read_comfyui, ComfyJob("one", "client")),
    (read_a1111, A1111Job("task(one)")),
    (read_invokeai, InvokeJob("one")),
    (read_fooocus_api, ApiJob("darkroom-one")),
    (read_fooocus, FooocusJob("one", "life", "log.html", 1.0, "a cat", 1, 1)),
)

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=20,
)


def graph(text: Any, model: Any = "ink.safetensors") -> dict[str, Any]:
    return {
        "7": {"class_type": "CLIPTextEncode", "inputs": {"text": "blurry"}},
        "6": {"class_type": "CLIPTextEncode", "inputs": {"text": text}},
        "3": {"class_type": "KSampler", "inputs": {"positive": ["6", 0], "negative": ["7", 0]}},
        "4": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": model}},
    }


def test_a_graph_is_known_by_its_checkpoint_and_prompt() -> None:
    assert label(graph("a cat")) == "ink.safetensors · a cat"
    assert label(graph(["9", 0])) == "ink.safetensors"
    assert label({}) == ""


@given(json_values, json_values)
def test_any_graph_gives_a_line(text: Any, model: Any) -> None:
    for shown in (label(graph(text, model)), label({"1": text, "2": {"inputs": model}})):
        assert shown == printable(shown)
        assert len(shown) <= LABEL_CHARS


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("task(img2img-OBE3O3G)", "img2img"),
        ("task(txt2img-12KI9BT)", "txt2img"),
        ("scripts_txt2img", "txt2img"),
        ("task(4f0c9f5e-txt2imgs)", ""),
        ("task(browser01)", ""),
        ("", ""),
    ],
)
def test_a_task_tells_its_kind_at_most(name: str, kind: str) -> None:
    assert kind_of(name) == kind


@given(st.text())
def test_what_runs_is_told_in_a_line(job: str) -> None:
    shown = label_of(State(job=job))
    assert shown == printable(shown)
    assert len(shown) <= LABEL_CHARS


def test_what_a_browser_runs_is_not_told_by_its_secret_name() -> None:
    assert label_of(State(job="task(browser01)")) == "web page"
    assert label_of(State(job="Batch 2 out of 4")) == "Batch 2 out of 4"


def test_what_waits_while_nothing_runs_never_will() -> None:
    waiting = Waiting()
    busy = State(job="scripts_txt2img", job_count=1)
    assert waiting.among(["task(a)", "task(b)"], busy) == ["task(a)", "task(b)"]
    assert waiting.among(["task(a)"], State()) == []
    assert waiting.among(["task(a)", "task(c)"], busy) == ["task(c)"]


def test_a_prompt_is_found_in_the_graph_of_an_item() -> None:
    nodes = {"noise": {"type": "noise"}, "positive_prompt:x1": {"type": "string", "value": "a cat"}}
    assert prompt_of({"graph": {"nodes": nodes}}) == "a cat"


@given(json_values)
def test_an_item_of_any_shape_is_read(value: Any) -> None:
    for session in (value, {"graph": value}, {"graph": {"nodes": value}}):
        assert isinstance(prompt_of(session), str)


@pytest.mark.parametrize(("read", "job"), JOBS, ids=[type(job).__module__.split(".")[2] for _, job in JOBS])
def test_of_all_handles_a_service_reads_its_own(read: Callable[[Handle], object], job: object) -> None:
    assert readable([one.to_json() for _, one in JOBS], read) == [job]
