"""What a picture says of itself, compared with what was asked for it."""

from __future__ import annotations

import asyncio
from io import BytesIO
from typing import TYPE_CHECKING

from PIL import ExifTags, Image, UnidentifiedImageError

from darkroom.connectors.fooocus.truth import differences, seed_difference
from darkroom.domain import png
from darkroom.domain.fooocus_metadata import FooocusMetadata, read_metadata

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from darkroom.domain.parameters import Value

_MAKER_NOTE, _USER_COMMENT = 0x927C, 0x9286


async def embedded(picture: bytes) -> FooocusMetadata | None:
    """The parameters that a picture carries; `None` when it carries none.

    Source: Fooocus 2.5, `modules/meta_parser.py` `get_exif`: text chunks in PNG, EXIF in JPEG and WebP.
    """
    if picture.startswith(png.SIGNATURE):
        # No pixel is looked at: quicker than a thread is found.
        texts = png.read_texts(BytesIO(picture))
        text, scheme = texts.get("parameters", ""), texts.get("fooocus_scheme", "")
    else:
        text, scheme = await asyncio.to_thread(_exif, picture)
    return read_metadata(text, scheme) if text else None


def _exif(picture: bytes) -> tuple[str, str]:
    try:
        with Image.open(BytesIO(picture)) as opened:
            exif = opened.getexif()
            found: Mapping[int, object] = exif
            if _USER_COMMENT not in exif:
                found = exif.get_ifd(ExifTags.IFD.Exif)
            return _plain(found.get(_USER_COMMENT)), _plain(found.get(_MAKER_NOTE))
    except (OSError, UnidentifiedImageError, Image.DecompressionBombError, ValueError, SyntaxError):
        return "", ""


def replaced(asked: Mapping[str, Value], told: FooocusMetadata, seed: int) -> Iterator[str]:
    """One line for each thing that is another than was asked for.

    Args:
        asked: By address, those alone that are to be compared.
        told: What the picture says.
        seed: That this picture was to have.
    """
    yield from differences(asked, told)
    yield from seed_difference({"seed": seed}, "" if told.seed is None else str(told.seed))
    wanted, got = (asked.get("width"), asked.get("height")), (told.width_px, told.height_px)
    if all(wanted) and all(got) and wanted != got:
        yield f"asked for {wanted[0]}×{wanted[1]}, the server made {got[0]}×{got[1]}"


def _plain(text: object) -> str:
    """EXIF text with or without its eight bytes of character set."""
    if isinstance(text, bytes):
        text = text.removeprefix(b"ASCII\0\0\0").removeprefix(b"UNICODE\0").decode("utf-8", "replace")
    return text.strip("\0") if isinstance(text, str) else ""
