"""Pictures with few colours: what kitty's PNGs and sixels are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image


def reduced(image: Image, colours: int, *, quick: bool = False) -> Image:
    """The RGB picture with a palette of at most `colours` colours, not dithered: dithering doubles the bytes.

    Median cut keeps the even gradients of a sky, for 30 to 120 ms; the octree shows bands after 2 to 10 ms,
    which frames of a live preview have no time to be looked at for. Both let other threads run.

    Args:
        image: RGB.
        colours: 2 to 256.
        quick: Take the octree.
    """
    from PIL import Image as Pil

    method = Pil.Quantize.FASTOCTREE if quick else Pil.Quantize.MEDIANCUT
    return image.quantize(colours, method=method, dither=Pil.Dither.NONE)
