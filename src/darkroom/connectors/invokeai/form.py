"""The form of InvokeAI: which fields there are depends on the base of the model that is chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from darkroom.connectors import specs
from darkroom.connectors.invokeai import fields, offer
from darkroom.connectors.invokeai.bases import TABLE, Base
from darkroom.connectors.invokeai.control_form import control_specs, image_prompt_specs
from darkroom.connectors.invokeai.fields import IMAGE, MODEL, OUTPUT, SAMPLING
from darkroom.connectors.invokeai.offer import Model, Offer
from darkroom.connectors.invokeai.slots import LORAS, lora
from darkroom.connectors.invokeai.upscale_form import upscale_specs
from darkroom.domain.defaults import DENOISE_WITH_IMAGE
from darkroom.domain.form import Form
from darkroom.domain.parameters import ParameterSpec, Role, Value, check
from darkroom.domain.text import excerpt, printable
from darkroom.domain.workflow import UPSCALE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from darkroom.domain.server import Catalog
    from darkroom.domain.workflow import Graph

STEPS_OF_SCHNELL = 4
"""Steps that the fast FLUX model was made for."""


def form(catalog: Catalog, mode: str, graph: Graph | None, values: Mapping[str, Value]) -> Form:  # noqa: ARG001
    """The parameters that InvokeAI takes.

    Args:
        catalog: What the server offers; recorded lists stand in where it was never asked.
        mode: `TXT2IMG` or `UPSCALE`.
        graph: None ever: InvokeAI takes no graphs of ComfyUI.
        values: What the form holds already: the model decides the fields, a slot that is filled
            brings the next one.
    """
    offered = Offer(catalog.schema)
    if mode == UPSCALE:
        return Form((*upscale_specs(offered, values), board_spec(offered)))
    main = chosen_model(offered, values)
    base = main.base if main is not None else offer.SD1
    specs = tuple(_specs(offered, main, base, values))
    return Form(specs, _notes(offered), _own(offered, main, specs))


def chosen_model(offered: Offer, values: Mapping[str, Value]) -> Model | None:
    """The main model that the form holds, the first one when it holds none; `None` when there are none."""
    mains = offered.mains()
    label = values.get("checkpoint")
    return next((model for model in mains if model.label == label), mains[0] if mains else None)


def _specs(
    offered: Offer, main: Model | None, base: str, values: Mapping[str, Value]
) -> Iterator[ParameterSpec]:
    about = TABLE[base]
    yield from _prompts(offered, about)
    yield specs.choice(
        "checkpoint",
        "Model",
        MODEL,
        tuple(model.label for model in offered.mains()),
        role=Role.CHECKPOINT,
        help=f"Base: {base}" if main is not None else "",
    )
    yield from _model_parts(offered, base, about)
    yield from _loras(offered, base, values)
    yield from _sampling(offered, about, values)
    yield from fields.sizes(about.side_px, about.grid_px)
    yield specs.number(
        "batch_size", "Batch size", fields.SIZE, 1, (1, fields.PICTURES_MAX, 1), role=Role.BATCH_SIZE
    )
    yield from _pictures(values)
    yield from control_specs(offered, base, values)
    yield from image_prompt_specs(offered, base, values)
    yield board_spec(offered)


def _prompts(offered: Offer, about: Base) -> Iterator[ParameterSpec]:
    yield fields.text("prompt", "Prompt", Role.PROMPT)
    if about.guided:
        yield fields.text("negative", "Negative", Role.NEGATIVE)
    if styles := tuple(offered.styles()):
        yield specs.choice(
            "style",
            "Style",
            "Styles",
            styles,
            role=Role.STYLE,
            optional=True,
            help="A template of the server that the prompt is put into",
        )


def _model_parts(offered: Offer, base: str, about: Base) -> Iterator[ParameterSpec]:
    if base == offer.FLUX:
        for address, label, kind in (
            ("t5_encoder", "T5 encoder", offer.T5),
            ("clip_embed", "CLIP encoder", offer.CLIP_EMBED),
        ):
            yield specs.choice(address, label, MODEL, offered.labels(kind))
        yield specs.choice("vae", "VAE", MODEL, offered.labels(offer.VAE, base), role=Role.VAE)
        return
    yield specs.choice(
        "vae",
        "VAE",
        MODEL,
        offered.labels(offer.VAE, base),
        role=Role.VAE,
        optional=True,
        help="None: the one of the model",
    )
    yield specs.choice(
        "vae_precision",
        "VAE precision",
        MODEL,
        ("fp32", "fp16"),
        "fp32",
        advanced=True,
        help="fp16 spares memory; the VAE of many SDXL models gives black pictures with it",
    )
    if about.clip_layers:
        yield specs.number(
            "clip_skip",
            "CLIP skip",
            MODEL,
            None,
            (1, about.clip_layers + 1, 1),
            role=Role.CLIP_SKIP,
            optional=True,
            help="Last layer of the text encoder that is used, counted from its end; none: all of them. "
            "InvokeAI's own page counts what is skipped: one less",
        )


def _loras(offered: Offer, base: str, values: Mapping[str, Value]) -> Iterator[ParameterSpec]:
    """A slot for each LoRA chosen, and an empty one after them; only LoRAs of the model's base."""
    models = {model.label: model for model in offered.models(offer.LORA, base)}
    for slot in range(1, LORAS + 1) if models else ():
        address, strength = lora(slot)
        label = "LoRA" if slot == 1 else f"LoRA {slot}"
        chosen = models.get(str(values.get(address)))
        words = ", ".join(printable(word) for word in chosen.triggers) if chosen is not None else ""
        note = f"Its words: {excerpt(words, 200)}" if words else ""
        yield specs.choice(address, label, MODEL, tuple(models), role=Role.LORA, optional=True, help=note)
        if not values.get(address):
            return
        given = chosen.settings.get("weight") if chosen is not None else None
        weight = float(given) if isinstance(given, int | float) and -10 <= given <= 10 else 0.75
        yield specs.number(
            strength, f"{label} strength", MODEL, weight, (-10.0, 10.0, 0.05), role=Role.LORA_STRENGTH
        )


