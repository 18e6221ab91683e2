"""Pictures as RGB pixels of the size that is wanted. Synchronous: run it in a thread."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PIL import Image

from darkroom.domain.errors import DamagedPicture
from darkroom.images.pillow import MAX_PIXELS, decoding, opened

if TYPE_CHECKING:
    from pathlib import Path

Rgb = tuple[int, int, int]
"""A colour, 0 to 255 each."""

_ORIENTATION = 0x0112
"""The EXIF tag. Source: EXIF 2.32, tag 274."""

_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

_SIDEWAYS = (
    Image.Transpose.TRANSPOSE,
    Image.Transpose.ROTATE_270,
    Image.Transpose.TRANSVERSE,
    Image.Transpose.ROTATE_90,
)
"""Turns that make the width the height."""


def decode(
    source: bytes | Path,
    box_px: tuple[int, int],
    *,
    background: Rgb = (0, 0, 0),
    max_pixels: int = MAX_PIXELS,
) -> Image.Image:
    """The picture as RGB, upright, made to fit into `box_px` with its proportions kept; never enlarged.

    Of an animation it is the first frame. A JPEG is decoded at an eighth, a quarter or a half where that is
    enough.

    Args:
        source: The bytes of a file, or where it is.
        box_px: Width and height to fit into, at least 1 each.
        background: What shows through where the picture is transparent.
        max_pixels: Larger pictures are refused by their header.

    Raises:
        DamagedPicture: When it is no picture, is damaged, or is too large.
    """
    with opened(source, max_pixels) as image:
        turn = _turn(image)
        box = (box_px[1], box_px[0]) if turn in _SIDEWAYS else box_px
        image.draft("RGB", box)
        fitted = _plain(image)
        fitted.thumbnail(box, Image.Resampling.LANCZOS, reducing_gap=2.0)
        flat = _flat(fitted, background)
        return flat if turn is None else flat.transpose(turn)


def size_px(source: bytes | Path, *, max_pixels: int = MAX_PIXELS) -> tuple[int, int]:
    """Width and height as the header says, without the EXIF orientation; nothing is decoded.

    Raises:
        DamagedPicture: When it is no picture or is too large.
    """
    with opened(source, max_pixels) as image:
        return image.size


def upright_px(source: bytes | Path, *, max_pixels: int = MAX_PIXELS) -> tuple[int, int]:
    """Width and height of the picture that `decode` gives, were it not made to fit; nothing is decoded.

    Raises:
        DamagedPicture: When it is no picture or is too large.
    """
    with opened(source, max_pixels) as image:
        width, height = image.size
        return (height, width) if _turn(image) in _SIDEWAYS else (width, height)


def _turn(image: Image.Image) -> Image.Transpose | None:
    """How to set the picture upright; damaged EXIF data must not cost the picture."""
    try:
        with decoding():
            return _TURNS.get(image.getexif().get(_ORIENTATION, 1))
    except DamagedPicture:
        return None


def _plain(image: Image.Image) -> Image.Image:
    """A copy in a mode that can be scaled well: RGB, RGBA or L."""
    if image.mode in ("RGB", "RGBA", "L"):
        return image.copy()
    if image.mode.startswith("I"):
        return image.point(lambda value: value / 256).convert("L")
    alpha = image.mode in ("LA", "PA", "La", "RGBa") or "transparency" in image.info
    return image.convert("RGBA" if alpha else "RGB")


def _flat(image: Image.Image, background: Rgb) -> Image.Image:
    if image.mode != "RGBA":
        return image.convert("RGB")
    ground = Image.new("RGB", image.size, background)
    ground.paste(image, mask=image.getchannel("A"))
    return ground
