"""Checks that what a server sent is what it claims to be, before it is kept as an output.

Synchronous, and slow for large pictures: run it in a thread.
"""

from __future__ import annotations

import mmap
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PIL import features

from darkroom.domain.errors import DamagedPicture
from darkroom.domain.generation import OutputKind
from darkroom.images import signatures
from darkroom.images.pillow import MAX_PIXELS, decoding, opened

if TYPE_CHECKING:
    from pathlib import Path

    from PIL import Image


@dataclass(frozen=True, slots=True)
class Checked:
    """What a file is.

    Attributes:
        kind: What it is.
        media_type: For example "image/png".
        width_px: `None` when it is no picture, or one that this machine cannot decode.
        height_px: Likewise.
    """

    kind: OutputKind
    media_type: str
    width_px: int | None = None
    height_px: int | None = None


def check(path: Path, name: str, *, max_pixels: int = MAX_PIXELS) -> Checked:
    """What the file at `path` is, by its bytes and then by its name; a picture is decoded to prove it whole.

    Of an animation as many frames are decoded as fit into `max_pixels` together, the first one always.
    Video, audio and other files are not looked into.

    Args:
        path: Where the bytes are.
        name: The name the server gave; data, never used as a path.
        max_pixels: Larger pictures are refused by their header, before anything is decoded.

    Raises:
        DamagedPicture: When it should be a picture and is cut off, damaged, empty,
            something else or too large.
        OSError: When the file cannot be read.
    """
    with path.open("rb") as file:
        head = file.read(signatures.HEAD_BYTES)
    found = signatures.sniff(head, name)
    if found.kind is OutputKind.IMAGE and found.certain:
        return _checked_picture(path, head, found.media_type, max_pixels)
    if signatures.claims_picture(name):
        seems = (
            f"The bytes seem to be {found.media_type}"
            if found.certain
            else "The bytes are of no known format"
        )
        raise DamagedPicture("The file is no picture", seems if head else "It is empty")
    return Checked(found.kind, found.media_type)


def _checked_picture(path: Path, head: bytes, media_type: str, max_pixels: int) -> Checked:
    if media_type == "image/avif" and not features.check("avif"):
        return Checked(OutputKind.FILE, media_type)
    if media_type == "image/webp":
        _refuse_large_webp(head, max_pixels)
    _refuse_without_end(path, media_type)
    with opened(path, max_pixels) as image:
        size = image.size
        frames = _decode(image, max_pixels)
    return Checked(OutputKind.ANIMATION if frames > 1 else OutputKind.IMAGE, media_type, *size)


def _decode(image: Image.Image, max_pixels: int) -> int:
    """Decodes all frames the budget has room for; how many frames the picture has."""
    frames = int(getattr(image, "n_frames", 1)) if image.format in ("PNG", "GIF", "WEBP", "AVIF") else 1
    budget = max(1, max_pixels // max(1, image.width * image.height))
    for index in range(min(frames, budget)):
        if index:
            image.seek(index)
        image.load()
    return frames


def _refuse_without_end(path: Path, media_type: str) -> None:
    """Decoders forgive a missing end; a file without it was cut off, and its last chunks with it."""
    with decoding(), path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        if media_type == "image/png":
            whole = _png_ends(data)
        else:
            whole = media_type != "image/jpeg" or data.rfind(b"\xff\xd9") > 0
    if not whole:
        raise DamagedPicture("The picture is not complete", "Its end is missing")


def _png_ends(data: mmap.mmap) -> bool:
    """Whether the chain of chunks leads to a whole IEND. Source: PNG specification, 5.3 chunk layout."""
    at = 8
    while at + 12 <= len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        if data[at + 4 : at + 8] == b"IEND":
            return at + 12 + length <= len(data)
        at += 12 + length
    return False


def _refuse_large_webp(head: bytes, max_pixels: int) -> None:
    """Pillow's WebP reader allocates two whole frames when it opens a file, so the header is read here first.

    Source: RFC 9649, sections 2.5 to 2.7 (VP8X, VP8L and VP8 frame headers).
    """
    kind, body = head[12:16], head[20:30]
    if kind == b"VP8X":
        width, height = (int.from_bytes(body[n : n + 3], "little") + 1 for n in (4, 7))
    elif kind == b"VP8L":
        bits = int.from_bytes(body[1:5], "little")
        width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    else:
        width, height = (int.from_bytes(body[n : n + 2], "little") & 0x3FFF for n in (6, 8))
    if width * height > max_pixels:
        raise DamagedPicture(
            "The picture is too large to decode",
            f"It says it has {width:,} × {height:,} pixels; at most {max_pixels:,} are decoded",
        )
