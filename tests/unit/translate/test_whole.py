"""Settings of one service in the form of another: values, and what is said of them."""

from __future__ import annotations

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
        "prompt": "a cat , ",
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


COMFY = (
    choice(Role.SAMPLER, "euler", "euler_ancestral", "dpmpp_2m", "dpmpp_2m_sde", "uni_pc"),
    choice(Role.SCHEDULER, "normal", "karras", "exponential", "sgm_uniform"),
)
FORGE = (
    choice(Role.SAMPLER, "DPM++ 2M", "Euler a", "Euler", "DPM++ 2M SDE", "UniPC"),
    choice(Role.SCHEDULER, "Automatic", "Uniform", "Karras", "Exponential", "SGM Uniform"),
)
INVOKE = (
    choice(Role.SAMPLER, "euler", "euler_k", "euler_a", "dpmpp_2m", "dpmpp_2m_k", "dpmpp_3m_k", "unipc"),
)


@pytest.mark.parametrize(
    ("service", "was", "to", "form", "becomes", "said"),
    [
        ("comfyui", ("dpmpp_2m", "karras"), "a1111", FORGE, ("DPM++ 2M", "Karras"), 0),
        ("comfyui", ("euler", "normal"), "a1111", FORGE, ("Euler", "Uniform"), 0),
        ("comfyui", ("dpmpp_2m", "karras"), "invokeai", INVOKE, ("dpmpp_2m_k",), 0),
        ("comfyui", ("euler_ancestral", "normal"), "invokeai", INVOKE, ("euler_a",), 0),
        ("comfyui", ("euler_ancestral", "karras"), "invokeai", INVOKE, ("euler_a",), 1),
        ("a1111", ("DPM++ 2M Karras", ""), "comfyui", COMFY, ("dpmpp_2m", "karras"), 0),
        ("a1111", ("DPM++ 2M", "Automatic"), "comfyui", COMFY, ("dpmpp_2m", "karras"), 0),
        ("a1111", ("DPM++ 2M SDE", "Automatic"), "comfyui", COMFY, ("dpmpp_2m_sde", "exponential"), 0),
        ("a1111", ("Euler a", "Automatic"), "comfyui", COMFY, ("euler_ancestral", "normal"), 0),
        ("invokeai", ("dpmpp_2m_k",), "comfyui", COMFY, ("dpmpp_2m", "karras"), 0),
        ("invokeai", ("unipc",), "a1111", FORGE, ("UniPC", "Uniform"), 0),
        ("invokeai", ("dpmpp_3m_k",), "comfyui", COMFY, ("dpmpp_2m", "karras"), 1),
        ("fooocus-api", ("dpmpp_2m_sde_gpu", "karras"), "comfyui", COMFY, ("dpmpp_2m_sde", "karras"), 0),
        ("comfyui", ("seeds_2", "karras"), "a1111", FORGE, (None, None), 1),
    ],
)
def test_samplers_and_schedules(
    service: str,
    was: tuple[str, ...],
    to: str,
    form: tuple[ParameterSpec, ...],
    becomes: tuple[str | None, ...],
    said: int,
) -> None:
    names = ("scheduler",) if service == "invokeai" else ("sampler", "scheduler")
    values = dict(zip(names, was, strict=False))
    made = translate(source(service, values), to, of(*form))
    assert tuple(made.values.get(spec.address) for spec in form) == becomes
    assert len(made.notes) == said


SIZES = (whole(Role.WIDTH, 64, 2048, 8), whole(Role.HEIGHT, 64, 2048, 8))


def test_sizes_go_to_the_grid_and_the_limits_of_the_form() -> None:
    made = translate(source("a1111", {"width": 513, "height": 4096}), "invokeai", of(*SIZES))
    assert made.values == {"width": 512, "height": 2048}
    assert made.notes == ("Size: 513×4096 became 512×2048",)


def test_aspect_ratios_are_sizes() -> None:
    listed = ParameterSpec("aspect", "Aspect", Kind.CHOICE, choices=("1152×896", "896×1152"), optional=True)
    made = translate(source("comfyui", {"width": 896, "height": 1152}), "fooocus", of(listed))
    assert made.values == {"aspect": "896×1152"}
    made = translate(source("comfyui", {"width": 512, "height": 512}), "fooocus", of(listed, *SIZES))
    assert made.values == {"aspect": None, "width": 512, "height": 512}
    made = translate(source("fooocus", {"aspect": "1152*896"}), "comfyui", of(*SIZES))
    assert made.values == {"width": 1152, "height": 896}
    assert made.notes == ()


