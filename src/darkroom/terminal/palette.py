"""Pictures with few colours: what kitty's PNGs and sixels are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image


def terminal_colours(image: Image) -> Image:
    """The RGB picture in the 240 fixed colours that a terminal of 256 has, as RGB again.

    The nearest by distance: Rich rounds each channel by itself, which makes a dark blue teal. Dithered it
    would be dots, since its pixels are half a cell large.

    Source: xterm, 256colres.pl: a cube of 6 × 6 × 6 and 24 greys; the first 16 colours are themes' own.
    """
    from PIL import Image as Pil

    steps = (0, 95, 135, 175, 215, 255)
    cube = [part for red in steps for green in steps for blue in steps for part in (red, green, blue)]
    greys = [8 + 10 * n for n in range(24) for _ in range(3)]
    table = Pil.new("P", (1, 1))
    table.putpalette(cube + greys)
    return image.quantize(palette=table, dither=Pil.Dither.NONE).convert("RGB")


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
