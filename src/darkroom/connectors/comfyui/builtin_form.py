"""The fields of the built-in workflow, with the limits and choices of the server at hand."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from darkroom.connectors.comfyui.builtin import LORA_SLOTS, lora_addresses
from darkroom.connectors.comfyui.builtin_picture import is_masked
from darkroom.connectors.comfyui.builtin_sampler import REFINER_SWITCH
from darkroom.connectors.comfyui.inputs import read_input
from darkroom.connectors.comfyui.nodes import Classes
from darkroom.domain.defaults import DENOISE_WITH_IMAGE
from darkroom.domain.parameters import Kind, ParameterSpec, Role, Value

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_NEEDS = {"denoise": "image", "mask": "image", "refiner_switch": "refiner"}
"""Fields that are there only when another one holds something."""

_MASK_HELP = "White is painted anew, black is kept as it is; a refiner does not go with it"

_FIELDS = (
    ("prompt", Role.PROMPT, "CLIPTextEncode", "text"),
    ("negative", Role.NEGATIVE, "CLIPTextEncode", "text"),
    ("checkpoint", Role.CHECKPOINT, "CheckpointLoaderSimple", "ckpt_name"),
    ("vae", Role.VAE, "VAELoader", "vae_name"),
    ("lora", Role.LORA, "LoraLoader", "lora_name"),
    ("clip_skip", Role.CLIP_SKIP, "CLIPSetLastLayer", "stop_at_clip_layer"),
    ("steps", Role.STEPS, "KSampler", "steps"),
    ("cfg_scale", Role.CFG_SCALE, "KSampler", "cfg"),
    ("sampler", Role.SAMPLER, "KSampler", "sampler_name"),
    ("scheduler", Role.SCHEDULER, "KSampler", "scheduler"),
    ("seed", Role.SEED, "KSampler", "seed"),
    ("denoise", Role.DENOISE, "KSampler", "denoise"),
    ("width", Role.WIDTH, "EmptyLatentImage", "width"),
    ("height", Role.HEIGHT, "EmptyLatentImage", "height"),
    ("batch_size", Role.BATCH_SIZE, "EmptyLatentImage", "batch_size"),
    ("image", Role.IMAGE, "LoadImage", "image"),
    ("mask", Role.MASK, "LoadImage", "image"),
    ("refiner", Role.REFINER, "CheckpointLoaderSimple", "ckpt_name"),
    ("refiner_switch", Role.REFINER_SWITCH, "KSampler", "denoise"),
)
"""Address, role, and the class and input whose description holds, in the order of the form."""


def builtin_specs(schema: Mapping[str, Any], values: Mapping[str, Value]) -> Iterator[ParameterSpec]:
    """The fields for what the form holds already; sections go by the roles."""
    classes = Classes(schema)
    with_image = bool(values.get("image"))
    for address, role, class_type, name in _FIELDS:
        described = classes.described(class_type, name)
        if described is None or not _belongs(address, values):
            continue
        spec = read_input(address, described)
        if spec is None:
            continue
        spec = replace(spec, role=role)
        match role:
            case Role.LORA:
                yield from _loras(classes, spec, values)
            case Role.VAE:
                yield replace(spec, optional=True, default=None, help="None: the one of the checkpoint")
            case Role.IMAGE:
                yield replace(spec, optional=True, help="A picture to begin with instead of noise alone")
            case Role.REFINER:
                yield replace(spec, optional=True, default=None, help="None: the checkpoint makes all steps")
            case Role.REFINER_SWITCH:
                help_text = "The part of the steps that the checkpoint makes; the refiner makes the rest"
                yield replace(spec, default=REFINER_SWITCH, minimum=0.05, step=0.05, help=help_text)
            case Role.MASK:
                yield replace(spec, optional=True, help=_MASK_HELP)
            case Role.CLIP_SKIP:
                yield _clip_skip(spec)
            case Role.DENOISE:
                yield replace(spec, default=DENOISE_WITH_IMAGE)
            case Role.BATCH_SIZE if with_image:
                yield _repeated(classes, spec)
            case _:
                yield spec


def _belongs(address: str, values: Mapping[str, Value]) -> bool:
    """Whether a field goes with what the form holds."""
    needs = _NEEDS.get(address)
    if address in ("refiner", "refiner_switch") and is_masked(values):
        return False
    return needs is None or bool(values.get(needs))


def _loras(classes: Classes, spec: ParameterSpec, values: Mapping[str, Value]) -> Iterator[ParameterSpec]:
    """A slot for each LoRA chosen, and an empty one after them."""
    strength = classes.described("LoraLoader", "strength_model")
    for slot in range(1, LORA_SLOTS + 1):
        lora, lora_strength = lora_addresses(slot)
        name = "LoRA" if slot == 1 else f"LoRA {slot}"
        yield replace(spec, address=lora, label=name, optional=True, default=None)
        if not values.get(lora):
            return
        described = read_input(lora_strength, strength) if strength is not None else None
        if described is not None:
            yield replace(described, label=f"{name} strength", role=Role.LORA_STRENGTH)


def _clip_skip(spec: ParameterSpec) -> ParameterSpec:
    """The layer as people count it: "skip 2" is the server's -2."""
    low = spec.minimum if spec.minimum is not None else -24
    return replace(
        spec,
        kind=Kind.INTEGER,
        minimum=1,
        maximum=max(1, -int(low)),
        default=None,
        optional=True,
        help="Last layer of the text encoder that is used, counted from its end; none: all of them",
    )


def _repeated(classes: Classes, spec: ParameterSpec) -> ParameterSpec:
    """With an image the batch is made by repeating its latent, which has a limit of its own."""
    amount = classes.get("RepeatLatentBatch").inputs.get("amount")
    limit = read_input(spec.address, amount) if amount is not None else None
    return replace(spec, maximum=limit.maximum if limit is not None else 1)
