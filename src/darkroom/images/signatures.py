"""What a file is, told by its first bytes and then by its name. Nothing is decoded here."""

from __future__ import annotations

import codecs
import mimetypes
from dataclasses import dataclass
from pathlib import PurePosixPath

from darkroom.domain.generation import OutputKind

HEAD_BYTES = 4096
"""How much of a file `sniff` wants to see."""

_MAGIC: tuple[tuple[bytes, OutputKind, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", OutputKind.IMAGE, "image/png"),
    (b"\xff\xd8\xff", OutputKind.IMAGE, "image/jpeg"),
    (b"GIF87a", OutputKind.IMAGE, "image/gif"),
    (b"GIF89a", OutputKind.IMAGE, "image/gif"),
    (b"II*\x00", OutputKind.IMAGE, "image/tiff"),
    (b"MM\x00*", OutputKind.IMAGE, "image/tiff"),
    (b"fLaC", OutputKind.AUDIO, "audio/flac"),
    (b"ID3", OutputKind.AUDIO, "audio/mpeg"),
    (b"\xff\xfb", OutputKind.AUDIO, "audio/mpeg"),
    (b"\xff\xf3", OutputKind.AUDIO, "audio/mpeg"),
    (b"\xff\xf2", OutputKind.AUDIO, "audio/mpeg"),
)

_RIFF = {
    b"WEBP": (OutputKind.IMAGE, "image/webp"),
    b"WAVE": (OutputKind.AUDIO, "audio/wav"),
    b"AVI ": (OutputKind.VIDEO, "video/x-msvideo"),
}

_BRANDS = {
    b"avif": (OutputKind.IMAGE, "image/avif"),
    b"avis": (OutputKind.ANIMATION, "image/avif"),
    b"qt  ": (OutputKind.VIDEO, "video/quicktime"),
    b"M4A ": (OutputKind.AUDIO, "audio/mp4"),
    b"M4B ": (OutputKind.AUDIO, "audio/mp4"),
}

_BY_NAME = {"image": OutputKind.IMAGE, "video": OutputKind.VIDEO, "audio": OutputKind.AUDIO}


@dataclass(frozen=True, slots=True)
class Signature:
    """What a file seems to be.

    Attributes:
        kind: `IMAGE` for every picture that Pillow may try; whether it moves is seen later.
        media_type: For example "image/png".
        certain: The bytes said so, not the name alone.
    """

    kind: OutputKind
    media_type: str
    certain: bool


def sniff(head: bytes, name: str) -> Signature:
    """What a file seems to be.

    Args:
        head: Its first `HEAD_BYTES` bytes, or all of them.
        name: Its name as a server gave it; only the suffix counts.
    """
    if found := _by_bytes(head):
        return Signature(*found, certain=True)
    guessed = mimetypes.guess_type(PurePosixPath(name.replace("\\", "/")).name)[0] or ""
    if head and _is_text(head):
        media_type = (
            guessed if guessed.startswith(("text/", "application/json", "image/svg")) else "text/plain"
        )
        return Signature(OutputKind.TEXT, media_type, certain=True)
    kind = _BY_NAME.get(guessed.partition("/")[0], OutputKind.FILE)
    return Signature(kind, guessed or "application/octet-stream", certain=False)


def claims_picture(name: str) -> bool:
    """Whether a file of this name should have been a picture that Darkroom can decode."""
    return PurePosixPath(name.lower()).suffix in {
        ".png", ".apng", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff",
    }  # fmt: skip


def _by_bytes(head: bytes) -> tuple[OutputKind, str] | None:
    for magic, kind, media_type in _MAGIC:
        if head.startswith(magic):
            return kind, media_type
    if head[:4] == b"RIFF":
        return _RIFF.get(head[8:12])
    if head[4:8] == b"ftyp":
        return _BRANDS.get(head[8:12], (OutputKind.VIDEO, "video/mp4"))
    if head[:4] == b"\x1aE\xdf\xa3":
        return OutputKind.VIDEO, "video/webm" if b"webm" in head[:64] else "video/x-matroska"
    if head[:4] == b"OggS":
        theora = b"theora" in head[:128]
        return (OutputKind.VIDEO, "video/ogg") if theora else (OutputKind.AUDIO, "audio/ogg")
    if head[:2] == b"BM" and len(head) >= 26 and head[6:10] == b"\0\0\0\0":
        return OutputKind.IMAGE, "image/bmp"
    return None


def _is_text(head: bytes) -> bool:
    """UTF-8 without control characters other than white space; the cut at the end may split a character."""
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return False
    return all(char >= " " or char in "\t\n\r\f" for char in text) and "\x7f" not in text
