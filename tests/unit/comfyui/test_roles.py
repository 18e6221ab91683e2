"""Settings, sizes, files and pictures are found from the samplers, whatever the classes are called."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.comfyui.recorded import Graph, base, encode, node, object_info, roles, sampler, workflow


def test_the_plain_graph() -> None:
    assert roles(base()) == {
        "pos.text": "prompt",
        "neg.text": "negative",
        "sample.seed": "seed",
        "sample.steps": "steps",
        "sample.cfg": "cfg_scale",
        "sample.sampler_name": "sampler",
        "sample.scheduler": "scheduler",
        "latent.width": "width",
        "latent.height": "height",
        "latent.batch_size": "batch_size",
        "ckpt.ckpt_name": "checkpoint",
    }


def test_several_samplers() -> None:
    graph = base() | {
        "up": node(
            "LatentUpscale",
            samples=["sample", 0],
            upscale_method="area",
            width=1024,
            height=1536,
            crop="disabled",
        ),
        "pos2": encode("more detail"),
        "hires": sampler("pos2", "neg", "up", seed=6),
    }
    found = roles(graph)
    assert (found["pos.text"], found["pos2.text"], found["neg.text"]) == ("prompt", "prompt", "negative")
    assert [a for a, r in found.items() if r == "steps"] == ["sample.steps", "hires.steps"]
    assert [a for a, r in found.items() if r == "width"] == ["latent.width"]
    assert [a for a, r in found.items() if r == "denoise"] == ["sample.denoise", "hires.denoise"]


def flux() -> Graph:
    """A graph of custom-sampler parts, as ComfyUI's Flux templates have it."""
    return {
        "unet": node("UNETLoader", unet_name="flux.safetensors", weight_dtype="default"),
        "clip": node("DualCLIPLoader", clip_name1="a", clip_name2="b", type="flux", device="default"),
        "pos": node("CLIPTextEncode", text="a harbour", clip=["clip", 0]),
        "guidance": node("FluxGuidance", conditioning=["pos", 0], guidance=3.5),
        "shift": node(
            "ModelSamplingFlux",
            model=["unet", 0],
            max_shift=1.15,
            base_shift=0.5,
            width=["width", 0],
            height=1024,
        ),
        "guider": node("BasicGuider", model=["shift", 0], conditioning=["guidance", 0]),
        "noise": node("RandomNoise", noise_seed=7),
        "select": node("KSamplerSelect", sampler_name="euler"),
        "sigmas": node("BasicScheduler", model=["shift", 0], scheduler="simple", steps=20, denoise=1.0),
        "width": node("PrimitiveInt", value=1024),
        "latent": node("EmptySD3LatentImage", width=["width", 0], height=1024, batch_size=1),
        "sample": node(
            "SamplerCustomAdvanced",
            noise=["noise", 0],
            guider=["guider", 0],
            sampler=["select", 0],
            sigmas=["sigmas", 0],
            latent_image=["latent", 0],
        ),
        "decode": node("VAEDecode", samples=["sample", 0], vae=["vae", 0]),
        "vae": node("VAELoader", vae_name="ae.safetensors"),
        "save": node("SaveImage", filename_prefix="x", images=["decode", 0]),
    }


def test_a_guider_and_its_parts() -> None:
    assert roles(flux()) == {
        "pos.text": "prompt",
        "noise.noise_seed": "seed",
        "select.sampler_name": "sampler",
        "sigmas.steps": "steps",
        "sigmas.scheduler": "scheduler",
        "width.value": "width",
        "latent.height": "height",
        "latent.batch_size": "batch_size",
        "unet.unet_name": "checkpoint",
        "vae.vae_name": "vae",
    }


@pytest.mark.parametrize("kind", ["CFGGuider", "PerpNegGuider", "DualCFGGuider"])
def test_guiders_with_two_and_three_sides(kind: str) -> None:
    graph = flux() | {"neg": encode("blurry"), "other": encode("")}
    given: dict[str, Any] = {"model": ["unet", 0], "negative": ["neg", 0]}
    if kind == "DualCFGGuider":
        given |= {
            "cond1": ["pos", 0],
            "cond2": ["other", 0],
            "cfg_conds": 5.0,
            "cfg_cond2_negative": 6.0,
            "style": "regular",
        }
    else:
        given |= {"positive": ["guidance", 0], "cfg": 5.0}
    if kind == "PerpNegGuider":
        given |= {"empty_conditioning": ["other", 0], "neg_scale": 1.0}
    graph["guider"] = node(kind, **given)
    found = roles(graph)
    wanted = {"pos.text": "prompt", "neg.text": "negative"}
    if kind == "DualCFGGuider":
        wanted["other.text"] = "prompt"
    assert {a: r for a, r in found.items() if r in ("prompt", "negative")} == wanted
    assert [a for a, r in found.items() if r == "cfg_scale"] == [
        "guider.cfg_conds" if kind == "DualCFGGuider" else "guider.cfg"
    ]


