"""Samplers, sizes, seeds and other numbers in the form of another service."""

from __future__ import annotations

import pytest

from darkroom.domain.parameters import Kind, ParameterSpec, Role, Value
from darkroom.domain.translate.whole import translate
from tests.unit.translate.forms import choice, field, of, real, source, whole

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
        ("comfyui", ("dpmpp_2m", "exponential"), "invokeai", INVOKE, ("dpmpp_2m_k",), 1),
        ("comfyui", ("euler", "beta"), "invokeai", INVOKE, ("euler",), 1),
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


def test_a_seed_of_a_variation_goes_with_its_strength() -> None:
    made = translate(
        source("a1111", {"subseed": 5, "subseed_strength": 0.2}), "comfyui", of(field(Role.PROMPT))
    )
    assert made.notes == ("Subseed strength: 0.2 was left out, there is no such field",)
