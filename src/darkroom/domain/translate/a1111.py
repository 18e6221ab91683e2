r"""Prompts as A1111, Forge and SD.Next read them.

`(x)` weighs 1.1 times, `[x]` 1/1.1, `(x:1.3)` 1.3 times, groups multiply; `\` makes the next character
plain. `[from:to:when]`, `[a|b]`, `BREAK`, `AND` and `<lora:name:0.8>` are not text.
Source: A1111 1.10, `modules/prompt_parser.py` and its own examples; contract page, section 9.
"""

from __future__ import annotations

import re
from typing import NamedTuple

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
    rounded,
    settled,
)

UP, DOWN = 1.1, 1 / 1.1
"""What `(…)` and `[…]` without a number do."""

DEPTH = 60
"""Brackets within brackets beyond this are text: nobody means them, and each costs stack."""

_NUMBER = r"[+-]?(?:\d{1,9}\.?\d{0,9}|\.\d{1,9})"
_TOKEN = re.compile(
    r"(?P<tag><(?:lora|lyco|hypernet):[^<>:]{1,300}(?::[^<>]{0,100})?>)"
    r"|(?P<escaped>\\.?)|(?P<mark>[()\[\]:|])|(?P<break>\bBREAK\b)"
    r"|(?P<text>(?:(?!\bBREAK\b)[^\\()\[\]:|<])+|.)",
    re.DOTALL,
)
_AND = re.compile(r"\bAND\b")
_WEIGHT = re.compile(rf":\s*(?P<weight>{_NUMBER})\s*\Z")
_SPECIAL = re.compile(r"[\\()\[\]]")
_CAPITAL = re.compile(r"\b(?:AND|BREAK)\b")
_CLOSING = {"(": ")", "[": "]"}


class _Token(NamedTuple):
    kind: str
    text: str


def parse(text: str) -> Prompt:
    """The tree of a prompt. Every text has one: what does not fit the grammar is text, as A1111 has it.

    A number after the last colon of a prompt that stands alone ("ratio 16:9") stays text.
    """
    pieces = _AND.split(text)
    if len(pieces) == 1:
        return settled(Prompt((Part(_items(text)),)))
    return settled(Prompt(tuple(map(_part, pieces))))


def _part(piece: str) -> Part:
    found = _WEIGHT.search(piece)
    if found is None:
        return Part(_items(piece))
    return Part(_items(piece[: found.start()]), rounded(float(found["weight"])))


def _items(text: str) -> Items:
    tokens = [_Token(str(found.lastgroup), found[0]) for found in _TOKEN.finditer(text)]
    return _Reader(tokens).read(0, len(tokens), 0, 1.0)


class _Reader:
    """Reads ranges of tokens. Which bracket belongs to which is found once, for all of them."""

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._closing: dict[int, int] = {}
        opened: list[int] = []
        for place, (kind, text) in enumerate(tokens):
            if kind != "mark":
                continue
            if text in _CLOSING:
                opened.append(place)
            elif text in ")]" and opened and _CLOSING[tokens[opened[-1]].text] == text:
                self._closing[opened.pop()] = place

    def read(self, start: int, end: int, depth: int, weight: float) -> Items:
        found: list[Item] = []
        place = start
        while place < end:
            kind, text = self._tokens[place]
            if kind == "mark" and text in _CLOSING and depth < DEPTH:
                close = self._closing.get(place)
                if close is None or close >= end:
                    # An open bracket without its end weighs all that follows.
                    factor = UP if text == "(" else DOWN
                    return (*found, *self.read(place + 1, end, depth + 1, weight * factor))
                read = self._round if text == "(" else self._square
                found += read(place + 1, close, depth + 1, weight)
                place = close
            else:
                found.append(_plain(kind, text, weight))
            place += 1
        return tuple(found)

    def _round(self, start: int, end: int, depth: int, weight: float) -> Items:
        factor = self._number(end - 1) if end - start >= 2 and self._is(end - 2, ":") else None
        if factor is None:
            return self.read(start, end, depth, weight * UP)
        return self.read(start, end - 2, depth, weight * factor)

    def _square(self, start: int, end: int, depth: int, weight: float) -> Items:
        bars = self._separators(start, end, "|")
        if bars:
            return (Alternated(tuple(self.read(a, b, depth, weight) for a, b in _ranges(start, end, bars))),)
        colons = self._separators(start, end, ":")
        when = self._number(end - 1) if colons and colons[-1] == end - 2 else None
        if when is None or when < 0 or len(colons) > 2:
            return self.read(start, end, depth, weight * DOWN)
        *branches, _ = (self.read(a, b, depth, weight) for a, b in _ranges(start, end, colons))
        return (Scheduled(branches[0] if len(branches) == 2 else (), branches[-1], when),)

    def _separators(self, start: int, end: int, mark: str) -> list[int]:
        found, place = [], start
        while place < end:
            if self._is(place, mark):
                found.append(place)
            place = self._closing.get(place, place) + 1
        return found

    def _is(self, place: int, mark: str) -> bool:
        return self._tokens[place] == ("mark", mark)

    def _number(self, place: int) -> float | None:
        kind, text = self._tokens[place]
        return float(text) if kind == "text" and re.fullmatch(rf"\s*{_NUMBER}\s*", text) else None


