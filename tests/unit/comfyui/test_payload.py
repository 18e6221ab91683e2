"""From a snapshot to the graph that is sent, and back from inputs to fields."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from darkroom.connectors.comfyui.builtin import CLASSES
from darkroom.connectors.comfyui.form import form, graph_values
from darkroom.connectors.comfyui.payload import class_types, expected_outputs, field_address, graph_for
from darkroom.domain.parameters import Role, Value
from darkroom.domain.snapshot import BlobInput, Snapshot
from darkroom.domain.workflow import TXT2IMG, UPSCALE, WORKFLOW
from tests.unit.comfyui.recorded import WORKFLOWS, Graph, base, catalog, node, object_info, workflow


def snapshot(graph: Graph | None, values: dict[str, Value], **more: Any) -> Snapshot:
    return Snapshot(
        "comfyui", "box", TXT2IMG if graph is None else WORKFLOW, "x", values, graph=graph, **more
    )


@pytest.mark.parametrize("name", WORKFLOWS)
def test_a_workflow_with_its_own_values_is_sent_as_it_is(name: str) -> None:
    graph = workflow(name)
    values = graph_values(graph, form(catalog(), WORKFLOW, graph, {}))
    assert graph_for(snapshot(graph, values), {}) == graph


def test_values_go_in_and_the_snapshots_graph_stays() -> None:
    graph = base()
    before = copy.deepcopy(graph)
    sent = graph_for(snapshot(graph, {"sample.steps": 30, "pos.text": "dawn", "gone.x": 1, "steps": 2}), {})
    assert sent["sample"]["inputs"]["steps"] == 30
    assert sent["pos"]["inputs"]["text"] == "dawn"
    assert sent.keys() == graph.keys()
    assert graph == before


def test_links_lists_and_what_is_none_are_never_replaced() -> None:
    graph = base() | {"x": node("Fancy", many=[1, 2, 3], path="a")}
    values: dict[str, Value] = {"sample.model": "x", "x.many": "y", "x.path": None, "sample.steps": None}
    assert graph_for(snapshot(graph, values), {}) == graph


def test_dots_in_ids_and_input_names() -> None:
    graph = {"1.2": node("A", x=1), "1": node("A", **{"2.x": 1, "b.c": 1})}
    sent = graph_for(snapshot(graph, {"1.2.x": 5, "1.b.c": 6}), {})
    assert sent["1.2"]["inputs"] == {"x": 5}
    assert sent["1"]["inputs"] == {"2.x": 1, "b.c": 6}
    del graph["1.2"]["inputs"]["x"]
    assert graph_for(snapshot(graph, {"1.2.x": 5}), {})["1"]["inputs"]["2.x"] == 5


def test_numeric_choices_go_out_as_numbers() -> None:
    graph = {"1": node("PixverseTextToVideoNode", duration_seconds=5)}
    assert graph_for(snapshot(graph, {"1.duration_seconds": "8"}), {})["1"]["inputs"]["duration_seconds"] == 8


def test_pictures_go_by_the_name_the_server_gave() -> None:
    graph = workflow("image2image")
    held = snapshot(graph, {"10.image": "blob:aa"}, inputs={"10.image": BlobInput("aa", "boat.png")})
    assert graph_for(held, {"10.image": "boat (1).png"})["10"]["inputs"]["image"] == "boat (1).png"


@pytest.mark.parametrize("emptied", ["", None])
def test_an_emptied_picture_field_means_the_graphs_own(emptied: Value) -> None:
    graph = workflow("image2image")
    held = snapshot(graph, {"10.image": emptied}, roles={"10.image": Role.IMAGE})
    assert graph_for(held, {}) == graph


def test_the_builtin_graph_gets_the_uploaded_name() -> None:
    held = snapshot(None, {"image": "blob:aa", "seed": 1}, inputs={"image": BlobInput("aa", "boat.png")})
    assert graph_for(held, {"image": "boat.png"})["12"]["inputs"]["image"] == "boat.png"


def test_the_mode_says_which_builtin_graph() -> None:
    held = Snapshot("comfyui", "box", UPSCALE, "upscale", {"upscale": 2.0, "image": "blob:aa"})
    assert graph_for(held, {"image": "boat.png"})["42"]["inputs"]["scale_by"] == 2.0
    assert field_address(held, "42", "scale_by") == "upscale"
    assert field_address(held, "3", "steps") == ""


def test_fields_are_found_from_nodes() -> None:
    plain = snapshot(None, {})
    assert field_address(plain, "4", "ckpt_name") == "checkpoint"
    assert field_address(plain, "22", "lora_name") == "lora_2"
    assert field_address(plain, "21", "strength_clip") == "lora_strength"
    assert field_address(plain, "13", "height") == "height"
    assert field_address(plain, "3", "model") == ""
    graph = snapshot(base(), {"sample.steps": 3})
    assert field_address(graph, "sample", "steps") == "sample.steps"
    assert field_address(graph, "sample", "model") == ""


def test_class_types() -> None:
    assert class_types(None) == CLASSES
    assert "UpscaleModelLoader" in class_types(None, UPSCALE)
    assert class_types({"1": node("B"), "2": node("A"), "3": node("B")}) == ("A", "B")


def outputs(graph: Graph) -> int | None:
    return expected_outputs(graph, object_info())


def test_pictures_are_counted_over_all_savers() -> None:
    graph = base() | {
        "again": node("PreviewImage", images=["decode", 0]),
        "socket": node("SaveImageWebsocket", images=["big", 0]),
        "big": node("ImageScaleBy", image=["decode", 0], upscale_method="area", scale_by=2.0),
    }
    assert outputs(base()) == 2
    assert outputs(graph) == 6


def test_repeats_multiply_and_animations_are_one() -> None:
    graph = base() | {"more": node("RepeatLatentBatch", samples=["latent", 0], amount=3)}
    graph["sample"]["inputs"]["latent_image"] = ["more", 0]
    assert outputs(graph) == 6
    film = {"filename_prefix": "x", "fps": 6.0, "lossless": True, "quality": 80, "method": "default"}
    assert outputs(graph | {"save": node("SaveAnimatedWEBP", images=["decode", 0], **film)}) == 1


@pytest.mark.parametrize(("file", "count"), [("a.PNG", 1), ("a.jpg", 1), ("a.gif", None), ("a.webp", None)])
def test_a_loaded_picture_is_one_where_its_format_says_so(file: str, count: int | None) -> None:
    graph = {"1": node("LoadImage", image=file), "2": node("SaveImage", filename_prefix="x", images=["1", 0])}
    assert outputs(graph) == count


@pytest.mark.parametrize(
    "change",
    [
        {
            "latent": node("EmptyLatentImage", width=64, height=64, batch_size=["n", 0]),
            "n": node("PrimitiveInt", value=2),
        },
        {"decode": node("ImageBatch", image1=["x", 0], image2=["x", 0])},
        {"save": node("SaveImage", filename_prefix="x", images="nothing")},
        {"save": node("SaveImage", filename_prefix="x", images=["gone", 0])},
        {"save": node("Unheard", images=["decode", 0])},
        {"beside": node("Unheard", images=["decode", 0])},
        {"save": node("PreviewAny", source=["decode", 0])},
        {"decode": node("ImageInvert", image=["decode", 0])},
        {"save": node("PreviewBridge", images=["decode", 0])},
    ],
)
def test_what_cannot_be_told_is_not_guessed(change: Graph) -> None:
    assert outputs(base() | change) is None
