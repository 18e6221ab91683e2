"""What the disk says of a path that is being typed. Blocking: called in threads."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from darkroom.domain.generation import OutputKind
from darkroom.images.signatures import HEAD_BYTES, sniff

if TYPE_CHECKING:
    from collections.abc import Collection

PICTURE_ENDINGS = frozenset((".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".avif"))
"""Files that a completion offers."""

USABLE = frozenset((OutputKind.IMAGE, OutputKind.ANIMATION, OutputKind.VIDEO, OutputKind.AUDIO))
"""What a server's upload fields may take."""

KEPT = "blob:"
"""Begins the name of a picture that the program keeps already."""

_MOST_ENTRIES = 5000
"""Entries of a folder that are looked through: enough for people, bounded for file servers."""


class Look(NamedTuple):
    """What stands at a path.

    Attributes:
        note: In few words, when it is a picture ("PNG 1.2 MB").
        problem: Why it cannot be used; "" when it can.
    """

    note: str
    problem: str


def completion(text: str, endings: Collection[str] = PICTURE_ENDINGS) -> str:
    """What completes a path: the part that is still missing, "" when nothing fits.

    Several that fit are completed as far as they agree; then the first is offered.

    Args:
        text: A path as it is typed.
        endings: Of the files that are offered, in lower case.
    """
    folder, _, start = text.rpartition("/")
    if not text or (not folder and not text.startswith(("/", "~", "."))):
        folder, start = "", text
    where = Path(os.path.expanduser(folder or ("/" if text.startswith("/") else ".")))  # noqa: PTH111 - "~x" may stay
    found = sorted(_names(where, start, endings))
    if not found:
        return ""
    # Sorted: what the first and the last share, all of them share.
    alike = [a == b for a, b in zip(found[0], found[-1], strict=False)]
    shared = alike.index(False) if False in alike else len(alike)
    return found[0][len(start) : shared if shared > len(start) else None]


def _names(folder: Path, start: str, endings: Collection[str]) -> list[str]:
    names = []
    try:
        with os.scandir(folder) as entries:
            for _, entry in zip(range(_MOST_ENTRIES), entries, strict=False):
                if not entry.name.startswith(start) or (entry.name.startswith(".") and not start):
                    continue
                if entry.is_dir():
                    names.append(entry.name + "/")
                elif Path(entry.name).suffix.lower() in endings:
                    names.append(entry.name)
    except (OSError, ValueError):
        return []
    return [name for name in names if name.isprintable()]


def look(text: str) -> Look:
    """Whether a picture stands at a path, told by its first bytes."""
    if text.startswith(KEPT):
        return Look("kept", "")
    try:
        path = Path(text).expanduser()
        if path.is_dir():
            return Look("", "a folder")
        with path.open("rb") as file:
            signature = sniff(file.read(HEAD_BYTES), path.name)
        size = path.stat().st_size
    except FileNotFoundError:
        return Look("", "no such file")
    except (OSError, ValueError, RuntimeError):
        return Look("", "cannot be read")
    if signature.kind not in USABLE:
        return Look("", "not a picture")
    what = signature.media_type.partition("/")[2].upper()
    return Look(f"{what} {_size(size)}", "")


def _size(size_bytes: int) -> str:
    return f"{size_bytes / 1e6:.1f} MB" if size_bytes >= 100_000 else f"{size_bytes / 1e3:.0f} kB"
