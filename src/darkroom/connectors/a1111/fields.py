"""The fields of the main form: text to picture, and all that a choice brings along."""

from __future__ import annotations

from typing import TYPE_CHECKING

from darkroom.connectors.a1111 import defaults
from darkroom.connectors.a1111.slots import LORAS, MODULES, STYLES, open_slots
from darkroom.connectors.specs import choice, number
from darkroom.domain.defaults import DENOISE_WITH_IMAGE
from darkroom.domain.parameters import SEED_MAX, Kind, ParameterSpec, Role, Value

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from darkroom.connectors.a1111.offer import Offer

HIRES_SCALE = 2.0
HIRES_DENOISE = 0.7
REFINER_SWITCH = 0.8
GUIDANCE = 3.5
MASK_BLUR = 4
INPAINT_PADDING = 32


def prompts(offer: Offer, values: Mapping[str, Value]) -> Iterator[ParameterSpec]:
    """The prompts and the styles."""
    yield ParameterSpec(
        "prompt",
        "Prompt",
        Kind.TEXT,
        "",
        Role.PROMPT,
        "Prompt",
        multiline=True,
    )
    yield ParameterSpec(
        "negative",
        "Negative",
        Kind.TEXT,
        "",
        Role.NEGATIVE,
        "Prompt",
        multiline=True,
    )
    styles = offer.names("styles")
    if styles and offer.program.extras:
        for place, address in open_slots("style", STYLES, values):
            label = "Style" if place == 1 else f"Style {place}"
            yield choice(address, label, "Styles", styles, role=Role.STYLE, optional=True)


def model(offer: Offer, values: Mapping[str, Value]) -> Iterator[ParameterSpec]:
    """Checkpoint, VAE, LoRAs, CLIP skip."""
    models = offer.names("models")
    if offer.program.overrides:
        yield choice("checkpoint", "Checkpoint", "Model", models, offer.checkpoint, role=Role.CHECKPOINT)
    if offer.program.modules:
        yield from _modules(offer, values)
    elif offer.program.overrides:
        vaes = ("Automatic", "None", *offer.names("vaes"))
        help_text = "None chosen: as the server is set"
        yield choice("vae", "VAE", "Model", vaes, role=Role.VAE, optional=True, help=help_text)
    yield from _loras(offer, values)
    if offer.program.overrides or offer.program.clip_field:
        yield ParameterSpec(
            "clip_skip",
            "CLIP skip",
            Kind.INTEGER,
            role=Role.CLIP_SKIP,
            section="Model",
            minimum=1,
            maximum=12,
            optional=True,
            help="Last layer of the text encoder in use, counted from its end; none: as the server is set",
        )


def _modules(offer: Offer, values: Mapping[str, Value]) -> Iterator[ParameterSpec]:
    modules = offer.names("modules")
    for place, address in open_slots("vae", MODULES, values) if modules else ():
        label = "VAE / text encoder" if place == 1 else f"VAE / text encoder {place}"
        role = Role.VAE if place == 1 else None
        help_text = "None chosen: as the server is set"
        yield choice(address, label, "Model", modules, role=role, optional=True, help=help_text)


def _loras(offer: Offer, values: Mapping[str, Value]) -> Iterator[ParameterSpec]:
    loras = offer.names("loras")
    for place, address in open_slots("lora", LORAS, values) if loras else ():
        label = "LoRA" if place == 1 else f"LoRA {place}"
        yield choice(address, label, "Model", loras, role=Role.LORA, optional=True)
        if values.get(address):
            yield number(
                f"{address}_strength",
                f"{label} strength",
                "Model",
                1.0,
                (-10.0, 10.0, 0.05),
                role=Role.LORA_STRENGTH,
            )


def sampling(offer: Offer, values: Mapping[str, Value]) -> Iterator[ParameterSpec]:
    """How the picture is made."""
    yield number("steps", "Steps", "Sampling", 20, (1, 150, 1), role=Role.STEPS)
    yield number("cfg_scale", "CFG scale", "Sampling", 7.0, (1.0, 30.0, 0.5), role=Role.CFG_SCALE)
    if offer.program.modules:
        limits = (0.0, 30.0, 0.1)
        yield number("guidance", "Distilled CFG", "Sampling", GUIDANCE, limits, role=Role.GUIDANCE)
    preferred = next((name for name in ("DPM++ 2M", "Euler a") if name in offer.samplers), offer.samplers[0])
    yield choice("sampler", "Sampler", "Sampling", offer.samplers, preferred, role=Role.SAMPLER)
    if offer.schedulers:
        yield choice(
            "scheduler", "Scheduler", "Sampling", offer.schedulers, offer.schedulers[0], role=Role.SCHEDULER
        )
    most = SEED_MAX if offer.program.overrides else defaults.SIGNED_SEED_MAX
    yield ParameterSpec("seed", "Seed", Kind.SEED, -1, Role.SEED, "Sampling", minimum=0, maximum=most)
    if values.get("image"):
        limits = (0.0, 1.0, 0.05)
        yield number("denoise", "Denoise", "Sampling", DENOISE_WITH_IMAGE, limits, role=Role.DENOISE)
    if offer.program.extras:
        yield from _variation(values, most)


