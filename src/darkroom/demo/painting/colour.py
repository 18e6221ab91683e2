"""Colours and planes of colour.

Pictures are painted as three planes (3 × height × width, float32, 0 … 1): numpy is several times
quicker on long rows than on triples.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Planes = NDArray[np.float32]
"""3 × height × width, red, green, blue."""
Plane = NDArray[np.float32]
"""Height × width, or what broadcasts to it."""
Numbers = NDArray[np.floating[Any]]
"""What numpy makes of planes and plain numbers; single and double precision mix freely."""
Colour = tuple[float, float, float]
"""Red, green, blue, each 0 … 1."""

LUMA: Colour = (0.3, 0.59, 0.11)


def rgb(code: str) -> Colour:
    """The colour of six hexadecimal digits."""
    return int(code[0:2], 16) / 255, int(code[2:4], 16) / 255, int(code[4:6], 16) / 255


def blend(a: Colour, b: Colour, share: float) -> Colour:
    """`a` with a share (0 … 1) of `b`."""
    return (a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share, a[2] + (b[2] - a[2]) * share)


def luma(colour: Colour) -> float:
    """How bright a colour is, 0 … 1."""
    return sum(c * w for c, w in zip(colour, LUMA, strict=True))


def scaled(colour: Colour, factor: float) -> Colour:
    """A colour made darker (factor < 1) or lighter, at most white."""
    return (min(colour[0] * factor, 1.0), min(colour[1] * factor, 1.0), min(colour[2] * factor, 1.0))


def tinted(colour: Colour, tint: Colour, share: float) -> Colour:
    """A colour drawn towards the tint without getting lighter or darker."""
    own, other = luma(colour), max(luma(tint), 0.05)
    return blend(colour, scaled(tint, own / other), share)


def column(colour: Colour) -> Planes:
    """A colour as planes of one pixel, for broadcasting."""
    return np.array(colour, dtype=np.float32).reshape(3, 1, 1)


def smoothstep(low: float, high: float, x: Plane) -> Plane:
    """0 below `low`, 1 above `high`, an S-curve between; `low` may be above `high`."""
    t = (x - np.float32(low)) * np.float32(1 / (high - low))
    np.clip(t, 0, 1, out=t)
    curve: Plane = t * t * (np.float32(3) - np.float32(2) * t)
    return curve


def grey_of(planes: Planes) -> Plane:
    """How bright each pixel is."""
    grey: Plane = planes[0] * np.float32(LUMA[0]) + planes[1] * np.float32(LUMA[1])
    grey += planes[2] * np.float32(LUMA[2])
    return grey
