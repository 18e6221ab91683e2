"""Picture sizes that models were trained on."""

from __future__ import annotations

import math
from typing import NamedTuple


class Size(NamedTuple):
    """A size of a picture, in pixels."""

    width_px: int
    height_px: int

    @property
    def swapped(self) -> Size:
        """The same size on its side."""
        return Size(self.height_px, self.width_px)

    @property
    def label(self) -> str:
        """As a list shows it: "1152×896 (9:7)"."""
        return f"{self.width_px}×{self.height_px} ({ratio(self)})"


SD15 = tuple(
    Size(*size)
    for size in (
        (512, 512),
        (512, 640),
        (640, 512),
        (512, 768),
        (768, 512),
        (576, 768),
        (768, 576),
        (768, 768),
    )
)
"""Sizes at which Stable Diffusion 1.5 keeps its composition."""

SDXL = tuple(
    Size(*size)
    for size in (
        (1024, 1024),
        (1152, 896),
        (896, 1152),
        (1216, 832),
        (832, 1216),
        (1344, 768),
        (768, 1344),
        (1536, 640),
        (640, 1536),
    )
)
"""The buckets of SDXL: about a million pixels each. Source: SDXL paper, appendix I."""

PRESETS = (("SDXL", SDXL), ("SD 1.5", SD15))
"""Family and its sizes, in the order they are offered."""

_SMALL = 32


def ratio(size: Size) -> str:
    """Width to height: "1:1", "9:7"; "1.33:1" where the exact ratio has large numbers, "?" for no size."""
    width, height = size
    if width <= 0 or height <= 0:
        return "?"
    common = math.gcd(width, height)
    wide, high = width // common, height // common
    if max(wide, high) <= _SMALL:
        return f"{wide}:{high}"
    return f"{width / height:.2f}:1" if width >= height else f"1:{height / width:.2f}"
