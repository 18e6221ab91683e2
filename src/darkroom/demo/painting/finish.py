"""The last touches: curves and the way to 8 bits."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Colours = NDArray[np.float32]


def smooth(x: float) -> float:
    """An S-curve through (0, 0) and (1, 1), flat at both ends."""
    x = min(max(x, 0.0), 1.0)
    return x * x * (3 - 2 * x)


def to_pixels(colours: Colours) -> NDArray[np.uint8]:
    """8-bit pixels of colours; what lies outside 0 … 1 is clipped."""
    scaled: Colours = np.clip(colours, 0, 1) * np.float32(255) + np.float32(0.5)
    return scaled.astype(np.uint8)


def saturated(colours: Colours, amount: float) -> Colours:
    """Colours drawn away from their own grey (amount > 1) or towards it."""
    weights = np.array((0.3, 0.59, 0.11), dtype=np.float32)
    grey = colours[..., :1] * weights[0] + colours[..., 1:2] * weights[1] + colours[..., 2:] * weights[2]
    drawn: Colours = grey + (colours - grey) * np.float32(amount)
    return drawn


def contrasted(colours: Colours, amount: float, middle: float = 0.46) -> Colours:
    """Colours drawn away from a middle tone (amount > 1) or towards it."""
    return (colours - np.float32(middle)) * np.float32(amount) + np.float32(middle)


def through_vae(colours: Colours, vae: str) -> Colours:
    """What the chosen VAE makes of the colours; an unnamed one changes nothing."""
    if vae.startswith("demo-vivid"):
        return saturated(contrasted(colours, 1.06), 1.18)
    if vae.startswith("demo-soft"):
        return saturated(contrasted(colours, 0.9), 0.86) + np.float32(0.02)
    return colours
