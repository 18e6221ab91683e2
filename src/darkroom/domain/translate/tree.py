"""A prompt as a small tree, free of any service's spelling.

Texts lie flat and carry the weight they have in the end: ComfyUI reads the number of an inner group as
it stands, A1111 and Compel multiply it with those around it, and only the product means the same to all.
What changes while sampling holds branches of its own.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable

GRAIN = 4
"""Digits behind the point that a weight keeps."""


@dataclass(frozen=True, slots=True)
class Text:
    """Words with a weight; 1 is normal."""

    text: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Embedding:
    """A textual inversion, named outright."""

    name: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Wildcard:
    """A line that the server draws from a file of this name (Fooocus: `__name__`)."""

    name: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Tag:
    """A network that is switched on from within the prompt: `<lora:name:0.8>`.

    Attributes:
        kind: `lora` or `hypernet`.
        name: As written, without folder or ending as a rule.
        strength: For the whole; 1 when nothing was said.
        rest: Further arguments, verbatim (":0.5" for a strength of its own in the image model).
    """

    kind: str
    name: str
    strength: float = 1.0
    rest: str = ""


@dataclass(frozen=True, slots=True)
class Break:
    """Here a new piece of 75 tokens begins (A1111: `BREAK`)."""


@dataclass(frozen=True, slots=True)
class Scheduled:
    """One thing until a point of the sampling, another from then on (A1111: `[before:after:when]`).

    `when` below 1 is a part of all steps, from 1 on a step.
    """

    before: Items
    after: Items
    when: float


@dataclass(frozen=True, slots=True)
class Alternated:
    """Another option in each step, round and round (A1111: `[a|b]`)."""

    options: tuple[Items, ...]


@dataclass(frozen=True, slots=True)
class Listed:
    """Another option in each picture of a batch (Fooocus: `[[a, b]]`)."""

    options: tuple[Items, ...]


@dataclass(frozen=True, slots=True)
class Swapped:
    """The second thing, painted with the attention of the first (Compel: `a.swap(b)`)."""

    before: Items
    after: Items


Item: TypeAlias = Text | Embedding | Wildcard | Tag | Break | Scheduled | Alternated | Listed | Swapped
Items: TypeAlias = tuple[Item, ...]


class Joint(StrEnum):
    """How the parts of a prompt go together."""

    AND = "and"
    """Each is heeded for itself (A1111: `AND`, Compel: `.and()`)."""
    BLEND = "blend"
    """Their meanings are mixed (Compel: `.blend()`)."""


@dataclass(frozen=True, slots=True)
class Part:
    """One of the prompts that are joined."""

    items: Items
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Prompt:
    """A whole prompt; nearly always of one part."""

    parts: tuple[Part, ...] = (Part(()),)
    joint: Joint = Joint.AND


def number(weight: float) -> str:
    """A weight as it is written: "1.2", "0.9091", never with an exponent."""
    return f"{weight:.{GRAIN}f}".rstrip("0").rstrip(".")


def rounded(weight: float) -> float:
    """A weight as `number` will tell it again; what is no finite number is 1."""
    return round(weight, GRAIN) + 0.0 if math.isfinite(weight) else 1.0


def scaled(items: Items, factor: float) -> Items:
    """`items` with every weight multiplied."""
    return tuple(_scaled(item, factor) for item in items)


def _scaled(item: Item, factor: float) -> Item:
    match item:
        case Text() | Embedding() | Wildcard():
            return replace(item, weight=item.weight * factor)
        case Scheduled() | Swapped():
            return replace(item, before=scaled(item.before, factor), after=scaled(item.after, factor))
        case Alternated() | Listed():
            return replace(item, options=tuple(scaled(option, factor) for option in item.options))
        case _:
            return item


def settled(prompt: Prompt) -> Prompt:
    """The one tree of all that mean the same: texts joined, weights rounded, blanks without weight."""
    parts = tuple(Part(settled_items(part.items), rounded(part.weight)) for part in prompt.parts)
    if len(parts) == 1:
        return Prompt((Part(parts[0].items),))  # nothing to weigh it against
    return Prompt(tuple(replace(part, items=_trimmed(part.items)) for part in parts), prompt.joint)


def settled_items(items: Items) -> Items:
    """What `settled` does, for one branch."""
    # Joined first, or blanks between two words of one weight would be taken for edges.
    return tuple(_around_breaks(_joined(_loosened(_joined(map(_rounded, items))))))


def _joined(items: Iterable[Item]) -> list[Item]:
    """Neighbouring texts of one weight as one."""
    found: list[Item] = []
    texts: list[str] = []
    weight = 1.0

    def close() -> None:
        if text := "".join(texts):
            found.append(Text(text, weight))
        texts.clear()

    for item in items:
        if not isinstance(item, Text):
            close()
            found.append(item)
        elif item.text:
            if item.weight != weight:
                close()
            weight = item.weight
            texts.append(item.text)
    close()
    return found


def _rounded(item: Item) -> Item:
    match item:
        case Text() | Embedding() | Wildcard():
            return replace(item, weight=rounded(item.weight))
        case Scheduled() | Swapped():
            return replace(item, before=settled_items(item.before), after=settled_items(item.after))
        case Alternated() | Listed():
            return replace(item, options=tuple(map(settled_items, item.options)))
        case _:
            return item


def _around_breaks(items: list[Item]) -> list[Item]:
    """The same without the blanks beside a `Break`, which are part of it."""
    for place, item in enumerate(items):
        if isinstance(item, Break):
            for beside, strip in ((place - 1, str.rstrip), (place + 1, str.lstrip)):
                near = items[beside] if 0 <= beside < len(items) else None
                if isinstance(near, Text):
                    items[beside] = replace(near, text=strip(near.text))
    return [item for item in items if item != Text("")]


def _trimmed(items: Items) -> Items:
    """Without blanks at both ends: they are part of what joins."""
    if items and isinstance(items[0], Text):
        items = (replace(items[0], text=items[0].text.lstrip()), *items[1:])
    if items and isinstance(items[-1], Text):
        items = (*items[:-1], replace(items[-1], text=items[-1].text.rstrip()))
    return tuple(item for item in items if item != Text(""))


def _loosened(items: list[Item]) -> list[Item]:
    """Items with the blanks at the edges of weighted texts outside of them."""
    found: list[Item] = []
    for item in items:
        if not isinstance(item, Text) or item.weight == 1:
            found.append(item)
            continue
        inner = item.text.strip()
        start = item.text.find(inner)
        before, after = (item.text, "") if not inner else (item.text[:start], item.text[start + len(inner) :])
        found += [Text(before), Text(inner, item.weight), Text(after)]
    return found
