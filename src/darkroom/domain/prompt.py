r"""Prompt text: weights as A1111 and ComfyUI write them, and how long a prompt is.

`(word:1.2)` gives a word 1.2 times its weight, `(word)` 1.1 times; `\(` is a plain parenthesis.
Source: ComfyUI 0.3.64, `comfy/sd1_clip.py`; the keys follow its frontend's attention editor.
"""

from __future__ import annotations

import math
import re
from decimal import Decimal
from typing import NamedTuple

CHUNK_TOKENS = 75
"""Tokens of a prompt that CLIP reads at once; longer prompts go in several pieces."""

_DELIMITERS = frozenset(" .,\\/!?%^*;:{}=-_`~()[]<>|\r\n\t")
_WEIGHTED = re.compile(r"\((?P<inside>.*):\s*(?P<weight>[+-]?\d{0,6}\.?\d{0,6})\s*\)", re.DOTALL)
_BARE = Decimal("1.1")
"""What parentheses without a number mean."""

_LEAST, _MOST = Decimal(0), Decimal(10)
_GRAIN = Decimal("0.01")


class Edited(NamedTuple):
    """A changed text and the part to select in it: pressing the key again changes it again."""

    text: str
    start: int
    end: int


class Count(NamedTuple):
    """How long a prompt is.

    Attributes:
        words: Runs of letters and digits.
        estimated_tokens: A guess at what CLIP's tokenizer makes of it, without start and end
            marks; within about a quarter for English. T5 and other encoders count differently.
        chunks: Pieces of `CHUNK_TOKENS` that the estimate fills; at least 1.
    """

    words: int
    estimated_tokens: int
    chunks: int


def word_at(text: str, offset: int) -> tuple[int, int]:
    """Start and end of the word that touches `offset`; an empty range when none does."""
    start = end = max(0, min(offset, len(text)))
    while start > 0 and text[start - 1] not in _DELIMITERS:
        start -= 1
    while end < len(text) and text[end] not in _DELIMITERS:
        end += 1
    return start, end


def change_weight(text: str, start: int, end: int, delta: float) -> Edited:
    """Raises or lowers the weight of what is selected, or of what the cursor is in.

    Args:
        text: The prompt.
        start: Where the selection begins.
        end: Where it ends; equal to `start` for a bare cursor, which means the parentheses around
            it or else the word it touches.
        delta: For example 0.1 or -0.1.

    Returns:
        The text with `(part:weight)`, without parentheses at a weight of 1. Weights stay between
        0 and 10. Nothing is changed where there is no word, or half a pair of parentheses.
    """
    start, end = sorted((max(0, min(start, len(text))), max(0, min(end, len(text)))))
    found = _part(text, start, end)
    if found is None:
        return Edited(text, start, end)
    start, end = found
    inside, weight = _read(text[start:end])
    weight = min(max(weight + Decimal(repr(delta)), _LEAST), _MOST).quantize(_GRAIN)
    part = inside if weight == 1 else f"({inside}:{_write(weight)})"
    return Edited(text[:start] + part + text[end:], start, start + len(part))


def count(text: str) -> Count:
    """How long a prompt is, weights not counted."""
    plain = re.sub(r"(?<!\\)[()]|:\s*[+-]?\d+(?:\.\d+)?(?=\s*\))", " ", text)
    words = re.findall(r"[^\W_]+", plain)
    tokens = sum(map(_tokens, words)) + len(re.findall(r"[^\w\s\\]", plain))
    return Count(len(words), tokens, max(1, math.ceil(tokens / CHUNK_TOKENS)))


def _tokens(word: str) -> int:
    """CLIP knows common words whole, cuts long ones up, and reads digits one by one."""
    digits = sum(char.isdigit() for char in word)
    if not word.isascii():
        # Its alphabet is bytes: a letter beyond ASCII is two to four of them.
        return digits + max(1, len(word.encode("utf-8", "replace")) // 2)
    letters = len(word) - digits
    return digits + (math.ceil(letters / 8) if letters else 0)


def _part(text: str, start: int, end: int) -> tuple[int, int] | None:
    """What a selection, or a cursor, means; `None` for nothing that can be weighted."""
    pairs, lonely = _pairs(text)
    if start == end:
        around = [pair for pair in pairs if pair[0] < start < pair[1]]
        if around:
            return min(around, key=lambda pair: pair[1] - pair[0])
        start, end = word_at(text, start)
        return (start, end) if start < end else None
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    if start == end or any(start <= place < end for place in lonely):
        return None
    if any((start <= left < end) != (start < right <= end) for left, right in pairs):
        return None
    if (start, end) in pairs:
        return start, end
    around = [pair for pair in pairs if pair[0] < start and end < pair[1]]
    if around:
        left, right = min(around, key=lambda pair: pair[1] - pair[0])
        matched = _WEIGHTED.fullmatch(text, left, right)
        if (start, end) == (matched.span("inside") if matched else (left + 1, right - 1)):
            return left, right
    return start, end


def _pairs(text: str) -> tuple[list[tuple[int, int]], list[int]]:
    """Pairs of parentheses as (start, end), inner ones first, and the places of lonely ones."""
    pairs, opened, lonely = [], [], []
    escaped = False
    for place, char in enumerate(text):
        if escaped:
            escaped = False
        elif char == "\\":
            escaped = True
        elif char == "(":
            opened.append(place)
        elif char == ")" and opened:
            pairs.append((opened.pop(), place + 1))
        elif char == ")":
            lonely.append(place)
    return pairs, lonely + opened


def _read(part: str) -> tuple[str, Decimal]:
    """What stands inside, and its weight; plain text has weight 1."""
    pairs, _ = _pairs(part)
    if (0, len(part)) not in pairs:
        return part, Decimal(1)
    matched = _WEIGHTED.fullmatch(part)
    if matched is not None and any(char.isdigit() for char in matched["weight"]):
        return matched["inside"], Decimal(matched["weight"])
    return part[1:-1], _BARE


def _write(weight: Decimal) -> str:
    text = f"{weight:f}".rstrip("0").rstrip(".")
    return text if "." in text else f"{text}.0"
