"""Pillow at arm's length: opening and decoding bytes that nobody vouches for.

Everything in this package that touches Pillow goes through `opened` and `decoding`, so that hostile
bytes end in `DamagedPicture` and in nothing else. All of it is synchronous and slow: run it in a thread.
"""

from __future__ import annotations

import io
import struct
import warnings
import zlib
from contextlib import contextmanager
from typing import TYPE_CHECKING

from PIL import Image, UnidentifiedImageError

from darkroom.domain.errors import DamagedPicture
from darkroom.domain.text import excerpt

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MAX_PIXELS = 178_956_970
"""Most pixels a picture may have. Pillow refuses above this number by itself, so more is no use.

Source: Pillow, `Image.MAX_IMAGE_PIXELS` × 2, where its warning becomes an error.
"""

FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "AVIF")
"""The decoders that are let loose on foreign bytes; Pillow has forty more, less well looked after."""

_HOSTILE = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    AttributeError,
    AssertionError,
    EOFError,
    MemoryError,
    RuntimeError,
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
)
"""What Pillow's decoders were seen to raise on damaged bytes (`SyntaxError` is its "broken PNG")."""

_HUSHED = r"PIL\."


@contextmanager
def decoding() -> Iterator[None]:
    """Turns what a decoder raises on bad bytes into `DamagedPicture`, and silences its warnings.

    The warnings go by a filter that is added once: `warnings.catch_warnings` swaps state of the whole
    process, which two decoding threads would swap in the wrong order.

    Raises:
        DamagedPicture: When the bytes cannot be decoded.
    """
    if not any(
        item[0] == "ignore" and getattr(item[3], "pattern", "") == _HUSHED for item in warnings.filters
    ):
        warnings.filterwarnings("ignore", module=_HUSHED)
    try:
        yield
    except UnidentifiedImageError as error:
        raise DamagedPicture("The picture cannot be decoded", "The bytes are no picture") from error
    except _HOSTILE as error:
        raise DamagedPicture(
            "The picture cannot be decoded", excerpt(str(error) or type(error).__name__, 200)
        ) from error


@contextmanager
def opened(source: bytes | Path, max_pixels: int = MAX_PIXELS) -> Iterator[Image.Image]:
    """The picture in `source` with its header read and nothing decoded yet; closed at the end.

    Errors of the block are translated as well, so the caller decodes inside.

    Args:
        source: The bytes of a file, or where it is.
        max_pixels: Width times height above which nothing is decoded.

    Raises:
        DamagedPicture: When it is no picture, is damaged, or is too large.
    """
    with (
        decoding(),
        Image.open(io.BytesIO(source) if isinstance(source, bytes) else source, formats=FORMATS) as image,
    ):
        width, height = image.size
        if width * height > max_pixels:
            raise DamagedPicture(
                "The picture is too large to decode",
                f"It says it has {width:,} × {height:,} pixels; at most {max_pixels:,} are decoded",
            )
        yield image
