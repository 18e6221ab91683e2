"""Paths as terminals paste them when a file is dragged in."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from urllib.parse import unquote, urlsplit

_ESCAPE = re.compile(r"\\[^\w\\:]")
"""A backslash before what a shell would read; before a letter it may be part of a Windows path."""


def dropped_path(text: str) -> str:
    r"""The path that a paste means: `'a b.png'`, `a\ b.png` and `file:///a%20b.png` are all `a b.png`.

    Of several files the first is meant. Text that is none of these stays as it is, without the
    spaces and line ends around it.
    """
    text = text.strip().split("\n", 1)[0].strip()
    if text.startswith("file:"):
        return unquote(urlsplit(text.split(" ", 1)[0]).path)
    if text.startswith(("'", '"')) or _ESCAPE.search(text):
        # Terminals quote for a POSIX shell.
        try:
            return shlex.split(text)[0]
        except (ValueError, IndexError):
            return text
    return text


def file_meant(text: str) -> Path:
    """The file that a typed or pasted path means, `~` resolved where there is such a home."""
    path = Path(dropped_path(text))
    try:
        return path.expanduser()
    except RuntimeError:
        return path
