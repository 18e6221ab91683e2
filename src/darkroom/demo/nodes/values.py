"""What flows along the links between nodes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from darkroom.demo.painting.canvas import Canvas

Pixels = NDArray[np.uint8]
"""One picture: height × width × 3, RGB."""
Images = tuple[Pixels, ...]
"""A batch of pictures of one size."""
Masks = tuple[NDArray[np.float32], ...]
"""A batch of masks of one size: height × width, 0 to 1."""


class NodeFailure(Exception):
    """A node cannot do what it was asked; the job ends with `execution_error`."""

    def __init__(self, message: str, exception_type: str = "Exception") -> None:
        """`exception_type` is what a client is told that was raised."""
        super().__init__(message)
        self.exception_type = exception_type


class Interrupted(Exception):
    """Somebody stopped the job."""


@dataclass(frozen=True, slots=True)
class Lora:
    """A style on top of the checkpoint's."""

    name: str
    strength: float


@dataclass(frozen=True, slots=True)
class Model:
    """MODEL and CLIP: a checkpoint and the LoRAs applied to it, in order."""

    checkpoint: str
    loras: tuple[Lora, ...] = ()

    def with_lora(self, name: str, strength: float) -> Model:
        """The model with one more LoRA; strength 0 changes nothing."""
        if strength == 0:
            return self
        return replace(self, loras=(*self.loras, Lora(name, strength)))


@dataclass(frozen=True, slots=True)
class Vae:
    """A VAE: how colours come out at the end."""

    name: str


@dataclass(frozen=True, slots=True)
class Conditioning:
    """Encoded texts, in the order in which they were combined."""

    texts: tuple[str, ...]
    guidance: float | None = None
    """Flux guidance, when a node set it."""

    @property
    def text(self) -> str:
        """All texts as one."""
        return ", ".join(t for t in self.texts if t.strip())


@dataclass(frozen=True, slots=True)
class Latent:
    """A batch of pictures that are not painted yet."""

    items: tuple[Canvas, ...]


@dataclass(frozen=True, slots=True)
class Guider:
    """What a custom sampler is led by."""

    model: Model
    positive: Conditioning
    negative: Conditioning
    cfg: float


@dataclass(frozen=True, slots=True)
class Sigmas:
    """A noise schedule."""

    scheduler: str
    steps: int
    denoise: float


@dataclass(frozen=True, slots=True)
class Noise:
    """The seed of a custom sampler."""

    seed: int