def _variation(values: Mapping[str, Value], most: int) -> Iterator[ParameterSpec]:
    strength = values.get("subseed_strength")
    limits = (0.0, 1.0, 0.05)
    yield number("subseed_strength", "Variation", "Sampling", 0.0, limits, role=Role.SUBSEED_STRENGTH)
    if isinstance(strength, int | float) and strength > 0:
        yield ParameterSpec(
            "subseed", "Variation seed", Kind.SEED, -1, Role.SUBSEED, "Sampling", minimum=0, maximum=most
        )


def size(offer: Offer) -> Iterator[ParameterSpec]:
    """How large, and how many."""
    for address, label, role in (("width", "Width", Role.WIDTH), ("height", "Height", Role.HEIGHT)):
        yield ParameterSpec(
            address,
            label,
            Kind.INTEGER,
            1024,
            role,
            "Size",
            minimum=64,
            maximum=defaults.SIZE_MAX_PX,
            step=defaults.SIZE_STEP_PX,
            unit="px",
        )
    yield number("batch_size", "Batch size", "Size", 1, (1, 64, 1), role=Role.BATCH_SIZE)
    if offer.program.extras:
        yield number("batch_count", "Batches", "Size", 1, (1, 100, 1), role=Role.BATCH_COUNT)
        yield ParameterSpec("tiling", "Tiling", Kind.BOOLEAN, False, Role.TILING, "Size")


def image(offer: Offer, values: Mapping[str, Value]) -> Iterator[ParameterSpec]:
    """A picture to begin with, and where it is painted anew."""
    yield ParameterSpec(
        "image",
        "Image",
        Kind.IMAGE,
        role=Role.IMAGE,
        section="Image",
        optional=True,
        help="A picture to begin with instead of noise alone",
    )
    if not values.get("image"):
        return
    yield ParameterSpec(
        "mask",
        "Mask",
        Kind.IMAGE,
        role=Role.MASK,
        section="Image",
        optional=True,
        help="White is painted anew, black is kept",
    )
    if not offer.program.extras:
        return
    modes = defaults.RESIZE_MODES
    yield choice("resize_mode", "To the size", "Image", modes, modes[1])
    if values.get("mask"):
        fills, areas = defaults.MASK_FILLS, defaults.MASK_AREAS
        yield number("mask_blur", "Mask blur", "Image", MASK_BLUR, (0, 64, 1), unit="px")
        yield choice("inpaint_fill", "Begin with", "Image", fills, fills[1])
        yield choice("inpaint_area", "Paint", "Image", areas, areas[0])
        if values.get("inpaint_area") == areas[1]:
            yield number("inpaint_padding", "Padding", "Image", INPAINT_PADDING, (0, 256, 1), unit="px")


def hires(offer: Offer, values: Mapping[str, Value]) -> Iterator[ParameterSpec]:
    """A second pass at a larger size; only without a picture to begin with."""
    if values.get("image") or not offer.program.hires:
        return
    section = "Hires fix"
    yield ParameterSpec("hires", section, Kind.BOOLEAN, False, None, section, advanced=True)
    if values.get("hires") is not True:
        return
    upscalers = offer.hires_upscalers
    yield number("hires_scale", "Scale", section, HIRES_SCALE, (1.0, 4.0, 0.05), role=Role.HIRES_SCALE)
    if upscalers:
        yield choice("hires_upscaler", "Upscaler", section, upscalers, upscalers[0], role=Role.HIRES_UPSCALER)
    yield number(
        "hires_steps",
        "Steps",
        section,
        0,
        (0, 150, 1),
        role=Role.HIRES_STEPS,
        help="0: as many as the first pass",
    )
    limits = (0.0, 1.0, 0.05)
    yield number("hires_denoise", "Denoise", section, HIRES_DENOISE, limits, role=Role.HIRES_DENOISE)
    if offer.program.extras:
        help_text = "None: as the first pass"
        for address, label, names in (
            ("hires_sampler", "Sampler", offer.samplers),
            ("hires_scheduler", "Scheduler", offer.schedulers),
        ):
            yield choice(address, label, section, names, optional=True, help=help_text)
    if offer.program.modules:
        # Left out, Forge takes 1: no guidance at all in the second pass.
        yield number("hires_cfg", "CFG scale", section, 7.0, (1.0, 30.0, 0.5))


def further(offer: Offer, values: Mapping[str, Value]) -> Iterator[ParameterSpec]:
    """Refiner and faces."""
    if not offer.program.extras:
        return
    help_text = "None: the checkpoint makes all steps"
    models = offer.names("models")
    if models:
        yield choice(
            "refiner",
            "Refiner",
            "Refiner",
            models,
            role=Role.REFINER,
            optional=True,
            advanced=True,
            help=help_text,
        )
    if models and values.get("refiner"):
        limits = (0.01, 1.0, 0.05)
        yield number(
            "refiner_switch", "Switch at", "Refiner", REFINER_SWITCH, limits, role=Role.REFINER_SWITCH
        )
    faces = offer.names("faces")
    if faces and offer.program.faces:
        yield choice(
            "face_restoration",
            "Restore faces",
            "Faces",
            faces,
            role=Role.FACE_RESTORATION,
            optional=True,
            advanced=True,
        )
