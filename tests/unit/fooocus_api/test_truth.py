"""What the server replaced without a word."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from darkroom.connectors.fooocus.truth import differences, seed_difference, stem
from darkroom.domain.fooocus_metadata import read_metadata
from tests.unit.fooocus_api.recorded import document

if TYPE_CHECKING:
    from darkroom.domain.fooocus_metadata import FooocusMetadata
    from darkroom.domain.parameters import Value

ASKED: dict[str, Value] = {
    "prompt": "a cat",
    "checkpoint": "juggernautXL_v8Rundiffusion.safetensors",
    "refiner": None,
    "performance": "Speed",
    "steps": 4,
    "cfg_scale": 4.0,
    "sharpness": 2.0,
    "sampler": "dpmpp_2m_sde_gpu",
    "scheduler": "karras",
    "clip_skip": 2,
    "seed": 123,
    "style": "Fooocus V2",
    "style_2": "Fooocus Enhance",
    "style_3": "Fooocus Sharp",
    "lora": "sub/sd_xl_offset_example-lora_1.0.safetensors",
    "lora_strength": 0.1,
}


def told(scheme: str = "fooocus") -> FooocusMetadata:
    recorded = document(f"png_metadata_{scheme}_scheme")
    found = read_metadata(recorded["parameters"], recorded["fooocus_scheme"])
    assert found is not None
    return found


def test_nothing_is_said_when_all_was_done_as_asked() -> None:
    for scheme in ("fooocus", "a1111"):
        assert differences(ASKED, told(scheme)) == ()


def test_each_replacement_is_one_line() -> None:
    """Surprise 5."""
    asked = {
        **ASKED,
        "checkpoint": "nope.safetensors",
        "refiner": "also-nope.safetensors",
        "sampler": "nope",
        "scheduler": "nix",
        "steps": None,
        "lora_2": "gone.safetensors",
        "lora_2_strength": 1.0,
        "style_4": "Nope",
    }
    assert set(differences(asked, told())) == {
        "asked for checkpoint nope.safetensors, the server used juggernautXL_v8Rundiffusion",
        "asked for refiner also-nope.safetensors, the server used none",
        "asked for sampler nope, the server used dpmpp_2m_sde_gpu",
        "asked for scheduler nix, the server used karras",
        "asked for LoRA gone.safetensors, the server left it out",
        "asked for style Nope, the server left it out",
    }


def test_strengths_and_numbers_are_compared() -> None:
    asked = {**ASKED, "lora_strength": 0.9, "cfg_scale": 7.5, "clip_skip": 3}
    assert set(differences(asked, told())) == {
        "asked for strength of LoRA sd_xl_offset_example-lora_1.0 0.9, the server used 0.1",
        "asked for guidance 7.5, the server used 4",
        "asked for CLIP skip 3, the server used 2",
    }


def test_a_lora_that_nobody_asked_for_is_said() -> None:
    assert differences({**ASKED, "lora": None}, told()) == (
        "the server added LoRA sd_xl_offset_example-lora_1.0",
    )
    assert differences({**ASKED, "lora": None, "prompt": "a <lora:sd_xl:0.1> cat"}, told()) == ()


def test_what_cannot_be_known_is_not_complained_about() -> None:
    no_styles = replace(told(), styles=())
    assert "Random Style" not in " ".join(differences({**ASKED, "style": "Random Style"}, no_styles))
    only = {"prompt": "", "style": "Fooocus V2"}
    assert differences(only, no_styles) == ()
    assert differences({"style": "Fooocus V2", "prompt": "x"}, no_styles) != ()
    fast: dict[str, Value] = {**ASKED, "performance": "Lightning", "sampler": "dpmpp_2m", "cfg_scale": 9.0}
    lightning = replace(
        told(), performance="Lightning", sampler="euler", scheduler="sgm_uniform", cfg_scale=1.0
    )
    assert differences(fast, lightning) == ()


def test_seeds() -> None:
    """Surprise 8: a seed out of range becomes a random one."""
    assert seed_difference({"seed": 2**63 - 1}, "9223372036854775807") == ()
    assert seed_difference({"seed": 2**63 - 1}, "9223372036854775806") == (
        "asked for seed 9223372036854775807, the server used 9223372036854775806",
    )
    assert seed_difference({"seed": 1}, "") == ()
    assert seed_difference({}, "5") == ()


def test_names_without_folder_and_ending() -> None:
    assert [stem(name) for name in ("a.safetensors", "sub/x/a.b.ckpt", "sub\\a.pt", "a", ".x")] == [
        "a",
        "a.b",
        "a",
        "a",
        ".x",
    ]