def _sampling(offered: Offer, about: Base, values: Mapping[str, Value]) -> Iterator[ParameterSpec]:
    yield specs.number("steps", "Steps", SAMPLING, 30, (1, 10_000, 1), role=Role.STEPS)
    if about.guided:
        yield specs.number("cfg_scale", "CFG", SAMPLING, 7.0, (1.0, 200.0, 0.5), role=Role.CFG_SCALE)
    else:
        yield specs.number("guidance", "Guidance", SAMPLING, 4.0, (0.0, 100.0, 0.5), role=Role.GUIDANCE)
    yield specs.choice(
        "scheduler",
        "Scheduler",
        SAMPLING,
        offered.listed(about.schedulers),
        "euler",
        role=Role.SCHEDULER,
        help="Sampler and schedule in one: names that end in _k take Karras' schedule",
    )
    yield fields.seed()
    if values.get("image"):
        note = "How much of the picture is painted anew"
        yield specs.part("denoise", "Denoise", SAMPLING, DENOISE_WITH_IMAGE, help=note, role=Role.DENOISE)
    if about.guided:
        yield specs.part(
            "cfg_rescale",
            "CFG rescale",
            SAMPLING,
            0.0,
            help="For models trained to zero SNR: 0.7",
            advanced=True,
        )


def _pictures(values: Mapping[str, Value]) -> Iterator[ParameterSpec]:
    note = "A picture to begin with instead of noise alone; it is cut to the form's shape and scaled"
    yield specs.picture("image", "Image", IMAGE, Role.IMAGE, help=note)
    if not values.get("image"):
        return
    yield specs.picture("mask", "Mask", IMAGE, Role.MASK, help="White is painted anew, black is kept")
    if values.get("mask"):
        yield specs.number(
            "mask_blur",
            "Mask edge",
            IMAGE,
            16,
            (0, 512, 8),
            unit="px",
            help="How far new and old are blended",
        )


def board_spec(offered: Offer) -> ParameterSpec:
    """The board that the pictures go to."""
    return specs.choice(
        "board",
        "Board",
        OUTPUT,
        tuple(offered.boards()),
        role=Role.BOARD,
        optional=True,
        advanced=True,
        help="Where the server's gallery keeps the picture; none: uncategorised",
    )


def _notes(offered: Offer) -> tuple[str, ...]:
    if not (strangers := offered.strangers()):
        return ()
    listed = ", ".join(f"{count} × {printable(base)}" for base, count in strangers.most_common(8))
    return (f"These models of the server cannot be used from here yet: {listed}",)


def _own(offered: Offer, main: Model | None, specs: tuple[ParameterSpec, ...]) -> dict[str, Value]:
    """The defaults that the server keeps for the model, as far as they can be used."""
    if main is None:
        return {}
    own: dict[str, Value] = {}
    settings = dict(main.settings)
    if main.base == offer.FLUX and main.variant == "schnell":
        own["steps"] = STEPS_OF_SCHNELL
    vae = settings.pop("vae", None)
    settings["vae"] = next((m.label for m in offered.models(offer.VAE, main.base) if m.key == vae), None)
    settings["cfg_rescale"] = settings.pop("cfg_rescale_multiplier", None)
    by_address = {spec.address: spec for spec in specs}
    for address, value in settings.items():
        spec = by_address.get(address)
        if spec is not None and value is not None:
            value = float(value) if isinstance(spec.step, float) and isinstance(value, int) else value
            if check(spec, value) is None:
                own[address] = value
    return own
