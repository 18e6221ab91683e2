"""The body of a request: JSON with pictures inside, made piece by piece while it is sent.

A request as it is stored holds `blob:HASH` where a picture belongs; the bytes go in on the way.
"""

from __future__ import annotations

import asyncio
import binascii
import json
import secrets
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping

BLOB = "blob:"
"""Start of a reference to a picture, by its hash."""

PICTURE_KEYS = frozenset(("init_images", "mask", "image"))
"""The only fields of requests that hold pictures: elsewhere "blob:…" is text that somebody typed."""

_SLICE_BYTES = 192 * 1024
"""Bytes encoded at once; a multiple of 3, so that base64 needs no padding in between."""


class PictureBody:
    """The JSON of a request, with its pictures as base64. Implements `submitting.Body`."""

    def __init__(self, request: Mapping[str, Any], pictures: Mapping[str, bytes]) -> None:
        """Encodes all but the pictures.

        Args:
            request: With references to pictures in the fields `PICTURE_KEYS`.
            pictures: Bytes by hash; must hold all that `request` refers to.
        """
        mark = secrets.token_hex(16)
        marked = json.dumps(_mark(request, mark)).encode("ascii")
        first, *rest = marked.split(mark.encode())
        self._parts: list[tuple[bytes, bytes]] = [(b"", first)]
        for part in rest:
            # What follows a mark begins with the hash, 64 hexadecimal digits.
            self._parts.append((pictures[part[:64].decode()], part[64:]))
        self.size_bytes = sum(_encoded_bytes(picture) + len(text) for picture, text in self._parts)

    async def pieces(self) -> AsyncIterator[bytes]:
        """The body, with a pause after each piece."""
        for picture, text in self._parts:
            for start in range(0, len(picture), _SLICE_BYTES):
                yield binascii.b2a_base64(picture[start : start + _SLICE_BYTES], newline=False)
                await asyncio.sleep(0)
            yield text


def references(request: Mapping[str, Any]) -> Iterator[str]:
    """The hashes of all pictures that a request refers to."""
    for key, value in request.items():
        yield from _references(key, value)


def _references(key: str, value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from references(value)
    elif isinstance(value, list):
        for item in value:
            yield from _references(key, item)
    elif _is_reference(key, value):
        yield value.removeprefix(BLOB)


def _mark(request: Any, mark: str, key: str = "") -> Any:
    if isinstance(request, dict):
        return {name: _mark(value, mark, name) for name, value in request.items()}
    if isinstance(request, list):
        return [_mark(item, mark, key) for item in request]
    if _is_reference(key, request):
        return mark + request.removeprefix(BLOB)
    if isinstance(request, str):
        # Lone surrogates are no text: no tokenizer takes them.
        return request.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return request


def _is_reference(key: str, value: Any) -> bool:
    return (
        key in PICTURE_KEYS
        and isinstance(value, str)
        and value.startswith(BLOB)
        and len(value) == len(BLOB) + 64
    )


def _encoded_bytes(picture: bytes) -> int:
    return (len(picture) + 2) // 3 * 4
