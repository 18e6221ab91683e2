"""The line of a TOML text on which a key stands, so that errors can name it."""

from __future__ import annotations

import re
from functools import lru_cache

_PART = r"""(?:"(?:[^"\\]|\\.)*"|'[^']*'|[A-Za-z0-9_-]+)"""
_KEY = rf"{_PART}(?:\s*\.\s*{_PART})*"
_HEADER = rf"\s*\[\[?\s*({_KEY})\s*\]"
_ASSIGNMENT = rf"\s*({_KEY})\s*="
_QUOTES = ('"""', "'''")


def line_of(text: str, path: tuple[str, ...]) -> int | None:
    """The 1-based line of `path`, or of the nearest table around it; `None` when neither is found.

    Args:
        text: Valid TOML.
        path: The key with the names of its tables before it.
    """
    lines = _lines(text)
    return next((lines[path[:end]] for end in range(len(path), 0, -1) if path[:end] in lines), None)


@lru_cache(maxsize=1)
def _lines(text: str) -> dict[tuple[str, ...], int]:
    """The first line of each key and table; kept, as one text is asked for many keys."""
    lines: dict[tuple[str, ...], int] = {}
    table: tuple[str, ...] = ()
    open_quote = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if open_quote:
            if line.count(open_quote) % 2:
                open_quote = ""
            continue
        if header := re.match(_HEADER, line):
            found = table = _split(header[1])
        elif assignment := re.match(_ASSIGNMENT, line):
            found = table + _split(assignment[1])
            open_quote = next((quote for quote in _QUOTES if line.count(quote) % 2), "")
        else:
            continue
        lines.setdefault(found, number)
    return lines


def _split(key: str) -> tuple[str, ...]:
    return tuple(_unquote(part) for part in re.findall(_PART, key))


def _unquote(part: str) -> str:
    if part[0] == "'":
        return part[1:-1]
    if part[0] == '"':
        return re.sub(r"\\(.)", r"\1", part[1:-1])
    return part
