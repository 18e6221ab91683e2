"""Everything that decides how one picture looks, but for its size."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a sampler was asked for. Equal recipes give equal pictures."""

    prompt: str = ""
    negative: str = ""
    seed: int = 0
    steps: int = 20
    cfg: float = 7.0
    sampler: str = "euler"
    scheduler: str = "normal"
    checkpoint: str = ""
    loras: tuple[tuple[str, float], ...] = ()
    index: int = 0
    """Which picture of a batch."""

    def seed_for(self, purpose: str) -> int:
        """A number that depends on seed, place in the batch and purpose; the composition's dice."""
        text = f"{self.seed}:{self.index}:{purpose}"
        return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8])
