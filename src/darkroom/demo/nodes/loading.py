"""Loaders and the texts: checkpoints, LoRAs, VAEs, conditioning."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from darkroom.demo.nodes.results import NodeFunction, Result
from darkroom.demo.nodes.values import Conditioning, Model, Vae

if TYPE_CHECKING:
    from darkroom.demo.nodes.context import Context

LOADING_S = 0.12
"""What reading a checkpoint takes at speed 1."""


def checkpoint(context: Context, ckpt_name: str) -> Result:
    """CheckpointLoaderSimple."""
    context.wait(LOADING_S)
    model = Model(ckpt_name)
    return Result((model, model, Vae("")))


def lora(
    _context: Context, model: Model, clip: Model, lora_name: str, strength_model: float, strength_clip: float
) -> Result:
    """LoraLoader."""
    return Result((model.with_lora(lora_name, strength_model), clip.with_lora(lora_name, strength_clip)))


def lora_model_only(_context: Context, model: Model, lora_name: str, strength_model: float) -> Result:
    """LoraLoaderModelOnly."""
    return Result((model.with_lora(lora_name, strength_model),))


def vae(_context: Context, vae_name: str) -> Result:
    """VAELoader."""
    return Result((Vae(vae_name),))


def set_last_layer(_context: Context, clip: Model, stop_at_clip_layer: int) -> Result:
    """CLIPSetLastLayer; the layer makes no difference here."""
    del stop_at_clip_layer
    return Result((clip,))


def encode(_context: Context, text: str, clip: Model) -> Result:
    """CLIPTextEncode."""
    del clip
    return Result((Conditioning((text,)),))


def encode_sdxl(_context: Context, clip: Model, text_g: str, text_l: str, **_sizes: int) -> Result:
    """CLIPTextEncodeSDXL; two equal texts count once, the sizes make no difference."""
    del clip
    return Result((Conditioning((text_g,) if text_g == text_l else (text_g, text_l)),))


def combine(_context: Context, conditioning_1: Conditioning, conditioning_2: Conditioning) -> Result:
    """ConditioningCombine."""
    return Result((replace(conditioning_1, texts=conditioning_1.texts + conditioning_2.texts),))


def concat(_context: Context, conditioning_to: Conditioning, conditioning_from: Conditioning) -> Result:
    """ConditioningConcat."""
    return Result((replace(conditioning_to, texts=conditioning_to.texts + conditioning_from.texts),))


def zero_out(_context: Context, conditioning: Conditioning) -> Result:
    """ConditioningZeroOut."""
    return Result((replace(conditioning, texts=()),))


def flux_guidance(_context: Context, conditioning: Conditioning, guidance: float) -> Result:
    """FluxGuidance."""
    return Result((replace(conditioning, guidance=guidance),))


NODES: dict[str, NodeFunction] = {
    "CheckpointLoaderSimple": checkpoint,
    "LoraLoader": lora,
    "LoraLoaderModelOnly": lora_model_only,
    "VAELoader": vae,
    "CLIPSetLastLayer": set_last_layer,
    "CLIPTextEncode": encode,
    "CLIPTextEncodeSDXL": encode_sdxl,
    "ConditioningCombine": combine,
    "ConditioningConcat": concat,
    "ConditioningZeroOut": zero_out,
    "FluxGuidance": flux_guidance,
}
