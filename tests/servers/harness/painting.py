"""Small real pictures: they differ by seed, and come in and go out as services hold them."""

from __future__ import annotations

import base64
import io
import random
from typing import TYPE_CHECKING

from PIL import Image
from PIL.PngImagePlugin import PngInfo

if TYPE_CHECKING:
    from collections.abc import Mapping


def cloud(seed: int, size: tuple[int, int]) -> Image.Image:
    """Coloured clouds of a seed's own; `size` is width and height in pixels."""
    rng = random.Random(seed)
    return Image.frombytes("RGB", (5, 4), rng.randbytes(60)).resize(size, Image.Resampling.BICUBIC)


def unfinished(seed: int, fraction: float, size: tuple[int, int]) -> Image.Image:
    """The same in the making, `fraction` of the way."""
    return Image.blend(cloud(seed + 1, size), cloud(seed, size), fraction)


def load(data: bytes) -> Image.Image:
    """The picture in a file's bytes, in its own mode.

    Raises:
        PIL.UnidentifiedImageError: It is none.
    """
    with Image.open(io.BytesIO(data)) as opened:
        opened.load()
        return opened.copy()


def decode(text: str) -> Image.Image:
    """The picture in a request, as RGB: base64, with or without `data:` before it.

    Raises:
        binascii.Error: It is no base64.
        PIL.UnidentifiedImageError: It is no picture.
    """
    encoded = text.partition(",")[2] if text.startswith("data:image") else text
    return load(base64.b64decode(encoded)).convert("RGB")


def png(picture: Image.Image, texts: Mapping[str, str] | None = None) -> bytes:
    """The picture as a PNG file with these text chunks."""
    info = PngInfo()
    for key, text in (texts or {}).items():
        info.add_text(key, text)
    written = io.BytesIO()
    picture.save(written, "PNG", pnginfo=info)
    return written.getvalue()
