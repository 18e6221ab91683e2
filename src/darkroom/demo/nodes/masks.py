"""Masks: where something is painted anew, and what of two pictures is kept.

Source: ComfyUI 0.3.64, `nodes.py` and `comfy_extras/nodes_mask.py`: 1 is painted anew.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from darkroom.demo.nodes.pictures import read_frames, vae_encode
from darkroom.demo.nodes.results import NodeFunction, Result
from darkroom.demo.nodes.values import Images, Latent, Masks, NodeFailure, Pixels, Vae

if TYPE_CHECKING:
    from darkroom.demo.nodes.context import Context
    from darkroom.demo.painting.canvas import Mask

CHANNELS = ("red", "green", "blue", "alpha")


def load_image_mask(context: Context, image: str, channel: str) -> Result:
    """LoadImageMask: one channel; alpha is turned round, so that what is transparent is painted anew."""
    frame = read_frames(context, image)[0]
    if channel == "alpha" and "A" not in frame.getbands():
        return Result(((np.zeros((64, 64), dtype=np.float32),),))
    values = np.asarray(frame.convert("RGBA"), dtype=np.float32)[:, :, CHANNELS.index(channel)] / 255
    return Result(((1 - values if channel == "alpha" else values,),))


def image_to_mask(_context: Context, image: Images, channel: str) -> Result:
    """ImageToMask. Pictures have three channels here: asking for alpha fails."""
    number = CHANNELS.index(channel)
    return Result((tuple(pixels[:, :, number].astype(np.float32) / 255 for pixels in image),))


def set_latent_noise_mask(_context: Context, samples: Latent, mask: Masks) -> Result:
    """SetLatentNoiseMask; fewer masks than pictures begin again from the first."""
    masked = (replace(canvas, mask=mask[i % len(mask)]) for i, canvas in enumerate(samples.items))
    return Result((Latent(tuple(masked)),))


def vae_encode_for_inpaint(
    context: Context, pixels: Images, vae: Vae, mask: Masks, grow_mask_by: int = 6
) -> Result:
    """VAEEncodeForInpaint; the edge is not grown here."""
    del grow_mask_by
    (latent,) = vae_encode(context, pixels, vae).outputs
    return set_latent_noise_mask(context, latent, mask)


def image_composite_masked(
    _context: Context,
    destination: Images,
    source: Images,
    x: int,
    y: int,
    resize_source: bool,
    mask: Masks | None = None,
) -> Result:
    """ImageCompositeMasked: as many pictures as `destination` has; what stands over is cut off."""
    made = []
    for number, under in enumerate(destination):
        over = source[number % len(source)]
        share = None if mask is None else mask[number % len(mask)]
        made.append(_composite(under, over, x, y, share, resize=resize_source))
    return Result((tuple(made),))


def _composite(under: Pixels, over: Pixels, x: int, y: int, mask: Mask | None, *, resize: bool) -> Pixels:
    if resize:
        over = np.asarray(Image.fromarray(over).resize(under.shape[1::-1], Image.Resampling.BILINEAR))
    height, width = over.shape[:2]
    share = np.ones((height, width), dtype=np.float32)
    if mask is not None:
        share = np.asarray(Image.fromarray(mask).resize((width, height), Image.Resampling.BILINEAR))
    place = (slice(y, y + height), slice(x, x + width))
    rows, columns = under[place].shape[:2]
    if not rows or not columns:
        raise NodeFailure("The picture to put on lies outside of the other one.")
    part = share[:rows, :columns, None]
    made = under.copy()
    made[place] = np.round(over[:rows, :columns] * part + under[place] * (1 - part)).astype(np.uint8)
    return made


NODES: dict[str, NodeFunction] = {
    "LoadImageMask": load_image_mask,
    "ImageToMask": image_to_mask,
    "SetLatentNoiseMask": set_latent_noise_mask,
    "VAEEncodeForInpaint": vae_encode_for_inpaint,
    "ImageCompositeMasked": image_composite_masked,
}