@pytest.mark.parametrize(
    ("service", "value", "to", "becomes"),
    [
        ("comfyui", None, "a1111", 1),
        ("a1111", 1, "comfyui", None),
        ("a1111", 2, "invokeai", 2),
        ("a1111", 1, "invokeai", None),
        ("invokeai", None, "a1111", 1),
        ("invokeai", 2, "comfyui", 2),
        ("fooocus", 2, "a1111", 1),
        ("a1111", 1, "fooocus", 2),
        ("fooocus-api", 3, "invokeai", 3),
    ],
)
def test_clip_skip_is_counted_as_the_service_does(
    service: str, value: Value, to: str, becomes: Value
) -> None:
    spec = field(Role.CLIP_SKIP, Kind.INTEGER, minimum=0, maximum=12, optional=to in ("comfyui", "invokeai"))
    made = translate(source(service, {"clip_skip": value}), to, of(spec))
    assert made.values == {"clip_skip": becomes}
    assert made.notes == ()


def test_a_graph_counts_layers_below_nothing() -> None:
    spec = field(Role.CLIP_SKIP, Kind.INTEGER, address="7.stop", minimum=-24, maximum=-1)
    assert translate(source("a1111", {"clip_skip": 2}), "comfyui", of(spec)).values == {"7.stop": -2}
    back = translate(source("comfyui", {"clip_skip": -2}), "a1111", of(whole(Role.CLIP_SKIP)))
    assert back.values == {"clip_skip": 2}


def test_seeds_beyond_the_range_are_folded_and_said() -> None:
    spec = field(Role.SEED, Kind.SEED, minimum=0, maximum=2**32 - 1)
    made = translate(source("comfyui", {"seed": 2**32 + 5}), "invokeai", of(spec))
    assert made.values == {"seed": 5}
    assert made.notes == ("Seed: 4294967301 is too large here and became 5",)
    assert translate(source("comfyui", {"seed": -1}), "invokeai", of(spec)).values == {"seed": -1}


@pytest.mark.parametrize(
    ("was", "specs", "becomes", "notes"),
    [
        (
            (2, 3),
            (whole(Role.BATCH_SIZE, 1, 8), whole(Role.BATCH_COUNT, 1, 9)),
            {"batch_size": 2, "batch_count": 3},
            0,
        ),
        ((2, 3), (whole(Role.BATCH_SIZE, 1, 8),), {"batch_size": 6}, 0),
        ((4, 3), (whole(Role.BATCH_SIZE, 1, 8),), {"batch_size": 8}, 1),
        ((4, None), (whole(Role.BATCH_COUNT, 1, 9),), {"batch_count": 4}, 0),
        (
            (9, None),
            (whole(Role.BATCH_SIZE, 1, 3), whole(Role.BATCH_COUNT, 1, 9)),
            {"batch_size": 3, "batch_count": 3},
            0,
        ),
    ],
)
def test_pictures_at_once_and_one_after_the_other(
    was: tuple[int, int | None], specs: tuple[ParameterSpec, ...], becomes: dict[str, int], notes: int
) -> None:
    values = {"batch_size": was[0], **({"batch_count": was[1]} if was[1] else {})}
    made = translate(source("a1111", values), "comfyui", of(*specs))
    assert made.values == becomes
    assert len(made.notes) == notes


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
        "Hires scale: 2 was left out, there is no such field",
        "Hires upscaler: “Latent” was left out, there is no such field",
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


def test_numbers_are_held_to_the_limits() -> None:
    made = translate(
        source("comfyui", {"steps": 500, "cfg_scale": 0.5}),
        "invokeai",
        of(whole(Role.STEPS), real(Role.CFG_SCALE, 1.0)),
    )
    assert made.values == {"steps": 100, "cfg_scale": 1.0}
    assert made.notes == ("Steps: 500 became 100", "Cfg_scale: 0.5 became 1")


def test_steps_of_a_performance() -> None:
    made = translate(
        source("fooocus", {"performance": "Lightning", "steps": None}), "comfyui", of(whole(Role.STEPS))
    )
    assert made.values == {"steps": 4}
    assert made.notes == ("Steps: 4, as “Lightning” has it",)


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
    assert made.values == {
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
