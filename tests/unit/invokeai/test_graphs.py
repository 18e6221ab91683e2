"""Graphs: wired as those that ran on the real server, and taken by its schema."""

from __future__ import annotations

from typing import Any

import pytest

from darkroom.connectors.invokeai.payload import JOB, RECIPE
from darkroom.connectors.invokeai.pictures import cut_to_shape
from darkroom.connectors.invokeai.request import start_of
from darkroom.domain.errors import Rejected
from darkroom.domain.workflow import UPSCALE
from tests.servers.invokeai.graphs import refusals
from tests.unit.invokeai.offering import edges, graph, job, recorded

KINDS: dict[str, dict[str, Any]] = {
    "sd1": {},
    "sdxl": {"checkpoint": "Tiny SDXL", "style": "Anime"},
    "lora": {"lora": "Tiny LoRA (sd-1)", "lora_strength": 0.5, "vae": "Tiny VAE", "clip_skip": 2},
    "sdxl lora": {"checkpoint": "Tiny SDXL", "lora": "Tiny LoRA (sdxl)"},
    "img2img": {"image": "blob:x", "denoise": 0.75},
    "inpaint": {"image": "blob:x", "mask": "blob:y"},
    "control": {
        "controlnet": "Tiny ControlNet",
        "controlnet_image": "blob:x",
        "controlnet_preprocessor": "canny_edge_detection",
    },
    "t2i": {"controlnet": "Tiny T2I", "controlnet_image": "blob:x"},
    "ip": {"ip_adapter": "Tiny IP", "ip_adapter_image": "blob:x"},
    "flux": {"checkpoint": "Tiny FLUX", "vae": "Tiny FLUX VAE", "steps": 4},
    "flux inpaint": {
        "checkpoint": "Tiny FLUX",
        "vae": "Tiny FLUX VAE",
        "image": "blob:x",
        "mask": "blob:y",
    },
    "board": {"board": "Lighthouses"},
}


@pytest.mark.parametrize("values", KINDS.values(), ids=KINDS)
def test_the_schema_of_the_server_takes_every_graph(values: dict[str, Any]) -> None:
    body, _ = job(**values)
    assert refusals(body) == []
    for node_id, node in body["batch"]["graph"]["nodes"].items():
        assert node["id"] == node_id


@pytest.mark.parametrize("upscaler", ["lanczos", "Tiny ESRGAN"])
def test_the_schema_of_the_server_takes_upscaling(upscaler: str) -> None:
    body, handle = job(UPSCALE, image="blob:x", upscaler=upscaler, upscale=2.0)
    assert refusals(body) == []
    assert (handle.output, handle.expected, handle.seeds) == ("upscale", 1, ())
    node = body["batch"]["graph"]["nodes"]["upscale"]
    assert (node.get("width"), node.get("height")) in ((192, 128), (None, None))


@pytest.mark.parametrize(
    ("name", "values"),
    [("sd1_txt2img", {}), ("sdxl_txt2img", {"checkpoint": "Tiny SDXL"})],
)
def test_a_plain_graph_is_wired_as_the_one_that_ran(name: str, values: dict[str, Any]) -> None:
    ran = recorded(f"{name}.json")["batch"]["graph"]
    ours = graph(**values)
    wanted = edges(ran) | {("model_loader.vae", "l2i.vae"), ("core_metadata.metadata", "l2i.metadata")}
    assert edges(ours) == wanted
    assert {k: n["type"] for k, n in ours["nodes"].items()} == {k: n["type"] for k, n in ran["nodes"].items()}


def test_a_flux_graph_is_wired_as_the_one_that_was_validated() -> None:
    valid = recorded("13_validate_flux.json")["batch"]["graph"]
    ours = graph(checkpoint="Tiny FLUX", vae="Tiny FLUX VAE")
    # The VAE of the sampler is for control pictures, of which there are none.
    assert edges(ours) == edges(valid) - {("model_loader.vae", "denoise.controlnet_vae")}
    loader = ours["nodes"]["model_loader"]
    assert loader["t5_encoder_model"]["name"] == "Tiny T5"
    assert loader["clip_embed_model"]["name"] == "Tiny CLIP"


def test_only_the_output_is_kept_and_never_taken_from_the_cache() -> None:
    for values in KINDS.values():
        nodes = graph(**values)["nodes"]
        kept = [node for node in nodes.values() if not node["is_intermediate"]]
        assert [node["use_cache"] for node in kept] == [False]


