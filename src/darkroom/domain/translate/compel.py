r"""Prompts as InvokeAI reads them for SD1, SD2 and SDXL, through Compel.

`(some words)1.3` is a weight; `word+`, `(words)--` raise and lower by 1.1 and 0.9; groups multiply and
parentheses alone mean nothing; square brackets are text. `("a", "b").and(1, 0.5)` and `.blend(…)` join
whole prompts, `a.swap(b)` swaps attention, `<name>` is a textual inversion. Quotes vanish.
Source: compel 2.5.1 as InvokeAI 6.14.2 has it, recordings `09_compel_parse*`; contract page, section 9.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import NamedTuple

from darkroom.domain.translate.a1111 import DEPTH
from darkroom.domain.translate.tree import (
    Alternated,
    Break,
    Embedding,
    Item,
    Items,
    Joint,
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
    scaled,
    settled,
)

PLUS, MINUS = 1.1, 0.9
"""What one `+` and one `-` do."""

_QUOTED = r'"(?:\\"|[^"])*"'
_NUMBER = r"\d{1,9}\.?\d{0,9}|\.\d{1,9}"
_ENDS = r"(?=[\s,.;!?()\"]|\Z)"
"""What may follow the signs at the end of a word."""

_LETTER = r"(?:\\[+\-]|\\(?![()\"+\-])|[^\s()\",\\+\-])"
"""What makes a word of what signs stand at the end of; an escaped sign does."""

_JOINED = re.compile(
    rf"\s*\(\s*(?P<parts>{_QUOTED}(?:\s*,\s*{_QUOTED})*)\s*\)\s*\.(?P<joint>and|blend)\((?P<weights>[^()]*)\)\s*"
)
_TOKEN = re.compile(
    rf"(?P<swap>(?P<from>{_QUOTED}|[^\s()\",]+)\.swap\((?P<to>[^()]*)\))"
    r"|withLora\((?P<lora>[^(),]+)(?:,(?P<strength>[^(),]*))?\)"
    rf"|<(?P<name>[^\s<>:()\",]+)>(?P<signs>\++|-+)?{_ENDS}"
    r"|(?P<escaped>\\[()\"])"
    r"|(?P<mark>[()])"
    rf"|(?P<word>[+\-]*{_LETTER}(?:{_LETTER}|[+\-])*?)(?P<tail>\+{{2,}}|-{{2,}}|[+\-]{_ENDS})"
    r"|(?P<quote>\")"
    r"|(?P<text>(?:\\(?![()\"])|[^\s()\",\\<])+|.)",
    re.DOTALL,
)
_AFTER = re.compile(rf"(?P<number>{_NUMBER})|(?P<signs>\++|-+)")
_SIGNED_WORD = re.compile(rf"(?<=[^\s+\-])(?=[+\-]+{_ENDS}|\+{{2}}|-{{2}})")
_SIGNS = re.compile(rf"(?<=[^\s+\-])[+\-]+{_ENDS}|(?:(?<=\s)|\A)[+\-]+(?=\s|\Z)|(?:\+{{2,}}|-{{2,}})[+\-]*")
"""Signs that would weigh a word, or keep a group from being one: they stand outside of groups."""


class _Token(NamedTuple):
    start: int
    end: int
    found: re.Match[str]


def parse(text: str) -> Prompt:
    """The tree of a prompt. What does not fit the grammar is text, as it is for Compel."""
    joined = _JOINED.fullmatch(text)
    if joined is None:
        return settled(Prompt((Part(_items(text)),)))
    quoted = re.findall(_QUOTED, joined["parts"])
    given = [
        word for word in re.split(r"[\s,]+", joined["weights"]) if re.fullmatch(rf"-?(?:{_NUMBER})", word)
    ]
    weights = [*map(float, given), *[1.0] * len(quoted)][: len(quoted)]
    parts = tuple(
        Part(_items(one[1:-1]), rounded(weight)) for one, weight in zip(quoted, weights, strict=True)
    )
    return settled(Prompt(parts, Joint(joined["joint"])))


def _items(text: str) -> Items:
    return _Reader(text).read(0, None, 0, 1.0)


class _Reader:
    """Reads ranges of a text's tokens. Which parenthesis belongs to which is found once."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = [_Token(*found.span(), found) for found in _TOKEN.finditer(text)]
        self._closing: dict[int, int] = {}
        self._quotes: set[int] = set()
        opened: list[int] = []
        quotes: list[int] = []
        for place, token in enumerate(self._tokens):
            if token.found["mark"] == "(":
                opened.append(place)
            elif token.found["mark"] == ")" and opened:
                self._closing[opened.pop()] = place
            elif token.found["quote"]:
                quotes.append(place)
        # Quotes come in pairs; one that is left over is text.
        self._quotes.update(quotes[: len(quotes) // 2 * 2])

    def read(self, start: int, end: int | None, depth: int, weight: float) -> Items:
        found: list[Item] = []
        place = start
        stop = len(self._tokens) if end is None else end
        skip_to = 0
        while place < stop:
            token = self._tokens[place]
            close = self._closing.get(place)
            if close is not None and depth < DEPTH:
                factor, skip_to = self._factor(self._tokens[close].end)
                found += self.read(place + 1, close, depth + 1, weight * factor)
                place = close
            elif place not in self._quotes:
                found += scaled(self._plain(token, skip_to), weight)
            place += 1
        return tuple(found)

    def _factor(self, after: int) -> tuple[float, int]:
        """The weight that stands after a group, and where it ends."""
        found = _AFTER.match(self._text, after)
        if found is None:
            return 1.0, after
        return (float(found["number"]) if found["number"] else _signs(found["signs"])), found.end()

    def _plain(self, token: _Token, skip_to: int) -> Items:
        if token.start < skip_to:
            return _items(self._text[skip_to : token.end]) if skip_to < token.end else ()
        found = token.found
        if found["swap"]:
            return (Swapped(_items(found["from"]), _items(found["to"])),)
        if found["lora"]:
            strength = found["strength"] or ""
            said = float(strength) if re.fullmatch(rf"\s*-?(?:{_NUMBER})\s*", strength) else 1.0
            return (Tag("lora", found["lora"].strip(), rounded(said)),)
        if found["name"]:
            return (Embedding(found["name"], _signs(found["signs"] or "")),)
        if found["tail"]:
            return (Text(found["word"], _signs(found["tail"])),)
        return (Text(found[0][1:] if found["escaped"] else found[0]),)


def _signs(signs: str) -> float:
    return float((PLUS if signs.startswith("+") else MINUS) ** min(len(signs), 50)) if signs else 1.0


def fitted(prompt: Prompt) -> Prompt:
    """`prompt` with the signs that no group can hold outside of weighted texts: they lose their weight."""
    parts = tuple(replace(part, items=_without_signs(part.items)) for part in prompt.parts)
    return settled(replace(prompt, parts=parts))


def _without_signs(items: Items) -> Items:
    found: list[Item] = []
    for item in items:
        if not isinstance(item, Text) or item.weight == 1:
            found.append(item)
            continue
        begun = 0
        for signs in _SIGNS.finditer(item.text):
            found += [Text(item.text[begun : signs.start()], item.weight), Text(signs[0])]
            begun = signs.end()
        found.append(Text(item.text[begun:], item.weight))
    return tuple(found)


def write(prompt: Prompt) -> str:
    """The text of a tree. What Compel does not know is written as its first option, or left out."""
    texts = [_write(part.items) for part in prompt.parts]
    if len(texts) == 1:
        return texts[0]
    quoted = ", ".join(f'"{text} "' if text.endswith("\\") else f'"{text}"' for text in texts)
    weights = [part.weight for part in prompt.parts]
    said = "" if set(weights) == {1.0} and prompt.joint is Joint.AND else ", ".join(map(number, weights))
    return f"({quoted}).{prompt.joint}({said})"


def _write(items: Items) -> str:
    pieces: list[str] = []
    last, group, name = "", False, False
    for item in items:
        piece = _written(item)
        if not piece:
            continue
        starts_group, starts_name = piece.startswith("("), isinstance(item, Embedding | Swapped)
        blank = not last or last.isspace() or piece[0].isspace()
        # A number or a sign right after a group would be its weight; a word before one would be its start.
        apart = (group and piece[0] != ",") or name or starts_group or starts_name
        pieces.append(f" {piece}" if apart and not blank else piece)
        last, group, name = piece[-1], starts_group, starts_name
    return "".join(pieces)


def _written(item: Item) -> str:
    match item:
        case Text(text, weight):
            return _group(_escaped(text), weight)
        case Embedding(name, weight):
            return _group(f"<{name}>", weight)
        case Wildcard(name, weight):
            return _group(f"__{name}__", weight)
        case Swapped(before, after):
            return f"{_quoted(before)}.swap({_quoted(after)})"
        case Tag():
            return ""
        case Break():
            return ", "
        case Scheduled(_, after, _):
            return _write(after)
        case Alternated(options) | Listed(options):
            return _write(options[0]) if options else ""


def _quoted(items: Items) -> str:
    written = _write(items)
    return written if re.fullmatch(r"[^\s()\",]+", written) else f'"{written}"'


def _group(text: str, weight: float) -> str:
    if weight == 1:
        return text
    return f"({text} ){number(weight)}" if text.endswith("\\") else f"({text}){number(weight)}"


def _escaped(text: str) -> str:
    return re.sub(r'[()"]', r"\\\g<0>", _SIGNED_WORD.sub(" ", text))