def _ranges(start: int, end: int, separators: list[int]) -> list[tuple[int, int]]:
    return list(zip([start, *(place + 1 for place in separators)], [*separators, end], strict=True))


def _plain(kind: str, text: str, weight: float) -> Item:
    match kind:
        case "tag":
            return read_tag(text)
        case "break":
            return Break()
        case "escaped":
            return Text(text[1:], weight)
        case _:
            return Text(text, weight)


def read_tag(text: str) -> Tag:
    """A tag such as `<lora:name:0.8:0.5>`."""
    kind, name, *arguments = text[1:-1].split(":")
    strength, rest = 1.0, ""
    if arguments:
        plain = re.fullmatch(rf"\s*{_NUMBER}\s*", arguments[0])
        strength = rounded(float(arguments[0])) if plain else 1.0
        rest = "".join(f":{argument}" for argument in (arguments[1:] if plain else arguments))
    return Tag("hypernet" if kind == "hypernet" else "lora", name.strip(), strength, rest)


def write_tag(tag: Tag) -> str:
    """`<lora:name:0.8>`."""
    return f"<{tag.kind}:{tag.name}:{number(tag.strength)}{tag.rest}>"


def write(prompt: Prompt) -> str:
    """The text of a tree. Branches that only other services know are written as their first option."""
    parts = [_write(part.items) for part in prompt.parts]
    if len(parts) == 1:
        return parts[0]
    return " AND ".join(map(_joined, parts, (part.weight for part in prompt.parts)))


def _joined(text: str, weight: float) -> str:
    # A text that ends like a weight needs one, or its own end would be taken for it.
    return f"{text} :{number(weight)}" if weight != 1 or _WEIGHT.search(text) else text


def _write(items: Items, *, inside: bool = False) -> str:
    return "".join(_written(item, inside) for item in items)


def _written(item: Item, inside: bool) -> str:
    match item:
        case Text(text, weight):
            return _weighted(_escaped(text, inside), weight)
        case Embedding(name, weight):
            return _weighted(_escaped(name, inside), weight)
        case Wildcard(name, weight):
            return _weighted(_escaped(f"__{name}__", inside), weight)
        case Tag():
            return write_tag(item)
        case Break():
            return " BREAK "
        case Scheduled(before, after, when):
            start = f"{_write(before, inside=True)}:" if before else ""
            return f"[{start}{_write(after, inside=True)}:{number(when)}]"
        case Alternated(options):
            return f"[{'|'.join(_write(option, inside=True) for option in options)}]"
        case Listed(options):
            return _write(options[0], inside=inside) if options else ""
        case Swapped(_, after):
            return _write(after, inside=inside)


def _weighted(text: str, weight: float) -> str:
    return text if weight == 1 else f"({text}:{number(weight)})"


def _escaped(text: str, inside: bool) -> str:
    # CLIP reads small letters only: "and" is the same word, and joins nothing.
    small = _CAPITAL.sub(lambda found: found[0].lower(), text)
    plain = _SPECIAL.sub(r"\\\g<0>", small)
    return re.sub(r"[:|]", r"\\\g<0>", plain) if inside else plain
