"""The built-in workflow: text to picture for SD1.5 and SDXL, made from the form's values.

Only what is chosen becomes a node: LoRAs, a VAE of its own, CLIP skip, a picture to begin with, a mask,
a refiner.
Node ids are stable, so that the server finds unchanged nodes in its cache.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from darkroom.connectors.comfyui.builtin_picture import (
    LOAD,
    LOAD_MASK,
    REPEAT,
    SCALE,
    Link,
    Nodes,
    add_composite,
    add_latent,
)
from darkroom.connectors.comfyui.builtin_sampler import (
    REFINE,
    REFINER,
    REFINER_NEGATIVE,
    REFINER_POSITIVE,
    SAMPLER,
    Fed,
    add_sampling,
)
from darkroom.domain.defaults import SYSTEM_DEFAULTS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from darkroom.domain.parameters import Value

CLASSES = (
    "CheckpointLoaderSimple",
    "CLIPTextEncode",
    "CLIPSetLastLayer",
    "LoraLoader",
    "VAELoader",
    "EmptyLatentImage",
    "LoadImage",
    "ImageScale",
    "VAEEncode",
    "RepeatLatentBatch",
    "KSampler",
    "VAEDecode",
    "SaveImage",
)
"""The node classes whose descriptions the form and the graph need."""

LORA_SLOTS = 8

PREFIX = "darkroom/darkroom"
"""Where the server saves: a folder and the start of the names."""

CHECKPOINT, LATENT, POSITIVE, NEGATIVE, DECODE, SAVE = "4", "5", "6", "7", "8", "9"
VAE, SKIP = "10", "11"
_FIRST_LORA = 20

_ADDRESSES = {
    (POSITIVE, "text"): "prompt",
    (NEGATIVE, "text"): "negative",
    (CHECKPOINT, "ckpt_name"): "checkpoint",
    (VAE, "vae_name"): "vae",
    (SKIP, "stop_at_clip_layer"): "clip_skip",
    (SAMPLER, "steps"): "steps",
    (SAMPLER, "cfg"): "cfg_scale",
    (SAMPLER, "sampler_name"): "sampler",
    (SAMPLER, "scheduler"): "scheduler",
    (SAMPLER, "seed"): "seed",
    (SAMPLER, "denoise"): "denoise",
    (SAMPLER, "noise_seed"): "seed",
    (SAMPLER, "end_at_step"): "refiner_switch",
    (REFINER, "ckpt_name"): "refiner",
    (REFINER_POSITIVE, "text"): "prompt",
    (REFINER_NEGATIVE, "text"): "negative",
    (REFINE, "steps"): "steps",
    (REFINE, "cfg"): "cfg_scale",
    (REFINE, "sampler_name"): "sampler",
    (REFINE, "scheduler"): "scheduler",
    (REFINE, "noise_seed"): "seed",
    (REFINE, "start_at_step"): "refiner_switch",
    (LATENT, "width"): "width",
    (LATENT, "height"): "height",
    (LATENT, "batch_size"): "batch_size",
    (LOAD, "image"): "image",
    (LOAD_MASK, "image"): "mask",
    (SCALE, "width"): "width",
    (SCALE, "height"): "height",
    (REPEAT, "amount"): "batch_size",
}


def lora_addresses(slot: int) -> tuple[str, str]:
    """Addresses of a LoRA and of its strength; slots count from 1."""
    name = "lora" if slot == 1 else f"lora_{slot}"
    return name, f"{name}_strength"


def address_of(node_id: str, name: str) -> str:
    """The form's address for an input of the built-in graph; "" when no field stands for it."""
    if (node_id, name) in _ADDRESSES:
        return _ADDRESSES[node_id, name]
    slot = int(node_id) - _FIRST_LORA if node_id.isascii() and node_id.isdigit() and len(node_id) < 4 else 0
    if 1 <= slot <= LORA_SLOTS:
        lora, strength = lora_addresses(slot)
        return {"lora_name": lora, "strength_model": strength, "strength_clip": strength}.get(name, "")
    return ""


def build(values: Mapping[str, Value]) -> Nodes:
    """The graph for `values` by address; system defaults stand in for those left out.

    An image and a mask are names of files that are already on the server.
    """
    nodes: Nodes = {}

    def add(node_id: str, class_type: str, title: str, **inputs: Any) -> None:
        nodes[node_id] = {"class_type": class_type, "inputs": inputs, "_meta": {"title": title}}

    def held(address: str) -> Value:
        value = values.get(address)
        return SYSTEM_DEFAULTS.get(address) if value is None else value

    add(CHECKPOINT, "CheckpointLoaderSimple", "Checkpoint", ckpt_name=held("checkpoint") or "")
    model, clip = _add_loras(nodes, values, [CHECKPOINT, 0], [CHECKPOINT, 1])
    skip = values.get("clip_skip")
    if isinstance(skip, int) and skip:
        add(SKIP, "CLIPSetLastLayer", "CLIP skip", stop_at_clip_layer=-abs(skip), clip=clip)
        clip = [SKIP, 0]
    vae: Link = [CHECKPOINT, 2]
    if values.get("vae"):
        add(VAE, "VAELoader", "VAE", vae_name=values["vae"])
        vae = [VAE, 0]
    add(POSITIVE, "CLIPTextEncode", "Prompt", text=held("prompt") or "", clip=clip)
    add(NEGATIVE, "CLIPTextEncode", "Negative", text=held("negative") or "", clip=clip)
    with_image = bool(values.get("image"))
    latent = add_latent(nodes, values, vae) if with_image else [LATENT, 0]
    if not with_image:
        size = {name: held(name) for name in ("width", "height", "batch_size")}
        add(LATENT, "EmptyLatentImage", "Size", **size)
    samples = add_sampling(nodes, values, Fed(model, [POSITIVE, 0], [NEGATIVE, 0], latent))
    add(DECODE, "VAEDecode", "Decode", samples=samples, vae=vae)
    made = add_composite(nodes, values, [DECODE, 0])
    add(SAVE, "SaveImage", "Save", filename_prefix=PREFIX, images=made)
    return nodes


def _add_loras(nodes: Nodes, values: Mapping[str, Value], model: Link, clip: Link) -> tuple[Link, Link]:
    """Adds a loader for each LoRA chosen; returns where model and text encoder come from then."""
    for slot in range(1, LORA_SLOTS + 1):
        lora, strength_address = lora_addresses(slot)
        if not values.get(lora):
            continue
        given = values.get(strength_address)
        strength = 1.0 if given is None else given
        node_id = str(_FIRST_LORA + slot)
        nodes[node_id] = {
            "class_type": "LoraLoader",
            "inputs": {
                "lora_name": values[lora],
                "strength_model": strength,
                "strength_clip": strength,
                "model": model,
                "clip": clip,
            },
            "_meta": {"title": "LoRA" if slot == 1 else f"LoRA {slot}"},
        }
        model, clip = [node_id, 0], [node_id, 1]
    return model, clip