def test_the_server_is_told_what_is_kept_and_we_what_is_painted() -> None:
    made = graph(image="blob:x", denoise=0.7)
    assert made["nodes"]["denoise"]["denoising_start"] == 0.3
    assert start_of(1.0, flux=False) == start_of(1.0, flux=True) == 0
    assert start_of(0.5, flux=True) < start_of(0.5, flux=False)


def test_a_mask_is_turned_around() -> None:
    made = graph(image="blob:x", mask="blob:y")
    assert made["nodes"]["mask_turned"] | {"min": 255, "max": 0} == made["nodes"]["mask_turned"]
    assert ("mask_turned.image", "gradient_mask.mask") in edges(made)
    assert ("core_metadata.metadata", "paste.metadata") in edges(made)
    assert made["nodes"]["l2i"]["is_intermediate"] is True


def test_a_picture_is_cut_in_its_middle_and_not_squeezed() -> None:
    assert cut_to_shape(96, 64, 64, 64) == (16, 0, 64, 64)
    assert cut_to_shape(64, 96, 128, 64) == (0, 32, 64, 32)
    assert cut_to_shape(128, 128, 64, 64) is None
    made = graph(image="blob:x")
    crop = made["nodes"]["image_crop"]
    assert (crop["x"], crop["y"], crop["width"], crop["height"]) == (16, 0, 64, 64)


def test_a_batch_counts_seeds_where_noise_and_metadata_take_them() -> None:
    body, handle = job(batch_size=3, seed=2**32 - 2)
    (group,) = body["batch"]["data"]
    assert group == [{"node_path": "seed", "field_name": "value", "items": [2**32 - 2, 2**32 - 1, 0]}]
    wired = edges(body["batch"]["graph"])
    assert {("seed.value", "noise.seed"), ("seed.value", "core_metadata.seed")} <= wired
    assert (handle.expected, handle.seeds) == (3, (2**32 - 2, 2**32 - 1, 0))
    assert "data" not in job()[0]["batch"]


def test_the_metadata_are_complete_and_carry_recipe_and_name() -> None:
    made = graph(lora="Tiny LoRA (sd-1)", lora_strength=0.5, vae="Tiny VAE", clip_skip=3, steps=9)
    told = made["nodes"]["core_metadata"]
    assert (told["steps"], told["clip_skip"], told["vae"]["name"]) == (9, 2, "Tiny VAE")
    assert told["loras"] == [{"model": made["nodes"]["lora_1"]["lora"], "weight": 0.5}]
    assert told[RECIPE]["values"]["lora"] == "Tiny LoRA (sd-1)"
    assert told[JOB] == "job-1"


def test_a_style_is_a_template_that_we_fill_in() -> None:
    nodes = graph(style="Anime", prompt="a cat", negative="blurry")["nodes"]
    assert nodes["positive_prompt"]["value"].startswith("a cat anime++")
    assert nodes["negative_prompt"]["value"] == "blurry (photo)+++. greyscale. solid black. painting"


def test_lone_surrogates_do_not_travel() -> None:
    made = graph(prompt="a \ud800 cat")
    assert made["nodes"]["positive_prompt"]["value"] == "a \ufffd cat"
    assert made["nodes"]["core_metadata"][RECIPE]["values"]["prompt"] == "a \ufffd cat"


@pytest.mark.parametrize(
    ("address", "value"),
    [
        ("width", 65),
        ("seed", 2**32),
        ("seed", -1),
        ("batch_size", 0),
        ("scheduler", "nope"),
        ("prompt", "()1.2"),
        ("negative", "(( ))++"),
        ("checkpoint", "gone"),
        ("vae", "gone"),
        ("lora", "Tiny LoRA (sdxl)"),
        ("board", "gone"),
        ("style", "gone"),
    ],
)
def test_what_would_fail_or_block_the_queue_is_refused_here(address: str, value: Any) -> None:
    with pytest.raises(Rejected) as caught:
        job(**{address: value})
    assert caught.value.problems[address]


def test_flux_takes_multiples_of_16() -> None:
    with pytest.raises(Rejected) as caught:
        job(checkpoint="Tiny FLUX", vae="Tiny FLUX VAE", width=72)
    assert caught.value.problems == {"width": "a multiple of 16 for this model"}
