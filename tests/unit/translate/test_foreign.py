"""Settings as pictures and pages carry them, recorded from the services and made up."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from darkroom.domain.parameters import Role
from darkroom.domain.snapshot import Snapshot, dumps, to_json
from darkroom.domain.translate.foreign import read_text, read_texts

DATA = Path(__file__).parents[2] / "data"

FIELDS = (
    "Steps: 20, Sampler: DPM++ 2M, Schedule type: Karras, CFG scale: 7, Seed: 18446744073709551615",
    "Size: 512x768, Model hash: 1a2b, Model: dream_8, Denoising strength: 0.4, Clip skip: 2",
    'Hires upscale: 2, Tiling: True, ControlNet 0: "Module: canny, Model: x"',
    'Lora hashes: "film: 12", Version: f2.0.1',
)
INFOTEXT = f"a <lora:film:0.5> lighthouse,\nat night\nNegative prompt: fog\n{', '.join(FIELDS)}"


def test_an_infotext_that_was_pasted() -> None:
    found = read_text(INFOTEXT)
    assert found is not None
    assert found.service == "a1111"
    assert {role: found.first(role) for role in found.roles.values()} == {
        Role.PROMPT: "a <lora:film:0.5> lighthouse,\nat night",
        Role.NEGATIVE: "fog",
        Role.STEPS: 20,
        Role.SAMPLER: "DPM++ 2M",
        Role.SCHEDULER: "Karras",
        Role.CFG_SCALE: 7,
        Role.SEED: 2**64 - 1,
        Role.WIDTH: 512,
        Role.HEIGHT: 768,
        Role.CHECKPOINT: "dream_8",
        Role.HIRES_DENOISE: 0.4,
        Role.CLIP_SKIP: 2,
        Role.HIRES_SCALE: 2,
        Role.TILING: True,
    }
    assert set(found.values) - set(found.roles) == {"ControlNet 0"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a cat",
        "hair: red, eyes: blue, mood: calm, time: night",
        "{}",
        '{"format": 99, "service": "x"}',
        "{" * 9000,
        '{"nodes": []}',
        "Steps: many",
    ],
)
def test_other_texts_hold_no_settings(text: str) -> None:
    assert read_text(text) is None


@given(st.text(max_size=200))
def test_no_text_is_too_strange(text: str) -> None:
    read_text(text)
    read_texts({"parameters": text, "darkroom": text, "invokeai_metadata": text, "fooocus_scheme": text})


@pytest.mark.parametrize("name", ["png_metadata_fooocus_scheme", "png_metadata_a1111_scheme"])
def test_pictures_of_fooocus(name: str) -> None:
    texts = json.loads((DATA / "fooocus-api-0.5.0.1" / f"{name}.json").read_text("utf-8"))
    found = read_texts(texts)
    assert found is not None
    assert found.service == "fooocus"
    assert found.first(Role.PROMPT) == "a cat"
    assert found.first(Role.CHECKPOINT) == "juggernautXL_v8Rundiffusion"
    assert found.first(Role.WIDTH) == 704
    assert found.all(Role.LORA)[:1] == ["sd_xl_offset_example-lora_1.0"]


METADATA = {
    "positive_prompt": "a photo of a (cat)1.3",
    "negative_prompt": "blurry",
    "width": 64,
    "seed": 42,
    "cfg_scale": 7.5,
    "scheduler": "dpmpp_2m_k",
    "clip_skip": 1,
    "model": {"key": "k", "name": "Tiny SD1"},
    "loras": [{"model": {"name": "film"}, "weight": 0.7}, "odd", {"model": 3}],
    "vae": None,
}


def test_pictures_of_invokeai() -> None:
    found = read_texts({"invokeai_metadata": json.dumps(METADATA)})
    assert found is not None
    assert found.service == "invokeai"
    assert found.first(Role.CHECKPOINT) == "Tiny SD1"
    assert found.first(Role.CLIP_SKIP) == 2
    assert found.all(Role.LORA) == ["film"]
    assert found.all(Role.LORA_STRENGTH) == [0.7]
    assert not found.has(Role.VAE)


SNAPSHOT = Snapshot(
    "comfyui", "box", "txt2img", "txt2img", {"prompt": "a cat", "seed": 2**64 - 1}, {"prompt": Role.PROMPT}
)


def test_our_own_recipe_goes_before_all_others() -> None:
    recipe = to_json(SNAPSHOT, with_graph=False)
    del recipe["document"]
    for texts in (
        {"darkroom": json.dumps(recipe), "parameters": INFOTEXT},
        {"darkroom": dumps(SNAPSHOT)},
        {"invokeai_metadata": json.dumps({**METADATA, "darkroom": recipe})},
    ):
        found = read_texts(texts)
        assert found is not None
        assert found.service == "comfyui"
        assert dict(found.values) == {"prompt": "a cat", "seed": 2**64 - 1}
    assert read_text(dumps(SNAPSHOT)) is not None


def test_a_broken_recipe_leaves_the_word_to_the_others() -> None:
    found = read_texts({"darkroom": '{"format": 1, "service": "comfyui"}', "parameters": INFOTEXT})
    assert found is not None
    assert found.service == "a1111"
