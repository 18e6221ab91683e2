"""The comment in the EXIF of JPEG and WebP files, read without decoding a picture.

AUTOMATIC1111 and its kin keep their infotext there, as `UNICODE` in big-endian UTF-16.
Source: A1111 contract page, section 7; TIFF 6.0; EXIF 2.3, tag UserComment; WebP container specification.
"""

from __future__ import annotations

import struct

_EXIF_PART, _COMMENT = 0x8769, 0x9286
_MARK = b"Exif\0\0"
_ENTRIES_MAX = 1000
_CHUNKS_MAX = 10_000


def comment(data: bytes) -> str:
    """The comment in the EXIF of a picture; "" when it has none, is broken, or is of another format."""
    tiff = _of_jpeg(data) if data[:2] == b"\xff\xd8" else _of_webp(data) if data[8:12] == b"WEBP" else b""
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(tiff[:4])
    if order is None:
        return ""
    try:
        (first,) = struct.unpack_from(f"{order}I", tiff, 4)
        part = _value(tiff, order, first, _EXIF_PART)
        found = _value(tiff, order, part[1], _COMMENT) if part else None
    except struct.error:
        return ""
    if found is None:
        return ""
    count, offset = found
    raw = tiff[offset : offset + count]
    return raw[8:].decode("utf-16-be", "replace") if raw[:8] == b"UNICODE\0" else ""


def _of_jpeg(data: bytes) -> bytes:
    """What the EXIF segment of a JPEG holds; segments stand before the picture's own data."""
    at = 2
    while data[at : at + 1] == b"\xff" and len(data) >= at + 4:
        kind, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4], "big")
        body = data[at + 4 : at + 2 + length]
        if kind == 0xE1 and body.startswith(_MARK):
            return body[len(_MARK) :]
        if kind == 0xDA or length < 2:
            break
        at += 2 + length
    return b""


def _of_webp(data: bytes) -> bytes:
    """What the EXIF chunk of a WebP holds."""
    at = 12
    for _ in range(_CHUNKS_MAX):
        kind, length = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
        if kind == b"EXIF":
            return data[at + 8 : at + 8 + length].removeprefix(_MARK)
        at += 8 + length + length % 2
        if at >= len(data):
            break
    return b""


def _value(tiff: bytes, order: str, directory: int, tag: int) -> tuple[int, int] | None:
    """Count and value of an entry; the value of a long one is the place where it stands.

    Raises:
        struct.error: The directory does not lie within the bytes.
    """
    (entries,) = struct.unpack_from(f"{order}H", tiff, directory)
    for number in range(min(entries, _ENTRIES_MAX)):
        found, _, count, value = struct.unpack_from(f"{order}HHII", tiff, directory + 2 + 12 * number)
        if found == tag:
            return count, value
    return None
