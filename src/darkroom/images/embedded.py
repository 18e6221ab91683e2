"""Settings that programs write into pictures, as texts by keyword, whatever the format of the file.

PNG keeps them in text chunks. JPEG, WebP and AVIF have room in their EXIF: A1111 puts its text into the
field for comments of the Exif part, in UTF-16; Fooocus into the main part, as plain text, and names its
scheme beside it.
Source: A1111 contract page, section 7; Fooocus contract page, section A6; recording `webp_exif`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from darkroom.domain.errors import DamagedPicture, InputError
from darkroom.images.metadata import SIGNATURE, read_png_text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_EXIF_PART, _COMMENT, _MAKER = 0x8769, 0x9286, 0x927C


def read_settings(path: Path) -> dict[str, str]:
    """The texts of a picture that may hold settings; empty when there are none, or it is no picture.

    Blocking: reads the head of the file, decodes no pixel.
    """
    try:
        with path.open("rb") as file:
            is_png = file.read(len(SIGNATURE)) == SIGNATURE
        return read_png_text(path) if is_png else _of_exif(path)
    except (OSError, InputError, DamagedPicture):
        return {}


def _of_exif(path: Path) -> dict[str, str]:
    # Pillow is heavy, and most files that are looked at are PNGs.
    from darkroom.images.pillow import opened

    with opened(path) as image:
        exif = image.getexif()
        parts: tuple[Mapping[int, object], ...] = (exif.get_ifd(_EXIF_PART), exif)
        texts: dict[str, str] = {}
        for part in parts:
            comment = _text(part.get(_COMMENT))
            if comment and "parameters" not in texts:
                texts["parameters"] = comment
                texts["fooocus_scheme"] = _text(part.get(_MAKER))
    return {keyword: text for keyword, text in texts.items() if text}


def _text(value: object) -> str:
    """A comment as text: eight bytes name its encoding, where it is not text already."""
    if isinstance(value, str):
        return value.removeprefix("UNICODE\0").removeprefix("ASCII\0\0\0")
    if not isinstance(value, bytes):
        return ""
    code, body = value[:8], value[8:]
    if code == b"UNICODE\0":
        return _utf16(body)
    if code == b"ASCII\0\0\0":
        return body.decode("utf-8", "replace")
    return value.decode("utf-8", "replace").strip("\0")


def _utf16(body: bytes) -> str:
    """UTF-16, big-endian as A1111 writes it; other programs write the other order without a mark."""
    big = body.decode("utf-16-be", "replace")
    little = body.decode("utf-16-le", "replace")
    # A text of settings is mostly ASCII: the wrong order makes few ASCII characters of it.
    return max(big, little, key=lambda text: sum(char.isascii() for char in text))
