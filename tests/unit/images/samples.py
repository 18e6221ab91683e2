"""Small files of many kinds, made when they are needed."""

from __future__ import annotations

import io
import struct
import zlib
from functools import cache

from PIL import Image

SIZE = (48, 32)


@cache
def picture() -> Image.Image:
    """A gradient that tells its four corners apart."""
    red = Image.linear_gradient("L").resize(SIZE)
    green = Image.linear_gradient("L").rotate(90).resize(SIZE)
    return Image.merge("RGB", (red, green, Image.new("L", SIZE, 60)))


@cache
def encoded(kind: str, mode: str = "RGB") -> bytes:
    """The gradient as a file of Pillow's format `kind`."""
    data = io.BytesIO()
    picture().convert(mode).save(data, kind)
    return data.getvalue()


@cache
def animated(kind: str) -> bytes:
    """Three frames of it."""
    data = io.BytesIO()
    frames = [picture().rotate(90 * n) for n in range(3)]
    frames[0].save(data, kind, save_all=True, append_images=frames[1:], duration=100)
    return data.getvalue()


def chunk(kind: bytes, body: bytes) -> bytes:
    """One PNG chunk."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def bomb_png(width: int, height: int) -> bytes:
    """A PNG that says it is huge and has next to no bytes."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(100))) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def bomb_webp(width: int, height: int) -> bytes:
    """A WebP with an extended header that says it is huge, and nothing more."""
    body = struct.pack("<I", 0x10) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return b"RIFF" + struct.pack("<I", 4 + 8 + len(body)) + b"WEBPVP8X" + struct.pack("<I", len(body)) + body
