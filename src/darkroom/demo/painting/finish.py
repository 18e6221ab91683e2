"""The last steps of a picture: what the VAE makes of it, and the way to 8 bits."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from darkroom.demo.painting.colour import Planes, grey_of

Pixels = NDArray[np.uint8]
"""Height × width × 3."""


def smooth(x: float) -> float:
    """An S-curve through (0, 0) and (1, 1), flat at both ends."""
    x = min(max(x, 0.0), 1.0)
    return x * x * (3 - 2 * x)


def to_pixels(colours: Planes) -> Pixels:
    """8-bit pixels of colours; what lies outside 0 … 1 is clipped."""
    scaled = np.clip(colours, 0, 1)
    scaled *= np.float32(255)
    scaled += np.float32(0.5)
    return np.ascontiguousarray(scaled.astype(np.uint8).transpose(1, 2, 0))


def from_pixels(pixels: Pixels) -> Planes:
    """Colours of 8-bit pixels."""
    planes = np.ascontiguousarray(pixels.transpose(2, 0, 1)).astype(np.float32)
    planes *= np.float32(1 / 255)
    return planes


def through_vae(colours: Planes, vae: str) -> Planes:
    """What the chosen VAE makes of the colours; an unnamed one changes nothing."""
    if vae.startswith("demo-vivid"):
        return _graded(colours, contrast=1.06, colour=1.18)
    if vae.startswith("demo-soft"):
        return _graded(colours, contrast=0.9, colour=0.86)
    return colours


def _graded(colours: Planes, *, contrast: float, colour: float) -> Planes:
    grey = grey_of(colours)
    drawn = grey + (colours - grey) * np.float32(colour)
    graded: Planes = (drawn - np.float32(0.46)) * np.float32(contrast) + np.float32(0.46)
    return graded
