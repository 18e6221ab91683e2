from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from darkroom.connectors.comfyui.handle import JobHandle, class_types, read_handle
from darkroom.connectors.comfyui.request import address_reader, check_graph, request_body
from darkroom.connectors.comfyui.uploads import upload_name
from darkroom.domain.errors import JobLost, Rejected
from darkroom.domain.snapshot import BlobInput, Snapshot, from_json
from darkroom.domain.workflow import TXT2IMG, WORKFLOW

GRAPH: dict[str, Any] = {
    "1": {"class_type": "EmptyImage", "inputs": {"width": 8, "note": "\ud800 x"}},
    "9:2": {"class_type": "SaveImage", "inputs": {"images": ["1", 0]}},
}
SNAPSHOT = Snapshot("comfyui", "p", WORKFLOW, "w", {"1.width": 8}, graph=GRAPH, typed={"1.note": "{a|b}"})
JOB = JobHandle("job", "client", class_types(GRAPH), ("left out",))


def test_a_handle_survives_the_store() -> None:
    assert read_handle(json.loads(json.dumps(JOB.to_json()))) == JOB
    assert JOB.class_types == {"1": "EmptyImage", "9:2": "SaveImage"}


@pytest.mark.parametrize(
    "handle", [{}, {"v": 2, "prompt_id": "a", "client_id": "b"}, {"v": 1, "prompt_id": "", "client_id": "b"},
               {"v": 1, "prompt_id": None, "client_id": "b"}],
)  # fmt: skip
def test_a_handle_of_a_newer_version_is_told(handle: dict[str, Any]) -> None:
    with pytest.raises(JobLost):
        read_handle(handle)


def test_a_handle_needs_no_more_than_its_names() -> None:
    assert read_handle({"v": 1, "prompt_id": "a", "client_id": "b", "class_types": 3}) == JobHandle("a", "b")


def test_the_body_names_the_job_and_carries_the_recipe() -> None:
    body = json.loads(json.dumps(request_body(JOB, GRAPH, SNAPSHOT)))
    assert (body["prompt_id"], body["client_id"]) == ("job", "client")
    info = body["extra_data"]["extra_pnginfo"]
    assert set(info) == {"darkroom"}
    assert {"graph", "document"}.isdisjoint(info["darkroom"])
    again = from_json({"document": "", **info["darkroom"]}, graph=body["prompt"])
    assert again == replace(SNAPSHOT, graph=body["prompt"])


def test_a_lone_surrogate_does_not_reach_the_server() -> None:
    body = request_body(JOB, GRAPH, SNAPSHOT)
    assert body["prompt"]["1"]["inputs"]["note"] == "\ufffd x"
    assert body["prompt"]["9:2"]["inputs"]["images"] == ["1", 0]


@pytest.mark.parametrize(
    ("document", "travels"),
    [("", False), ("{", False), ("[]", False), ("[" * 100_000, False), ('{"1": {"class_type": "A"}}', False),
     ('{"nodes": [], "links": []}', True)],
)  # fmt: skip
def test_only_a_ui_document_is_a_workflow(document: str, travels: bool) -> None:
    body = request_body(JOB, GRAPH, replace(SNAPSHOT, document=document))
    assert ("workflow" in body["extra_data"]["extra_pnginfo"]) is travels


def test_addresses_are_read_from_the_request_itself() -> None:
    read = address_reader(request_body(JOB, GRAPH, SNAPSHOT))
    assert (read("1", "width"), read("1", "color")) == ("1.width", "")
    built_in = Snapshot("comfyui", "p", TXT2IMG, TXT2IMG, {"steps": 3})
    assert address_reader(request_body(JOB, {}, built_in))("3", "steps") == "steps"


@pytest.mark.parametrize(
    "request_", [{}, {"extra_data": None}, {"extra_data": {"extra_pnginfo": {"darkroom": {}}}}]
)
def test_a_request_without_a_recipe_still_has_addresses(request_: dict[str, Any]) -> None:
    assert address_reader(request_)("3", "steps") == "3.steps"


def test_a_circle_and_an_unknown_class_are_refused() -> None:
    circle = {
        "1": {"class_type": "A", "inputs": {"x": ["2", 0]}},
        "2": {"class_type": "A", "inputs": {"x": ["1", 0]}},
    }
    with pytest.raises(Rejected, match="circle"):
        check_graph(circle, {}, "p")
    with pytest.raises(Rejected, match="does not have"):
        check_graph(GRAPH, {"EmptyImage": {}, "SaveImage": {"input": {}}}, "p")
    check_graph(GRAPH, {"EmptyImage": {"input": {}}}, "p")


@pytest.mark.parametrize(
    ("name", "ending"),
    [
        ("cat.PNG", "png"),
        ("../../etc/x.jpeg", "jpeg"),
        ("x", "png"),
        ("evil.php", "png"),
        ("clip.webm", "webm"),
    ],
)
def test_an_upload_is_named_by_its_bytes(name: str, ending: str) -> None:
    assert upload_name(BlobInput("ab" * 32, name)) == f"darkroom-abababababababab.{ending}"