def test_classes_that_nobody_describes_are_guessed_from_their_wiring() -> None:
    graph = base()
    graph["pos"] = node("FancyEncode", text="a harbour", mode="fast", clip=["ckpt", 1])
    graph["mid"] = node("FancyMix", conditioning=["pos", 0], amount=0.5)
    graph["sample"] = {**sampler("mid", "neg"), "class_type": "FancySampler"}
    schema = {**object_info(), "FancyEncode": {}, "FancyMix": {}, "FancySampler": {}}
    found = roles(graph, schema)
    assert found["pos.text"] == "prompt"
    assert found["neg.text"] == "negative"
    assert found["sample.steps"] == "steps"
    assert found["latent.width"] == "width"
    assert "pos.mode" not in found


def test_a_described_sampler_that_passes_conditioning_on() -> None:
    """Some packs' samplers give their conditioning out again."""
    entry = object_info()["KSampler"]
    efficient = {**entry, "output": ["MODEL", "CONDITIONING", "CONDITIONING", "LATENT"], "output_name": []}
    graph = base()
    graph["sample"]["class_type"] = "KSampler (Efficient)"
    schema = {**object_info(), "KSampler (Efficient)": efficient}
    assert roles(graph, schema) == roles(base())


def test_a_picture_to_begin_with_and_its_scale() -> None:
    graph = base() | {
        "image": node("LoadImage", image="example.png"),
        "scale": node(
            "ImageScale", image=["image", 0], upscale_method="area", width=640, height=480, crop="center"
        ),
        "latent": node("VAEEncode", pixels=["scale", 0], vae=["ckpt", 2]),
    }
    found = roles(graph)
    assert found["image.image"] == "image"
    assert (found["scale.width"], found["scale.height"]) == ("width", "height")
    assert found["sample.denoise"] == "denoise"


def test_a_later_scale_is_not_the_size() -> None:
    graph = base() | {
        "image": node("LoadImage", image="example.png"),
        "scale": node(
            "ImageScale", image=["image", 0], upscale_method="area", width=64, height=48, crop="center"
        ),
        "latent": node("VAEEncode", pixels=["scale", 0], vae=["ckpt", 2]),
        "up": node(
            "LatentUpscale",
            samples=["sample", 0],
            upscale_method="area",
            width=128,
            height=96,
            crop="disabled",
        ),
        "hires": sampler("pos", "neg", "up"),
    }
    assert [a for a, r in roles(graph).items() if r == "width"] == ["scale.width"]


def test_loras_have_one_strength() -> None:
    graph = base() | {
        "lora": node(
            "LoraLoader",
            model=["ckpt", 0],
            clip=["ckpt", 1],
            lora_name="a",
            strength_model=0.5,
            strength_clip=0.4,
        )
    }
    found = roles(graph)
    assert (found["lora.lora_name"], found["lora.strength_model"]) == ("lora", "lora_strength")
    assert "lora.strength_clip" not in found


def test_a_seed_from_a_primitive_and_from_a_calculation() -> None:
    graph = base() | {"number": node("PrimitiveInt", value=9), "fold": node("Sum", a=1, b=2)}
    graph["sample"]["inputs"] |= {"seed": ["number", 0], "steps": ["fold", 0]}
    found = roles(graph)
    assert found["number.value"] == "seed"
    assert "steps" not in found.values()


@pytest.mark.parametrize(
    ("name", "prompt", "negative"),
    [
        ("default", ["6.text"], ["7.text"]),
        ("image2image", ["6.text"], ["7.text"]),
        ("flux_fill_inpaint_example", ["23.text"], ["7.text"]),
        ("flux1_dev_uso_reference_image_gen", ["6.text"], []),
        ("image_qwen_image_edit_2509", ["111.prompt"], ["110.prompt"]),
    ],
)
def test_the_recorded_workflows(name: str, prompt: list[str], negative: list[str]) -> None:
    found = roles(workflow(name))
    assert [a for a, r in found.items() if r == "prompt"] == prompt
    assert [a for a, r in found.items() if r == "negative"] == negative
    for role in ("steps", "cfg_scale", "sampler", "scheduler", "seed", "checkpoint"):
        assert list(found.values()).count(role) == 1, role
