r"""Prompts as ComfyUI reads them, and Fooocus, which took ComfyUI's reader and added to it.

`(x)` weighs 1.1 times and groups multiply, but a number is meant as it stands, whatever is around it:
in `((a:1.2) b:1.5)` the a has 1.2. `\(` and `\)` are plain; square brackets are always text.
`embedding:name` names a textual inversion. Fooocus also knows `<lora:name:0.8>`, `[[a, b]]` (one for
each picture) and `__name__` (a line drawn from a file).
Source: ComfyUI 0.3.64, `comfy/sd1_clip.py`; Fooocus-API 0.5.0.1, contract page, section A2.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from darkroom.domain.translate.a1111 import DEPTH, UP, read_tag, write_tag
from darkroom.domain.translate.tree import (
    Alternated,
    Break,
    Embedding,
    Item,
    Items,
    Listed,
    Part,
    Prompt,
    Scheduled,
    Swapped,
    Tag,
    Text,
    Wildcard,
    number,
    settled,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_OPEN, _CLOSE = "\0\1", "\0\2"
"""What an escaped parenthesis is while groups are looked for."""

_NAME = r"(?<!\S)embedding:(?P<name>[^\s\0]+?)(?=,*(?:\s|\Z))"
_EMBEDDING = re.compile(_NAME)
_FOOOCUS = re.compile(
    r"(?P<tag><lora:[^<>:]{1,300}(?::[^<>]{0,100})?>)"
    rf"|{_NAME}"
    r"|\[\[(?P<list>[^\[\]]{1,2000})\]\]|__(?P<wild>[\w/-]{1,100}?)__"
)


def parse(text: str) -> Prompt:
    """The tree of a prompt for ComfyUI."""
    return _parsed(text, _with_embeddings)


def parse_fooocus(text: str) -> Prompt:
    """The tree of a prompt for Fooocus."""
    return _parsed(text, _with_additions)


def _parsed(text: str, plain: Callable[[str, float], Iterator[Item]]) -> Prompt:
    hidden = text.replace("\0", "").replace("\\(", _OPEN).replace("\\)", _CLOSE)
    items = (item for words, weight in _weighted(hidden, 1.0, 0) for item in plain(words, weight))
    return settled(Prompt((Part(tuple(items)),)))


def _weighted(text: str, weight: float, depth: int) -> Iterator[tuple[str, float]]:
    """Pieces of text with the weight that each has in the end."""
    for piece in _pieces(text):
        if depth >= DEPTH or len(piece) < 2 or piece[0] != "(" or piece[-1] != ")":
            yield piece, weight
            continue
        inside, factor = piece[1:-1], weight * UP
        colon = inside.rfind(":")
        said = _float(inside[colon + 1 :]) if colon > 0 else None
        if said is not None:
            inside, factor = inside[:colon], said
        yield from _weighted(inside, factor, depth + 1)


def _float(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _pieces(text: str) -> Iterator[str]:
    """Groups and what is between them. After a parenthesis that closes nothing there are no groups."""
    begun, level = 0, 0
    for place, char in enumerate(text):
        if char == "(":
            if level == 0:
                yield from filter(None, (text[begun:place],))
                begun = place
            level += 1
        elif char == ")":
            level -= 1
            if level == 0:
                yield text[begun : place + 1]
                begun = place + 1
    yield from filter(None, (text[begun:],))


def _shown(text: str) -> str:
    return text.replace(_OPEN, "(").replace(_CLOSE, ")")


def _with_embeddings(text: str, weight: float) -> Iterator[Item]:
    begun = 0
    for found in _EMBEDDING.finditer(text):
        yield Text(_shown(text[begun : found.start()]), weight)
        yield Embedding(found["name"], weight)
        begun = found.end()
    yield Text(_shown(text[begun:]), weight)


def _with_additions(text: str, weight: float) -> Iterator[Item]:
    begun = 0
    for found in _FOOOCUS.finditer(text):
        yield Text(_shown(text[begun : found.start()]), weight)
        if found["tag"]:
            yield read_tag(_shown(found["tag"]))
        elif found["name"]:
            yield Embedding(found["name"], weight)
        elif found["wild"]:
            yield Wildcard(found["wild"], weight)
        else:
            options = (tuple(_with_embeddings(option.strip(), weight)) for option in found["list"].split(","))
            yield Listed(tuple(options))
        begun = found.end()
    yield Text(_shown(text[begun:]), weight)


def write(prompt: Prompt) -> str:
    """The text of a tree for ComfyUI. What it does not know is written as its first option, or left out."""
    return _joined(prompt, fooocus=False)


def write_fooocus(prompt: Prompt) -> str:
    """The text of a tree for Fooocus."""
    return _joined(prompt, fooocus=True)


def _joined(prompt: Prompt, *, fooocus: bool) -> str:
    return ", ".join(_write(part.items, fooocus) for part in prompt.parts)


def _write(items: Items, fooocus: bool) -> str:
    pieces: list[str] = []
    last, name = "", False
    for item in items:
        piece = _written(item, fooocus)
        if not piece:
            continue
        pieces.append(f" {piece}" if _touches(last, piece, name) else piece)
        last, name = piece[-1], isinstance(item, Embedding) and item.weight == 1
    return "".join(pieces)


def _touches(last: str, piece: str, name: bool) -> bool:
    """Whether a piece means something else without a blank before it.

    Args:
        last: The character before it, "" for none.
        piece: What follows.
        name: Whether an embedding's name stands before it, which ends at a blank.
    """
    if not last or last.isspace() or piece[0].isspace():
        return False
    plain = last == "\\" and piece[0] == "("  # a backslash would make the parenthesis plain
    wildcard = last == "_" == piece[0]
    return plain or wildcard or piece.startswith("embedding:") or (name and piece[0] != "(")


def _written(item: Item, fooocus: bool) -> str:
    match item:
        case Text(text, weight):
            return _group(_escaped(text, fooocus), weight)
        case Embedding(name, weight):
            return _group(f"embedding:{_escaped(name, fooocus)}", weight)
        case Wildcard(name, weight):
            return _group(f"__{name}__", weight)
        case Tag():
            return write_tag(item) if fooocus else ""
        case Break():
            return ", "
        case Scheduled(_, after, _) | Swapped(_, after):
            return _write(after, fooocus)
        case Listed(options) if fooocus:
            return f"[[{', '.join(_write(option, fooocus) for option in options)}]]"
        case Alternated(options) | Listed(options):
            return _write(options[0], fooocus) if options else ""


def _group(text: str, weight: float) -> str:
    return text if weight == 1 else f"({text}:{number(weight)})"


def _escaped(text: str, fooocus: bool) -> str:
    # Two brackets would begin a list; with a blank between them they are two brackets.
    apart = re.sub(r"(?<=\[)(?=\[)|(?<=\])(?=\])", " ", text) if fooocus else text
    return apart.replace("(", "\\(").replace(")", "\\)")
