"""The built-in workflow's graph: right for every combination of what can be chosen."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import pytest

from darkroom.connectors.comfyui.builtin import CLASSES, address_of, build
from darkroom.connectors.comfyui.builtin_sampler import divide
from darkroom.connectors.comfyui.counting import expected_outputs
from darkroom.connectors.comfyui.form import form
from darkroom.domain.workflow import TXT2IMG
from tests.unit.comfyui.checker import complaints
from tests.unit.comfyui.recorded import catalog, object_info

if TYPE_CHECKING:
    from darkroom.domain.parameters import Value

BASE: dict[str, Value] = {
    "prompt": "a harbour",
    "negative": "blurry",
    "checkpoint": "random-sd15.safetensors",
    "width": 640,
    "height": 512,
    "batch_size": 1,
    "steps": 20,
    "cfg_scale": 7.0,
    "sampler": "euler",
    "scheduler": "normal",
    "seed": 2**64 - 1,
}
UNDESCRIBED = (
    *("ImageToMask", "SetLatentNoiseMask", "RepeatImageBatch", "ImageCompositeMasked"),
    "KSamplerAdvanced",
)
"""Core classes that no field describes."""
LORA = "random-lora.safetensors"


def classes(graph: dict[str, dict[str, Any]]) -> list[str]:
    return sorted(node["class_type"] for node in graph.values())


@pytest.mark.parametrize(
    ("loras", "vae", "skip", "pictures", "batch", "refiner"),
    itertools.product(
        *((0, 1, 8), (None, "pixel_space"), (None, 1, 24), ((), ("image",), ("image", "mask")), (1, 4)),
        (None, BASE["checkpoint"]),
    ),
)
def test_every_combination_is_a_legal_graph(
    loras: int, vae: str | None, skip: int | None, pictures: tuple[str, ...], batch: int, refiner: str | None
) -> None:
    values = {**BASE, "refiner": refiner, "vae": vae, "clip_skip": skip, "batch_size": batch, "denoise": 0.5}
    values |= dict.fromkeys(pictures, "example.png")
    for slot in range(1, loras + 1):
        name = "lora" if slot == 1 else f"lora_{slot}"
        values |= {name: LORA, f"{name}_strength": 0.5}
    graph = build(values)
    assert complaints(graph, object_info()) == []
    assert set(classes(graph)) <= {*CLASSES, *UNDESCRIBED}
    assert classes(graph).count("LoraLoader") == loras
    assert ("VAELoader" in classes(graph)) is (vae is not None)
    assert ("CLIPSetLastLayer" in classes(graph)) is (skip is not None)
    assert classes(graph).count("LoadImage") == len(pictures)
    assert ("EmptyLatentImage" in classes(graph)) is (not pictures)
    assert ("SetLatentNoiseMask" in classes(graph)) is ("mask" in pictures)
    assert expected_outputs(graph, object_info()) == batch


def test_the_plain_graph() -> None:
    graph = build(BASE)
    assert list(graph) == ["4", "6", "7", "5", "3", "8", "9"]
    assert graph["3"]["inputs"] == {
        "seed": 2**64 - 1,
        "steps": 20,
        "cfg": 7.0,
        "sampler_name": "euler",
        "scheduler": "normal",
        "denoise": 1.0,
        "model": ["4", 0],
        "positive": ["6", 0],
        "negative": ["7", 0],
        "latent_image": ["5", 0],
    }
    assert graph["9"]["inputs"]["filename_prefix"] == "darkroom/darkroom"
    assert all(node["_meta"]["title"] for node in graph.values())


def test_loras_are_chained_in_order_and_a_gap_is_closed() -> None:
    graph = build({**BASE, "lora": "a", "lora_strength": 0.8, "lora_3": "c", "lora_2": None})
    assert graph["21"]["inputs"] == {
        "lora_name": "a",
        "strength_model": 0.8,
        "strength_clip": 0.8,
        "model": ["4", 0],
        "clip": ["4", 1],
    }
    assert graph["23"]["inputs"]["model"] == ["21", 0]
    assert graph["3"]["inputs"]["model"] == ["23", 0]
    assert graph["6"]["inputs"]["clip"] == ["23", 1]


def test_a_strength_of_zero_is_kept() -> None:
    assert build({**BASE, "lora": "a", "lora_strength": 0})["21"]["inputs"]["strength_model"] == 0


def test_clip_skip_counts_from_the_end_behind_the_loras() -> None:
    graph = build({**BASE, "lora": "a", "clip_skip": 2})
    assert graph["11"]["inputs"] == {"stop_at_clip_layer": -2, "clip": ["21", 1]}
    assert graph["7"]["inputs"]["clip"] == ["11", 0]


def test_a_vae_of_its_own_serves_both_ways() -> None:
    graph = build({**BASE, "vae": "pixel_space", "image": "a.png"})
    assert graph["8"]["inputs"]["vae"] == ["10", 0]
    assert graph["14"]["inputs"]["vae"] == ["10", 0]


def test_an_image_is_scaled_to_the_size_and_repeated() -> None:
    graph = build({**BASE, "image": "a.png", "batch_size": 3})
    assert (graph["13"]["inputs"]["width"], graph["13"]["inputs"]["height"]) == (640, 512)
    assert graph["15"]["inputs"] == {"samples": ["14", 0], "amount": 3}
    assert graph["3"]["inputs"]["denoise"] == 0.75
    assert graph["3"]["inputs"]["latent_image"] == ["15", 0]


def test_a_mask_lies_on_the_latent_and_its_black_on_what_was_decoded() -> None:
    graph = build({**BASE, "image": "a.png", "mask": "m.png", "batch_size": 3, "width": 645, "height": 515})
    assert graph["16"]["inputs"] == {"image": "m.png"}
    sizes = [(graph[scale]["inputs"]["width"], graph[scale]["inputs"]["height"]) for scale in ("13", "17")]
    assert sizes == [(640, 512)] * 2, "cut to whole latents, as the decoded pictures are"
    assert graph["18"]["inputs"] == {"image": ["17", 0], "channel": "red"}
    assert graph["19"]["inputs"] == {"samples": ["15", 0], "mask": ["18", 0]}
    assert graph["3"]["inputs"]["latent_image"] == ["19", 0]
    placed = graph["31"]["inputs"]
    assert (placed["destination"], placed["source"], placed["mask"]) == (["30", 0], ["8", 0], ["18", 0])
    assert graph["30"]["inputs"] == {"image": ["13", 0], "amount": 3}
    assert graph["9"]["inputs"]["images"] == ["31", 0]
    assert address_of("16", "image") == "mask"


def test_a_mask_without_a_picture_masks_nothing() -> None:
    assert build({**BASE, "mask": "m.png"}) == build(BASE)


def test_a_refiner_makes_the_last_steps() -> None:
    refined = {**BASE, "refiner": "refiner.safetensors", "refiner_switch": 0.75}
    graph = build(refined)
    first, last = graph["3"]["inputs"], graph["35"]["inputs"]
    assert [node["class_type"] for node in (graph["3"], graph["35"])] == ["KSamplerAdvanced"] * 2
    assert (first["start_at_step"], first["end_at_step"], last["start_at_step"]) == (0, 15, 15)
    assert (first["steps"], last["steps"], first["noise_seed"]) == (20, 20, 2**64 - 1)
    assert (first["add_noise"], first["return_with_leftover_noise"]) == ("enable", "enable")
    assert (last["add_noise"], last["return_with_leftover_noise"]) == ("disable", "disable")
    assert (last["model"], last["latent_image"]) == (["32", 0], ["3", 0])
    assert graph["33"]["inputs"] == {"text": "a harbour", "clip": ["32", 1]}
    assert graph["8"]["inputs"]["samples"] == ["35", 0]
    fields = {address_of(node_id, name) for node_id, node in graph.items() for name in node["inputs"]}
    assert set(refined) <= fields


def test_a_refiner_is_left_out_with_a_mask() -> None:
    masked = {**BASE, "image": "a.png", "mask": "m.png"}
    assert build({**masked, "refiner": "refiner.safetensors"}) == build(masked)


@pytest.mark.parametrize(
    ("steps", "denoise", "switch", "divided"),
    [
        (20, 1.0, 0.8, (20, 0, 16)),
        (20, 0.5, 0.8, (40, 20, 36)),
        (20, 0.75, None, (26, 6, 22)),
        (1, 1.0, 0.05, (1, 0, 1)),
        (10, 1.0, 1.0, (10, 0, 10)),
        (20, 0, 0.8, (20, 20, 21)),
        (10_000, 0.01, 0.5, (10_000, 0, 5000)),
    ],
)
def test_steps_are_divided_as_a_plain_sampler_would_make_them(
    steps: int, denoise: float, switch: float | None, divided: tuple[int, int, int]
) -> None:
    assert divide(steps, denoise, switch) == divided


def test_denoise_without_an_image_is_full() -> None:
    assert build({**BASE, "denoise": 0.3})["3"]["inputs"]["denoise"] == 1.0
    assert build({**BASE, "image": "a", "denoise": 0.0})["3"]["inputs"]["denoise"] == 0.0


def test_what_is_left_out_has_the_system_default() -> None:
    graph = build({"checkpoint": "random-sd15.safetensors", "seed": 1})
    assert complaints(graph, object_info()) == []
    assert graph["5"]["inputs"] == {"width": 1024, "height": 1024, "batch_size": 1}
    assert graph["7"]["inputs"]["text"].startswith("low quality")


def test_an_emptied_negative_stays_empty() -> None:
    assert build({**BASE, "negative": ""})["7"]["inputs"]["text"] == ""


def test_every_value_of_the_graph_belongs_to_a_field() -> None:
    values = {**BASE, "vae": "v", "lora": "a", "lora_2": "b", "clip_skip": 2, "image": "i", "batch_size": 2}
    known = {spec.address for spec in form(catalog(), TXT2IMG, None, values).specs}
    without_field = set()
    for graph in (build(values), build({**values, "image": None})):
        for node_id, node in graph.items():
            for name, value in node["inputs"].items():
                if not isinstance(value, list):
                    address = address_of(node_id, name)
                    without_field |= {f"{node_id}.{name}"} if address not in known else set()
    assert without_field == {"13.upscale_method", "13.crop", "9.filename_prefix"}


@pytest.mark.parametrize("node_id", ["", "x", "20", "29", "²", "99999", "-1"])
def test_unknown_nodes_have_no_address(node_id: str) -> None:
    assert address_of(node_id, "lora_name") == ""
