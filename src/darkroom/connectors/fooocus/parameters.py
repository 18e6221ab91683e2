"""The form's fields that Fooocus-API and Fooocus itself have in common, and their server's defaults.

A field appears when it means something: the second LoRA after the first, a mask beside a picture, no
sampler in a mode of speed that sets its own. Addresses are plain names, the same for both services.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from darkroom.connectors.fooocus.fields import (
    ADVANCED,
    MODEL,
    PROMPT,
    SAMPLING,
    SIZE,
    choice,
    number,
    switch,
)
from darkroom.connectors.fooocus.offer import SEED_MAX
from darkroom.connectors.fooocus.pictures import FAST, image_specs, prompt_pictures, upscale_specs
from darkroom.connectors.fooocus.slots import filled, lora_slots, slot_address, style_slots
from darkroom.domain.parameters import Kind, ParameterSpec, Role
from darkroom.domain.workflow import UPSCALE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from darkroom.connectors.fooocus.offer import Offer
    from darkroom.domain.parameters import Value

RESTRICTED = frozenset({"Extreme Speed", "Lightning", "Hyper-SD"})
"""Performances that set sampler, scheduler, guidance, sharpness and refiner themselves.

Source: Fooocus 2.5, `async_worker.py`, `set_lcm_defaults`, `set_lightning_defaults`, `set_hyper_sd_defaults`.
"""

METADATA_SCHEMES = ("fooocus", "a1111")
"""No other value may ever be sent: `a111`, which the schema of Fooocus-API recommends, ends its scheduler
for good. Source: Fooocus-API 0.5.0.1, recording `t2i_a111_kills_worker`."""

SAVE_FORMATS = ("png", "jpeg", "webp")
"""Not `jpg`: in it no metadata is kept. Source: Fooocus-API 0.5.0.1, recording `t2i_jpg`."""

_PRESET = frozenset({"steps", "cfg_scale", "sampler", "scheduler", "lora_strength"})
"""What Darkroom has a default for, and a preset of the server too."""


def specs(offer: Offer, mode: str, values: Mapping[str, Value]) -> tuple[ParameterSpec, ...]:
    """The fields of `mode` for what the form holds already, section by section. Pure.

    Args:
        offer: What the server offers.
        mode: `TXT2IMG` or `UPSCALE`.
        values: By address; what is missing counts as its default.
    """
    if mode != UPSCALE:
        return (
            *_first(offer, values),
            *_size(offer, values),
            *image_specs(offer, values),
            *_rest(offer, values),
        )
    image, method, *further = upscale_specs(offer, values)
    if values.get(method.address, method.default) == FAST:
        return (image, method, *_saving(offer))
    return (*_first(offer, values), _count(offer), image, method, *further, *_rest(offer, values))


def own(fields: Iterable[ParameterSpec]) -> dict[str, Value]:
    """For `Form.own`: the server's defaults of what Darkroom has defaults for as well, by address.

    Without them those, made for other services, would stand there: 20 steps instead of as many as the
    performance says, `euler` instead of the preset's sampler.
    """
    preset = {spec.address: spec for spec in fields if spec.address in _PRESET}
    return {a: spec.default for a, spec in preset.items() if spec.optional or spec.default is not None}


def is_restricted(values: Mapping[str, Value]) -> bool:
    """Whether the chosen performance decides about sampler, guidance and refiner."""
    return values.get("performance") in RESTRICTED


def _first(offer: Offer, values: Mapping[str, Value]) -> Iterator[ParameterSpec]:
    for address, label, role in (("prompt", "Prompt", Role.PROMPT), ("negative", "Negative", Role.NEGATIVE)):
        yield ParameterSpec(address, label, Kind.TEXT, offer.default(address), role, PROMPT, multiline=True)
    yield from _model(offer, values)
    yield from _sampling(offer, values)


def _model(offer: Offer, values: Mapping[str, Value]) -> Iterator[ParameterSpec]:
    default = offer.default("checkpoint")
    known = offer.checkpoints or ((default,) if isinstance(default, str) else ())
    yield choice(offer, "checkpoint", "Checkpoint", MODEL, known, Role.CHECKPOINT)
    if not is_restricted(values):
        text = "A second model, SDXL or SD 1.5, that paints the last steps"
        refiner = choice(offer, "refiner", "Refiner", MODEL, known, Role.REFINER, optional=True, text=text)
        yield refiner
        if values.get("refiner", refiner.default):
            text = "The part of all steps after which it takes over"
            yield number(offer, "refiner_switch", "Refiner from", MODEL, Role.REFINER_SWITCH, text=text)
    yield from lora_slots(offer, values)


def _sampling(offer: Offer, values: Mapping[str, Value]) -> Iterator[ParameterSpec]:
    yield choice(offer, "performance", "Performance", SAMPLING, offer.performances, Role.PERFORMANCE)
    if not is_restricted(values):
        yield number(offer, "cfg_scale", "Guidance", SAMPLING, Role.CFG_SCALE, step=0.5)
        yield number(offer, "sharpness", "Sharpness", SAMPLING, Role.SHARPNESS, step=0.5)
    yield ParameterSpec(
        "seed",
        "Seed",
        Kind.SEED,
        offer.default("seed"),
        Role.SEED,
        SAMPLING,
        minimum=0,
        maximum=SEED_MAX,
        help="Of the first picture; it grows by one with each further one",
    )


def _size(offer: Offer, values: Mapping[str, Value]) -> Iterator[ParameterSpec]:
    text = "One of the server's sizes; none: your own width and height"
    yield choice(offer, "aspect_ratio", "Aspect ratio", SIZE, offer.aspect_ratios, optional=True, text=text)
    if not values.get("aspect_ratio"):
        yield number(offer, "width", "Width", SIZE, Role.WIDTH, step=8, unit="px")
        yield number(offer, "height", "Height", SIZE, Role.HEIGHT, step=8, unit="px")
    yield _count(offer)


def _count(offer: Offer) -> ParameterSpec:
    return number(
        offer, "batch_size", "Pictures", SIZE, Role.BATCH_SIZE, text="One after the other, in one job"
    )


def _rest(offer: Offer, values: Mapping[str, Value]) -> Iterator[ParameterSpec]:
    yield from style_slots(offer, values)
    yield from prompt_pictures(offer, values)
    yield from _steps(offer, values)
    yield from _guidance(offer, values)
    yield from _control(offer, values)
    yield switch("freeu", "FreeU")
    if values.get("freeu"):
        for part in ("b1", "b2", "s1", "s2"):
            yield number(offer, f"freeu_{part}", f"FreeU {part.upper()}", ADVANCED, step=0.01)
    yield switch("black_out_nsfw", "Black out NSFW")
    yield switch("same_seed", "Same seed for all", text="Each picture of the job has the same seed")
    yield switch("wildcards_in_order", "Wildcards in order", text="Instead of at random")
    yield from _saving(offer)


def _steps(offer: Offer, values: Mapping[str, Value]) -> Iterator[ParameterSpec]:
    text = "None: as many as the performance says"
    yield number(offer, "steps", "Steps", ADVANCED, Role.STEPS, optional=True, text=text)
    if not is_restricted(values):
        yield choice(offer, "sampler", "Sampler", ADVANCED, offer.samplers, Role.SAMPLER)
        yield choice(offer, "scheduler", "Scheduler", ADVANCED, offer.schedulers, Role.SCHEDULER)
    yield number(offer, "clip_skip", "CLIP skip", ADVANCED, Role.CLIP_SKIP)
    if offer.vaes:
        text = "None: the one of the checkpoint"
        yield choice(offer, "vae", "VAE", ADVANCED, offer.vaes, Role.VAE, optional=True, text=text)
    elif offer.types_vae:
        # Without a role: a name from another server could not be checked, and would end the job.
        text = "Name of a file in the server's folder of VAEs; nothing: the one of the checkpoint"
        yield ParameterSpec("vae", "VAE file", Kind.TEXT, "", None, ADVANCED, help=text, advanced=True)


def _guidance(offer: Offer, values: Mapping[str, Value]) -> Iterator[ParameterSpec]:
    if is_restricted(values):
        return
    text = "CFG mimicking from TSNR, from this guidance on"
    yield number(offer, "adaptive_cfg", "Adaptive CFG", ADVANCED, text=text)
    yield number(offer, "adm_positive", "ADM positive", ADVANCED, text="Positive ADM guidance scaler")
    yield number(offer, "adm_negative", "ADM negative", ADVANCED, text="Negative ADM guidance scaler")
    text = "The part of all steps after which ADM guidance ends"
    yield number(offer, "adm_end", "ADM end", ADVANCED, text=text)
    if values.get("refiner"):
        yield choice(offer, "refiner_swap", "Refiner swap", ADVANCED, ("joint", "separate", "vae"))


def _control(offer: Offer, values: Mapping[str, Value]) -> Iterator[ParameterSpec]:
    """What matters only with a picture that gives the shape."""
    slots = (slot for slot, _ in filled(values, "image_prompt", offer.image_prompts))
    kinds = {values.get(slot_address("image_prompt", slot, "type")) for slot in slots}
    if not kinds & {"PyraCanny", "CPDS"}:
        return
    yield number(offer, "controlnet_softness", "Control softness", ADVANCED)
    if "PyraCanny" in kinds:
        yield number(offer, "canny_low", "Canny low", ADVANCED)
        yield number(offer, "canny_high", "Canny high", ADVANCED)
    yield switch(
        "skip_preprocessors", "Skip preprocessors", text="The pictures are outlines or depths already"
    )


def _saving(offer: Offer) -> Iterator[ParameterSpec]:
    yield choice(offer, "save_format", "Saved as", ADVANCED, SAVE_FORMATS)
    text = "How the parameters are written into the picture"
    yield choice(offer, "metadata_scheme", "Metadata", ADVANCED, METADATA_SCHEMES, text=text)
