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
    made = {}
    size = None
    for address in sorted(pictures, key=lambda name: name == "mask"):
        data = pictures[address]
        opened, untouched = _open(address, data, profile)
        if address == "image":
            size = opened.size
        if address == "mask" and size is not None and opened.size != size:
            opened, untouched = opened.convert("L").resize(size), False
        made[address] = data if untouched else _png(opened)
    return made


def _open(address: str, data: bytes, profile: str) -> tuple[Image, bool]:
    # Pillow is imported with the first picture that is fed in.
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(data)) as opened:
            opened.load()
            kind = opened.format
            if opened.mode in PLAIN:
                return opened.copy(), kind in FORMATS
            if opened.mode.startswith("I"):
                # Its upper eight bits of sixteen; converted at once they would be cut off at 255.
                return opened.convert("I").point(lambda value: value * (1 / 257)).convert("L"), False
            alpha = "A" in opened.getbands() or "transparency" in opened.info
            return opened.convert("RGBA" if alpha else "RGB"), False
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError) as error:
        raise Rejected(
            "A picture cannot be read",
            excerpt(str(error), 200),
            "Choose another file",
            profile=profile,
            problems={address: "cannot be decoded"},
        ) from error


def _png(picture: Image) -> bytes:
    written = io.BytesIO()
    picture.save(written, "PNG")
    return written.getvalue()
