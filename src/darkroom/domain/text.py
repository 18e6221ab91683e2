"""Text from people and servers, made safe to show.

Nothing foreign reaches a terminal without `printable`: control characters, escape sequences and
bidirectional overrides are replaced by visible stand-ins, so that data can never act.
"""

from __future__ import annotations

import unicodedata

_KEEP_CATEGORIES = frozenset(("Zs",))
"""Separators that may stay; line and paragraph separators (Zl, Zp) may not."""

_JOINERS = frozenset("\u200c\u200d\ufe0e\ufe0f")
"""Format characters of words and emoji that stay; others (bidi overrides …) are shown as U+FFFD."""


def printable(text: str, *, keep_lines: bool = False, tab_columns: int = 4) -> str:
    """`text` without anything a terminal would act on.

    Args:
        text: Any string, lone surrogates included.
        keep_lines: Keep newlines; otherwise each becomes a space.
        tab_columns: Spaces that stand for a tab.

    Returns:
        The text with CR LF folded to LF, tabs as spaces, and each remaining control, format,
        surrogate, private-use or unassigned character as U+FFFD.
    """
    if text.isprintable():
        return text
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " " * tab_columns)
    if not keep_lines:
        text = text.replace("\n", " ")
    return "".join(char if char.isprintable() else _stand_in(char) for char in text)


def _stand_in(char: str) -> str:
    if char == "\n" or char in _JOINERS:
        return char
    category = unicodedata.category(char)
    if category[0] == "C" or (category[0] == "Z" and category not in _KEEP_CATEGORIES):
        return "\ufffd"
    return char


def excerpt(text: str, length: int) -> str:
    """The start of `text` on one line, at most `length` characters, with "…" where it was cut."""
    line = " ".join(printable(text[: length * 4], keep_lines=True).split())
    if len(line) <= length and len(text) <= length * 4:
        return line
    return line[: max(length - 1, 0)].rstrip() + "…"


def plural(count: int, noun: str, nouns: str = "") -> str:
    """`count` with its noun: `plural(1, "picture")` is "1 picture", `plural(3, "picture")` "3 pictures"."""
    return f"{count:,} {noun if count == 1 else nouns or noun + 's'}"
