"""Pictures in the colours and the size that a terminal has for them. Pillow is imported on first use."""

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


def fitted(image: Image, size_px: tuple[int, int]) -> Image:
    """The picture with its proportions kept, no larger than `size_px` and never enlarged."""
    from PIL import Image as Pil

    scale = min(1.0, size_px[0] / image.width, size_px[1] / image.height)
    if scale == 1.0:
        return image
    size = max(1, round(image.width * scale)), max(1, round(image.height * scale))
    return image.resize(size, Pil.Resampling.LANCZOS, reducing_gap=2.0)


def stretched(image: Image, size_px: tuple[int, int], background: tuple[int, int, int]) -> Image:
    """The picture as large as it fits, enlarged as well, in the middle of `size_px` of `background`."""
    from PIL import Image as Pil

    width, height = size_px
    scale = min(width / image.width, height / image.height)
    size = max(1, round(image.width * scale)), max(1, round(image.height * scale))
    drawn = image if size == image.size else image.resize(size, Pil.Resampling.LANCZOS, reducing_gap=2.0)
    if size == size_px:
        return drawn
    canvas = Pil.new("RGB", size_px, background)
    canvas.paste(drawn, ((width - size[0]) // 2, (height - size[1]) // 2))
    return canvas
