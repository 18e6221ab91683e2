"""Makes pictures such that Fooocus-API reads them as they are meant.

It takes a picture's raw values: of a palette the indexes, of a mask with one bit values that end the job,
of sixteen bits too much. A mask of another size than its picture ends the job as well.
Source: Fooocus-API 0.5.0.1, `utils/img_utils.py`, `read_input_image`; `worker.py`, `apply_image_input`.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from darkroom.domain.errors import Rejected
from darkroom.domain.text import excerpt

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PIL.Image import Image

PLAIN = frozenset({"RGB", "RGBA", "L"})
FORMATS = frozenset({"PNG", "JPEG", "WEBP"})


def readable(pictures: Mapping[str, bytes], profile: str) -> dict[str, bytes]:
    """The pictures by address; what the server reads rightly stays untouched to the byte.

    Raises:
        Rejected: One is no picture that can be decoded.
    """
    opened = {address: _open(address, data, profile) for address, data in pictures.items()}
    made = {address: _plain(picture) for address, picture in opened.items() if address != "mask"}
    if "mask" in opened:
        size = opened["image"].size if "image" in opened else opened["mask"].size
        made["mask"] = _mask(opened["mask"], size)
    return {a: data if made[a] is opened[a] else _png(made[a]) for a, data in pictures.items()}


def _open(address: str, data: bytes, profile: str) -> Image:
    # Pillow is imported with the first picture that is fed in.
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(data)) as opened:
            opened.load()
            return opened
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError) as error:
        raise Rejected(
            "A picture cannot be read",
            excerpt(str(error), 200),
            "Choose another file",
            profile=profile,
            problems={address: "cannot be decoded"},
        ) from error


def _plain(picture: Image) -> Image:
    """`picture` in a kind that the server reads as it is; itself when it is one."""
    if picture.mode in PLAIN and picture.format in FORMATS:
        return picture
    if picture.mode in PLAIN:
        return picture.copy()
    if picture.mode.startswith("I"):
        # The upper eight bits of sixteen; converted at once they would be cut off at 255.
        return picture.convert("I").point(lambda value: value * (1 / 257)).convert("L")
    return picture.convert("RGBA" if _is_transparent(picture) else "RGB")


def _mask(picture: Image, size: tuple[int, int]) -> Image:
    """`picture` in grey and of this size; what is transparent is kept, as black is."""
    from PIL import Image

    if picture.mode == "L" and picture.size == size and picture.format in FORMATS:
        return picture
    grey = _plain(picture)
    if grey.mode == "RGBA":
        # The server would put white behind it, and paint all of it anew.
        ground = Image.new("RGBA", grey.size, "black")
        grey = Image.alpha_composite(ground, grey)
    grey = grey.convert("L")
    return grey if grey.size == size else grey.resize(size)


def _is_transparent(picture: Image) -> bool:
    return "A" in picture.getbands() or "transparency" in picture.info


def _png(picture: Image) -> bytes:
    written = io.BytesIO()
    picture.save(written, "PNG")
    return written.getvalue()
