"""PNG files without decoding a picture: size and embedded texts.

Source: PNG specification, chunks IHDR, tEXt, zTXt, iTXt.
"""

from __future__ import annotations

import io
import struct
import zlib
from typing import TYPE_CHECKING, BinaryIO

from darkroom.domain.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

SIGNATURE = b"\x89PNG\r\n\x1a\n"

TEXT_LIMIT_BYTES = 32 * 1024 * 1024
"""Most that the texts of one file may come to, unpacked; reading ends there."""

_CHUNK_LIMIT = 100_000
_TEXT_CHUNKS = frozenset((b"tEXt", b"zTXt", b"iTXt"))


def size(data: bytes) -> tuple[int, int] | None:
    """Width and height in pixels of the PNG that begins with `data`; `None` when it is none."""
    if data[: len(SIGNATURE)] != SIGNATURE or data[12:16] != b"IHDR" or len(data) < 24:
        return None
    width, height = struct.unpack(">II", data[16:24])
    return width, height


def read_texts(file: BinaryIO) -> dict[str, str]:
    """The texts of the PNG in `file` by keyword; the last one wins where a keyword stands twice.

    Checksums are not looked at, and a file that is cut short gives the texts it still holds whole. No pixel
    is decoded, and packed text is unpacked up to `TEXT_LIMIT_BYTES` in all.

    Raises:
        InputError: It is no PNG.
        OSError: It cannot be read.
    """
    if file.read(len(SIGNATURE)) != SIGNATURE:
        raise InputError("This is not a PNG", "Its first bytes are other than a PNG's")
    texts: dict[str, str] = {}
    left = TEXT_LIMIT_BYTES
    for kind, body in _text_chunks(file):
        found = _text(kind, body, left)
        if found is None:
            continue
        keyword, raw = found
        # A text that is too large has cost its unpacking: a thousand of them shall not cost a thousand.
        left -= len(raw)
        if left < 0:
            break
        texts[keyword] = _decode(raw)
    return texts


def _text_chunks(file: BinaryIO) -> Iterator[tuple[bytes, bytes]]:
    for _ in range(_CHUNK_LIMIT):
        head = file.read(8)
        if len(head) < 8:
            return
        length, kind = struct.unpack(">I4s", head)
        if kind == b"IEND":
            return
        if kind in _TEXT_CHUNKS and length <= TEXT_LIMIT_BYTES:
            body = file.read(length)
            if len(body) < length:
                return  # half a text is no graph
            yield kind, body
            file.seek(4, io.SEEK_CUR)
        else:
            file.seek(length + 4, io.SEEK_CUR)


def _text(kind: bytes, body: bytes, left: int) -> tuple[str, bytes] | None:
    """Keyword and unpacked text of a chunk, at most one byte more than `left`; `None` when broken."""
    keyword, separator, rest = body.partition(b"\0")
    if not separator or not 1 <= len(keyword) <= 79:
        return None
    packed = False
    if kind == b"zTXt":
        packed, rest = True, rest[1:]
    elif kind == b"iTXt":
        packed = rest[:1] == b"\x01"
        # compression flag and method, then language and translated keyword, each ended by a zero
        parts = rest[2:].split(b"\0", 2)
        if len(parts) < 3:
            return None
        rest = parts[2]
    text = _unpack(rest, left) if packed else rest
    return None if text is None else (keyword.decode("latin-1"), text)


def _unpack(packed: bytes, limit: int) -> bytes | None:
    try:
        return zlib.decompressobj().decompress(packed, limit + 1)
    except zlib.error:
        return None


def _decode(raw: bytes) -> str:
    """Latin-1 by the book, UTF-8 by the habit of many programs."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")
