"""A part of a decoded picture, scaled to the pixels it is shown in. Synchronous: run it in a thread."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PIL import Image

if TYPE_CHECKING:
    from darkroom.images.decode import Rgb

BLOCKY = 2.0
"""So many times enlarged, pixels are shown as the squares they are: who looks that near wants to see them."""

_HAIR = 1e-3
"""Fractions of a pixel that nobody sees."""

Part = tuple[float, float, float, float]
"""Left, top, right, bottom."""


def cut(
    image: Image.Image,
    natural_px: tuple[int, int],
    part: Part,
    size_px: tuple[int, int],
    *,
    background: Rgb = (0, 0, 0),
) -> Image.Image:
    """A part of the picture, exactly `size_px` large. Pixels that need no scaling are copied as they are.

    Args:
        image: RGB: the picture, or a smaller copy of it.
        natural_px: Width and height of the picture itself.
        part: In pixels of the picture; it may reach beyond the edges.
        size_px: Width and height of what comes back, at least 1 each.
        background: Shown beyond the edges.
    """
    across, down = image.width / natural_px[0], image.height / natural_px[1]
    left, top, right, bottom = part[0] * across, part[1] * down, part[2] * across, part[3] * down
    inside = (max(0.0, left), max(0.0, top), min(float(image.width), right), min(float(image.height), bottom))
    if inside[0] >= inside[2] or inside[1] >= inside[3]:
        return Image.new("RGB", size_px, background)
    wide, high = size_px[0] / (right - left), size_px[1] / (bottom - top)
    corner = round((inside[0] - left) * wide), round((inside[1] - top) * high)
    end = round((inside[2] - left) * wide), round((inside[3] - top) * high)
    scaled = _scaled(image, inside, (max(1, end[0] - corner[0]), max(1, end[1] - corner[1])))
    if scaled.size == size_px:
        return scaled
    ground = Image.new("RGB", size_px, background)
    ground.paste(scaled, corner)
    return ground


def _scaled(image: Image.Image, part: Part, size_px: tuple[int, int]) -> Image.Image:
    whole = tuple(round(edge) for edge in part)
    sides = whole[2] - whole[0], whole[3] - whole[1]
    if sides == size_px and all(abs(a - b) < _HAIR for a, b in zip(whole, part, strict=True)):
        return image.crop((whole[0], whole[1], whole[2], whole[3]))
    enlarged = max(size_px[0] / (part[2] - part[0]), size_px[1] / (part[3] - part[1]))
    if enlarged >= BLOCKY:
        method = Image.Resampling.NEAREST
    else:
        method = Image.Resampling.BICUBIC if enlarged > 1 else Image.Resampling.LANCZOS
    return image.resize(size_px, method, box=part, reducing_gap=2.0 if enlarged < 1 else None)
