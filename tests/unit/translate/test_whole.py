"""Settings of one service in the form of another: values, and what is said of them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from darkroom.domain.parameters import Kind, ParameterSpec, Role, Value
from darkroom.domain.translate.whole import RULES, translate
from tests.unit.translate.forms import choice, field, into_service, of, real, source, whole

LORAS = (
    choice(Role.LORA, "sd15/Detail.safetensors", "film.safetensors", optional=True),
    real(Role.LORA_STRENGTH, -2.0, 2.0),
    choice(Role.LORA, "sd15/Detail.safetensors", "film.safetensors", address="lora_2", optional=True),
)


def test_every_role_has_a_rule_or_goes_with_another() -> None:
    together = {Role.LORA_STRENGTH, Role.SCHEDULER, Role.HEIGHT, Role.BATCH_COUNT}
    assert set(RULES) | together == set(Role)


def test_prompts_change_their_words_and_say_what_was_lost() -> None:
    form = of(field(Role.PROMPT), field(Role.NEGATIVE))
    values = {"prompt": "a (cat:1.3), [dog:fox:0.3]", "negative": "(blurry)"}
    made = translate(source("a1111", values), "invokeai", form)
    assert made.values == {"prompt": "a (cat)1.3, fox", "negative": "(blurry)1.1"}
    assert made.notes == (
        "Prompt: “dog | fox” changes while sampling, which InvokeAI cannot: “fox” was kept",
    )


def test_a_model_without_a_negative_prompt_takes_plain_words() -> None:
    values = {"prompt": "a (cat:1.3)", "negative": "fog"}
    made = translate(source("comfyui", values), "invokeai", of(field(Role.PROMPT)))
    assert made.values == {"prompt": "a cat"}
    assert made.notes == (
        "Prompt: weights were left out: this model has none",
        "Negative: “fog” was left out, there is no such field",
    )


def test_within_a_service_every_word_stays() -> None:
    form = of(field(Role.PROMPT), choice(Role.SAMPLER, "odd"), ParameterSpec("own", "Own", Kind.TEXT))
    values: dict[str, Value] = {"prompt": "((a:1.1) [b]", "sampler": "odd", "own": "x", "gone": "y"}
    made = translate(source("comfyui", values), "comfyui", form)
    assert made.values == {"prompt": "((a:1.1) [b]", "sampler": "odd", "own": "x"}
    assert made.notes == ()


def test_lora_tags_become_fields_and_unknown_ones_are_said() -> None:
    values = {"prompt": "a cat <lora:detail:0.7><lora:nope:1>, <lora:film:3:0.5>"}
    made = translate(source("a1111", values), "comfyui", of(field(Role.PROMPT), *LORAS))
    assert made.values == {
        "prompt": "a cat",
        "lora": "sd15/Detail.safetensors",
        "lora_strength": 0.7,
        "lora_2": "film.safetensors",
    }
    assert made.notes == ("LoRA: “nope” was left out, this server has none of that name",)


def test_loras_that_the_form_has_no_room_for_are_said() -> None:
    values: dict[str, Value] = {
        "lora": "detail.pt",
        "lora_strength": 5.0,
        "lora_2": "film",
        "lora_3": "Detail",
    }
    roles = {"lora_2": Role.LORA, "lora_3": Role.LORA}
    made = translate(source("invokeai", values, **roles), "comfyui", of(*LORAS))
    assert made.values == {
        "lora": "sd15/Detail.safetensors",
        "lora_strength": 2.0,
        "lora_2": "film.safetensors",
    }
    assert made.notes == (
        "Lora_strength: 5 became 2",
        "LoRA: “Detail” was left out, there is no field for it",
    )


def test_fields_for_loras_are_emptied_where_there_were_none() -> None:
    made = translate(source("a1111", {"lora": None}), "comfyui", of(*LORAS))
    assert made.values == {"lora": None, "lora_2": None}


@pytest.mark.parametrize(
    ("name", "there"),
    [
        ("Models\\SD\\Dream_8.ckpt", "dream_8.safetensors"),
        ("dream_8 [879db523c3]", "dream_8.safetensors"),
        ("dream_8", "dream_8.safetensors"),
        ("b/dream_7.safetensors", "b/dream_7.safetensors"),
    ],
)
def test_models_are_found_by_the_stem_of_their_file(name: str, there: str) -> None:
    form = of(
        choice(Role.CHECKPOINT, "a/dream_7.safetensors", "b/dream_7.safetensors", "dream_8.safetensors")
    )
    made = translate(source("a1111", {"checkpoint": name}), "comfyui", form)
    assert made.values == {"checkpoint": there}
    assert made.notes == ()


def test_names_that_people_gave_are_compared_without_their_signs() -> None:
    form = of(choice(Role.CHECKPOINT, "Dreamshaper 8 (sd-1)", "Dreamshaper 8 (sdxl, 1a2b3c4d)"))
    made = translate(source("comfyui", {"checkpoint": "dreamshaper_8.safetensors"}), "invokeai", form)
    assert made.values == {"checkpoint": "Dreamshaper 8 (sd-1)"}


def test_a_model_that_is_not_there_is_said_and_the_field_stays() -> None:
    made = translate(source("a1111", {"checkpoint": "x"}), "comfyui", of(choice(Role.CHECKPOINT, "y")))
    assert made.values == {}
    assert made.notes == ("Checkpoint: “x” is not on this server; the field stays as it is",)


def test_what_changes_nothing_is_lost_without_a_word() -> None:
    values: dict[str, Value] = {
        "denoise": 1.0,
        "tiling": False,
        "hires_steps": 10,
        "hires_upscaler": "Latent",
        "refiner": "None",
    }
    made = translate(source("a1111", {**values, "refiner_switch": 0.8}), "comfyui", of(field(Role.PROMPT)))
    assert made.notes == ()


def test_what_would_change_the_picture_is_said() -> None:
    values: dict[str, Value] = {
        "hires_scale": 2.0,
        "hires_upscaler": "Latent",
        "tiling": True,
        "style": "cinematic",
    }
    made = translate(source("a1111", values), "comfyui", of(field(Role.PROMPT)))
    assert made.notes == (
        "Style: “cinematic” left out, there is no such field",
        "Hires fix: the second pass, 2 times larger, was left out",
        "Tiling: yes was left out, there is no such field",
    )


def test_settings_that_only_one_service_has_are_named() -> None:
    values: dict[str, Value] = {
        "prompt": "a",
        "eta": 0.5,
        "s_churn": 1,
        "nothing": None,
        "a": 1,
        "b": 1,
        "c": 1,
    }
    made = translate(source("a1111", values), "comfyui", of(field(Role.PROMPT)))
    assert made.notes == ("Only AUTOMATIC1111 has: eta, s_churn, a, b and 1 other",)


def test_only_what_was_asked_for_is_carried() -> None:
    values: dict[str, Value] = {"prompt": "a", "seed": 7, "eta": 0.5}
    form = of(field(Role.PROMPT), field(Role.SEED, Kind.SEED, minimum=0, maximum=99))
    made = translate(source("a1111", values), "comfyui", form, only=frozenset({Role.SEED}))
    assert made.values == {"seed": 7}
    assert made.notes == ()


def test_the_built_in_form_of_comfyui_takes_a_whole_infotext() -> None:
    values: dict[str, Value] = {
        "prompt": "a [lighthouse|tower] (at night:1.2) BREAK calm",
        "negative": "[fog]",
        "steps": 30,
        "cfg_scale": 7,
        "sampler": "DPM++ 2M Karras",
        "seed": 5,
        "width": 512,
        "height": 768,
        "clip_skip": 2,
    }
    made = into_service(source("a1111", values), "comfyui")
    wanted: dict[str, Value] = {
        "prompt": "a lighthouse (at night:1.2), calm",
        "negative": "(fog:0.9091)",
        "clip_skip": 2,
        "vae": None,
        "lora": None,
        "steps": 30,
        "cfg_scale": 7,
        "sampler": "dpmpp_2m",
        "scheduler": "karras",
        "seed": 5,
        "width": 512,
        "height": 768,
        "image": None,
    }
    assert wanted.items() <= made.values.items()
    assert len(made.notes) == 2


def test_another_workflow_of_the_same_service_is_filled_by_roles() -> None:
    values: dict[str, Value] = {"prompt": "a (cat)", "seed": 2**64 - 1, "steps": 30, "sampler": "euler"}
    form = of(
        field(Role.PROMPT, address="6.text"),
        field(Role.SEED, Kind.SEED, address="3.seed", minimum=0, maximum=9),
        field(Role.STEPS, Kind.INTEGER, address="3.steps", minimum=1),
        field(Role.STEPS, Kind.INTEGER, address="9.steps", minimum=1),
        choice(Role.SAMPLER, "dpmpp_2m", address="3.sampler_name"),
    )
    made = translate(source("comfyui", values), "comfyui", form)
    assert made.values == {"6.text": "a (cat)", "3.steps": 30, "3.seed": (2**64 - 1) % 10}
    assert len(made.notes) == 2


def test_what_complete_settings_do_not_speak_of_was_not_used() -> None:
    form = of(
        field(Role.TILING, Kind.BOOLEAN),
        real(Role.SUBSEED_STRENGTH),
        choice(Role.VAE, "x.vae", optional=True),
        choice(Role.FACE_RESTORATION, "GFPGAN", optional=True),
        choice(Role.STYLE, "cinematic", optional=True),
        field(Role.CLIP_SKIP, Kind.INTEGER, minimum=1, maximum=12, optional=True),
    )
    made = translate(source("a1111", {"prompt": "a"}), "a1111", form)
    assert made.values == {
        "tiling": False,
        "subseed_strength": 0.0,
        "vae": None,
        "face_restoration": None,
        "style": None,
        "clip_skip": None,
    }
    partly = replace(source("a1111", {"prompt": "a"}), complete=False)
    assert translate(partly, "a1111", form).values == {}


def test_tags_stay_in_a_prompt_that_is_carried_alone() -> None:
    form = of(field(Role.PROMPT), *LORAS)
    only = frozenset({Role.PROMPT})
    settings = source("a1111", {"prompt": "a <lora:film:0.5>"})
    assert translate(settings, "fooocus", form, only=only).values == {"prompt": "a <lora:film:0.5>"}
    lost = translate(settings, "comfyui", form, only=only)
    assert lost.values == {"prompt": "a "}
    assert lost.notes == ("Prompt: the LoRA “film” was left out of the prompt",)


def test_what_a_graph_has_twice_is_said() -> None:
    values: dict[str, Value] = {"3.steps": 20, "9.steps": 12, "3.text": "a", "4.text": "a", "5.text": "b"}
    roles = {"3.steps": Role.STEPS, "9.steps": Role.STEPS}
    roles |= dict.fromkeys(("3.text", "4.text", "5.text"), Role.PROMPT)
    made = translate(source("comfyui", values, **roles), "a1111", of(field(Role.PROMPT), whole(Role.STEPS)))
    assert made.values == {"prompt": "a", "steps": 20}
    assert made.notes == ("Prompt: “b” of further fields left out", "Steps: 12 of further fields left out")
