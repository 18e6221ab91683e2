"""What the bases of models differ in, as far as form and graphs go."""

from __future__ import annotations

from dataclasses import dataclass

from darkroom.connectors.invokeai.offer import FLUX, SD1, SD2, SDXL


@dataclass(frozen=True, slots=True)
class Base:
    """One base.

    Attributes:
        side_px: Side of the squares it was trained on.
        grid_px: What width and height must be multiples of.
        mode_prefix: Start of `generation_mode` in the metadata.
        clip_layers: Most layers of the text encoder that may be skipped; 0 where skipping has no effect.
        guided: It takes classifier-free guidance and a negative prompt; else distilled guidance.
        schedulers: Which of the offer's lists it takes.
    """

    side_px: int
    grid_px: int = 8
    mode_prefix: str = ""
    clip_layers: int = 0
    guided: bool = True
    schedulers: str = "schedulers"


TABLE = {
    SD1: Base(512, clip_layers=12),
    SD2: Base(768, clip_layers=24),
    SDXL: Base(1024, mode_prefix="sdxl_"),
    FLUX: Base(1024, 16, "flux_", guided=False, schedulers="flux_schedulers"),
}
"""Source: InvokeAI 6.14.2, `/openapi.json` (grids, schedulers) and what its page offers (layers)."""
