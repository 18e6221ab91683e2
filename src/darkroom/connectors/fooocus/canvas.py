"""Pictures that are fed in, as the page sends them: `data:` URIs, and for the canvas a mask beside them.

Source: Gradio 3.41.2, `components/image.py`, `processing_utils.py`; Fooocus 2.5.5, `gradio_hijack.py`.
"""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Mapping
from contextlib import contextmanager
from io import BytesIO
from typing import TYPE_CHECKING, Any

from PIL import Image, ImageOps, UnidentifiedImageError

from darkroom.domain.errors import Rejected
from darkroom.domain.text import excerpt

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from darkroom.connectors.base import BlobReader

PREFIX = "blob:"

_SIGNS = (
    (b"\x89PNG", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"RIFF", "image/webp"),
    (b"BM", "image/bmp"),
)


async def with_pictures(data: Sequence[Any], positions: Sequence[int], blobs: BlobReader) -> list[Any]:
    """`data` with the pictures themselves where references stood.

    Args:
        data: The page's inputs; at `positions` references, or `{"image": …, "mask": … or None}` with them.
        positions: Of the inputs that hold pictures.
        blobs: Gives their bytes.

    Raises:
        Rejected: The mask, or the picture that it belongs to, cannot be read.
    """
    filled = list(data)
    for at in positions:
        value = filled[at]
        if isinstance(value, Mapping):
            image = await _read(value["image"], blobs)
            mask = await _read(value["mask"], blobs) if value.get("mask") else None
            painted = await asyncio.to_thread(fitting_mask, image, mask)
            filled[at] = {"image": data_uri(image), "mask": data_uri(painted)}
        else:
            filled[at] = data_uri(await _read(value, blobs))
    return filled


def data_uri(data: bytes) -> str:
    """The bytes of a picture as a `data:` URI."""
    media_type = next((kind for sign, kind in _SIGNS if data.startswith(sign)), "image/png")
    return f"data:{media_type};base64,{base64.b64encode(data).decode('ascii')}"


def fitting_mask(image: bytes, mask: bytes | None) -> bytes:
    """A PNG of the picture's size in black and white, white where it is painted anew.

    The page takes the alpha channel of a mask that has one, whatever its colours are, and fails on one of
    another size; so grey values alone are sent. Without a mask all of it is black, for continuing beyond
    the edges.

    Raises:
        Rejected: One of them cannot be read; the problem names its field.
    """
    with _opened("image", image) as opened:
        # The page turns pictures by their EXIF orientation before it lays the mask on them.
        size = ImageOps.exif_transpose(opened).size
    if mask is None:
        grey = Image.new("L", size, 0)
    else:
        with _opened("mask", mask) as opened:
            grey = _grey(ImageOps.exif_transpose(opened))
        if grey.size != size:
            grey = grey.resize(size, Image.Resampling.NEAREST)
    written = BytesIO()
    grey.convert("RGB").save(written, "PNG")
    return written.getvalue()


@contextmanager
def _opened(address: str, data: bytes) -> Iterator[Image.Image]:
    try:
        with Image.open(BytesIO(data)) as opened:
            opened.load()
            yield opened
    except (OSError, UnidentifiedImageError, Image.DecompressionBombError, ValueError) as error:
        raise Rejected(
            f"The {address} cannot be read",
            excerpt(str(error), 200),
            "Choose another file",
            problems={address: "it cannot be read"},
        ) from error


def _grey(mask: Image.Image) -> Image.Image:
    if mask.mode.startswith("I"):
        # The upper eight bits of sixteen; converted at once they would be cut off at 255.
        mask = mask.convert("I").point(lambda value: value * (1 / 257))
    return mask.convert("L")


async def _read(reference: str, blobs: BlobReader) -> bytes:
    return await blobs.read_blob(reference.removeprefix(PREFIX))
