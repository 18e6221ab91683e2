"""The built-in workflow's nodes for a picture to begin with, and for a mask on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from darkroom.domain.defaults import SYSTEM_DEFAULTS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from darkroom.domain.parameters import Value

Nodes = dict[str, dict[str, Any]]
Link = list[Any]
"""Id of a node, and which of its outputs."""

LOAD, SCALE, ENCODE, REPEAT = "12", "13", "14", "15"
LOAD_MASK, SCALE_MASK, MASK, NOISE_MASK = "16", "17", "18", "19"
ORIGINALS, COMPOSITE = "30", "31"

LATENT_PIXELS = 8
"""A latent has one value for so many pixels; what is left over is cut off when a picture is encoded."""


def is_masked(values: Mapping[str, Value]) -> bool:
    """Whether only a part is painted anew: a mask means nothing without a picture."""
    return bool(values.get("image") and values.get("mask"))


def add_latent(nodes: Nodes, values: Mapping[str, Value], vae: Link) -> Link:
    """Adds what makes a latent of the picture: scaled, masked and repeated as the form asks.

    Returns:
        Where the latent comes from.
    """
    _add_scaled(nodes, (LOAD, SCALE), "Image", values, values["image"], "lanczos")
    _add(nodes, ENCODE, "VAEEncode", "Encode", pixels=[SCALE, 0], vae=vae)
    latent: Link = [ENCODE, 0]
    if (batch := _held(values, "batch_size")) != 1:
        _add(nodes, REPEAT, "RepeatLatentBatch", "Batch", samples=latent, amount=batch)
        latent = [REPEAT, 0]
    if not is_masked(values):
        return latent
    # As the picture, not by LoadImageMask: both must be cropped alike.
    # Lanczos would ring: some of what is black would be painted on.
    _add_scaled(nodes, (LOAD_MASK, SCALE_MASK), "Mask", values, values["mask"], "bilinear")
    # 1 is painted anew. Source: ComfyUI 0.3.64, `nodes_mask.py` ImageToMask, `samplers.py` denoise_mask.
    _add(nodes, MASK, "ImageToMask", "Mask", image=[SCALE_MASK, 0], channel="red")
    _add(nodes, NOISE_MASK, "SetLatentNoiseMask", "Mask", samples=latent, mask=[MASK, 0])
    return [NOISE_MASK, 0]


def add_composite(nodes: Nodes, values: Mapping[str, Value], decoded: Link) -> Link:
    """Adds what puts the picture's own pixels back where nothing is painted anew: a VAE changes them all.

    Returns:
        Where the finished pictures come from.
    """
    if not is_masked(values):
        return decoded
    originals: Link = [SCALE, 0]
    if (batch := _held(values, "batch_size")) != 1:
        # It gives as many pictures as it has to put something on.
        _add(nodes, ORIGINALS, "RepeatImageBatch", "Batch", image=originals, amount=batch)
        originals = [ORIGINALS, 0]
    _add(
        nodes,
        COMPOSITE,
        "ImageCompositeMasked",
        "Keep what is black",
        destination=originals,
        source=decoded,
        x=0,
        y=0,
        resize_source=False,
        mask=[MASK, 0],
    )
    return [COMPOSITE, 0]


def _add_scaled(
    nodes: Nodes, ids: tuple[str, str], title: str, values: Mapping[str, Value], name: Value, method: str
) -> None:
    """Adds a picture of the server's by its name, and brings it to the form's size."""
    load, scale = ids
    _add(nodes, load, "LoadImage", title, image=name)
    size = {"width": _side(values, "width"), "height": _side(values, "height")}
    _add(nodes, scale, "ImageScale", "Size", image=[load, 0], upscale_method=method, **size, crop="center")


def _side(values: Mapping[str, Value], address: str) -> Value:
    """A side as it comes out of the VAE, so that originals and decoded pictures lie on each other."""
    side = _held(values, address)
    if isinstance(side, int) and side >= LATENT_PIXELS:
        return side - side % LATENT_PIXELS
    return side


def _held(values: Mapping[str, Value], address: str) -> Value:
    value = values.get(address)
    return SYSTEM_DEFAULTS[address] if value is None else value


def _add(nodes: Nodes, node_id: str, class_type: str, title: str, **inputs: Any) -> None:
    nodes[node_id] = {"class_type": class_type, "inputs": inputs, "_meta": {"title": title}}
