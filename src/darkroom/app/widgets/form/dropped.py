"""Paths as terminals paste them when a file is dragged in."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

_ESCAPED = re.compile(r"\\(.)")


def dropped_path(text: str) -> str:
    r"""The path that a paste means: `'a b.png'`, `a\ b.png` and `file:///a%20b.png` are all `a b.png`.

    Of several files the first is meant. Text that is none of these stays as it is, without the
    spaces and line ends around it.
    """
    text = text.strip().split("\n", 1)[0].strip()
    for quote in "'\"":
        if text.startswith(quote) and (end := text.find(quote, 1)) > 0:
            return text[1:end].replace(f"{quote}\\{quote}{quote}", quote)
    if text.startswith("file:"):
        return unquote(urlsplit(text.split(" ", 1)[0]).path)
    if "\\ " in text or "\\'" in text or "\\(" in text:
        return _ESCAPED.sub(r"\1", text)
    return text


def file_meant(text: str) -> Path:
    """The file that a typed or pasted path means, `~` resolved where there is such a home."""
    path = Path(dropped_path(text))
    try:
        return path.expanduser()
    except RuntimeError:
        return path
