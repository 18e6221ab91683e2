"""Darkroom's own defaults: the weakest source of a form's values."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from darkroom.domain.parameters import RANDOM_SEED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from darkroom.domain.parameters import Value

NEGATIVE = "low quality, blurry, distorted, ugly, bad anatomy, watermark, text"

DENOISE_WITH_IMAGE = 0.75
"""How much of a picture to begin with is painted anew; without one all of it is: 1."""

SYSTEM_DEFAULTS: Mapping[str, Value] = MappingProxyType(
    {
        "prompt": "",
        "negative": NEGATIVE,
        "width": 1024,
        "height": 1024,
        "batch_size": 1,
        "steps": 20,
        "cfg_scale": 7.0,
        "sampler": "euler",
        "scheduler": "normal",
        "seed": RANDOM_SEED,
        "lora_strength": 1.0,
    }
)
"""By role. Denoise is not among them: it depends on the image, so the form's own default serves."""
