"""Answers that hold pictures: taken apart while they arrive.

A batch of large pictures is 100 MB of JSON. Decoded as one document it would hold up the event loop for
a second; here the base64 of each picture is decoded piece by piece as it comes from the line, and only
the small rest is read as JSON.
"""

from __future__ import annotations

import binascii
import re

PICTURES = ("images", "image")
"""The keys whose strings are pictures: a list in the answer to a generation, one in that of an upscaling."""

_OUTSIDE = re.compile(rb'[\[\]{}"]')
_PADDING = b"="


class PictureSieve:
    """Takes an answer's body in pieces, and keeps the pictures apart from the rest.

    Attributes:
        pictures: The decoded bytes, in their order. Strings that are no base64 are left out.
        document: The JSON without them: `""` stands in the place of each.
    """

    def __init__(self) -> None:
        self.pictures: list[bytes] = []
        self.document = bytearray()
        self._opened: list[int] = []
        self._key = ""
        self._text = bytearray()
        self._in_string = False
        self._escaped = False
        self._picture: _Picture | None = None

    def feed(self, piece: bytes) -> None:
        """Takes the next piece, of any length."""
        at = 0
        while at < len(piece):
            at = self._string(piece, at) if self._in_string else self._between(piece, at)

    def _between(self, piece: bytes, at: int) -> int:
        found = _OUTSIDE.search(piece, at)
        if found is None:
            self.document += piece[at:]
            return len(piece)
        end = found.end()
        self.document += piece[at:end]
        sign = piece[end - 1]
        if sign == ord('"'):
            self._in_string = True
            self._text.clear()
            self._picture = _Picture() if self._is_picture() else None
        elif sign in b"[{":
            self._opened.append(sign)
        elif self._opened:
            self._opened.pop()
        return end

    def _is_picture(self) -> bool:
        """Whether the string that begins here belongs to one of `PICTURES`."""
        if self._key not in PICTURES:
            return False
        if self._opened == [ord("{"), ord("[")]:
            return True
        return self._opened == [ord("{")] and bytes(self.document[-16:]).rstrip(b'" \t\r\n').endswith(b":")

    def _string(self, piece: bytes, at: int) -> int:
        if self._escaped:
            self._escaped = False
            self._keep(piece[at : at + 1])
            return at + 1
        quote = piece.find(b'"', at)
        end = len(piece) if quote < 0 else quote
        backslash = piece.find(b"\\", at, end)
        if backslash >= 0:
            self._keep(piece[at : backslash + 1])
            self._escaped = True
            return backslash + 1
        self._keep(piece[at:end])
        if quote >= 0:
            self._close()
        return end + 1

    def _keep(self, text: bytes) -> None:
        if self._picture is not None:
            self._picture.feed(text)
            return
        self.document += text
        if len(self._opened) == 1 and len(self._text) < 16:
            self._text += text[:16]

    def _close(self) -> None:
        self._in_string = False
        self.document += b'"'
        if self._picture is None:
            if len(self._opened) == 1:
                self._key = self._text.decode("ascii", "replace")
        elif (data := self._picture.end()) is not None:
            self.pictures.append(data)
        self._picture = None


class _Picture:
    """Base64 that comes in pieces."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._rest = b""
        self._broken = False

    def feed(self, text: bytes) -> None:
        if self._broken:
            return
        if text.endswith(b"\\"):
            text = text[:-1]  # "\/" is a way to write "/"
        if self._rest:
            text = self._rest + text
        whole = len(text) - len(text) % 4
        self._rest = text[whole:]
        try:
            self._parts.append(binascii.a2b_base64(memoryview(text)[:whole]))
        except binascii.Error:
            self._broken = True

    def end(self) -> bytes | None:
        """The decoded bytes; `None` when it was no base64."""
        if self._rest:
            self.feed(_PADDING * (4 - len(self._rest)))
        return None if self._broken else b"".join(self._parts)
