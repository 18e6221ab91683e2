"""Which service reads prompts in which way, and what becomes of what only some of them know.

A dialect is a row here and a module with `parse` and `write`. To add one, write the two, say what it
can, and give the services their row in `of_service`.
"""

from __future__ import annotations

import re
from enum import Enum, auto
from typing import TYPE_CHECKING, NamedTuple

from darkroom.domain import service as services
from darkroom.domain.text import excerpt
from darkroom.domain.translate import a1111, comfyui, compel
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
    settled,
)

if TYPE_CHECKING:
    from collections.abc import Callable

SHOWN = 40
"""Most characters of a prompt that a note repeats."""


class Can(Enum):
    """Something that a dialect may know beyond plain words."""

    WEIGHT = auto()
    NEGATIVE_WEIGHT = auto()
    EMBEDDING = auto()
    WILDCARD = auto()
    TAG = auto()
    BREAK = auto()
    AND = auto()
    BLEND = auto()
    SCHEDULE = auto()
    ALTERNATE = auto()
    LIST = auto()
    SWAP = auto()


class Dialect(NamedTuple):
    """One way to write prompts.

    Attributes:
        title: Whose it is, as notes name it.
        can: What it knows beyond plain words.
        parse: The tree of a text; every text has one.
        write: The text of a tree that holds nothing else than what the dialect knows.
        fit: The tree nearest to one that holds nothing else, where some texts need more than that.
    """

    title: str
    can: frozenset[Can]
    parse: Callable[[str], Prompt]
    write: Callable[[Prompt], str]
    fit: Callable[[Prompt], Prompt] = settled


def _parse_plain(text: str) -> Prompt:
    return settled(Prompt((Part((Text(text),)),)))


def _write_plain(prompt: Prompt) -> str:
    return ", ".join(
        "".join(item.text for item in part.items if isinstance(item, Text)) for part in prompt.parts
    )


_WEIGHTS = frozenset({Can.WEIGHT, Can.NEGATIVE_WEIGHT})

A1111 = Dialect(
    "A1111",
    _WEIGHTS | {Can.TAG, Can.BREAK, Can.AND, Can.SCHEDULE, Can.ALTERNATE},
    a1111.parse,
    a1111.write,
)
COMFYUI = Dialect("ComfyUI", _WEIGHTS | {Can.EMBEDDING}, comfyui.parse, comfyui.write)
FOOOCUS = Dialect(
    "Fooocus",
    _WEIGHTS | {Can.EMBEDDING, Can.TAG, Can.LIST, Can.WILDCARD},
    comfyui.parse_fooocus,
    comfyui.write_fooocus,
)
COMPEL = Dialect(
    "InvokeAI",
    frozenset({Can.WEIGHT, Can.EMBEDDING, Can.AND, Can.BLEND, Can.SWAP}),
    compel.parse,
    compel.write,
    compel.fitted,
)
PLAIN = Dialect("this model", frozenset(), _parse_plain, _write_plain)
"""For models whose encoder is given the words as they are, as InvokeAI does for FLUX and SD3."""

ALL = (A1111, COMFYUI, FOOOCUS, COMPEL, PLAIN)

_BY_SERVICE = {
    services.A1111: A1111,
    services.COMFYUI: COMFYUI,
    services.FOOOCUS: FOOOCUS,
    services.FOOOCUS_API: FOOOCUS,
    services.INVOKEAI: COMPEL,
}


def of_service(service: str, *, negative: bool = True) -> Dialect:
    """How a service reads prompts.

    Args:
        service: Its id; one that is not known reads plain words.
        negative: Whether there is a negative prompt. InvokeAI's models without one take plain words.
    """
    if service == services.INVOKEAI and not negative:
        return PLAIN
    return _BY_SERVICE.get(service, PLAIN)


def reword(text: str, source: Dialect, target: Dialect) -> tuple[str, tuple[str, ...]]:
    """A prompt as `target` writes it, and what was lost on the way."""
    if source is target:
        return text, ()
    prompt, notes = lowered(source.parse(text), target)
    return target.write(prompt), notes


def lowered(prompt: Prompt, target: Dialect) -> tuple[Prompt, tuple[str, ...]]:
    """The nearest tree that `target` can write, and a note for each thing that it cannot."""
    lowering = _Lowering(target)
    parts = tuple(Part(lowering.items(part.items), part.weight) for part in prompt.parts)
    return target.fit(lowering.join(settled(Prompt(parts, prompt.joint)))), tuple(
        dict.fromkeys(lowering.notes)
    )


class _Lowering:
    """One prompt on its way to a dialect that knows less."""

    def __init__(self, target: Dialect) -> None:
        self._target = target
        self.notes: list[str] = []

    def items(self, items: Items) -> Items:
        return tuple(low for item in items for low in self._item(item))

    def _item(self, item: Item) -> Items:
        match item:
            case Text() | Embedding() | Wildcard():
                return (self._words(item),)
            case Tag():
                return self._tag(item)
            case Break():
                return self._break()
            case _:
                return self._changing(item)

    def _words(self, item: Text | Embedding | Wildcard) -> Item:
        can, words = self._target.can, item
        if isinstance(item, Embedding) and Can.EMBEDDING not in can:
            self._note(f"the embedding “{excerpt(item.name, SHOWN)}” stands there by its name alone")
            words = Text(item.name, item.weight)
        elif isinstance(item, Wildcard) and Can.WILDCARD not in can:
            self._note(f"“__{excerpt(item.name, SHOWN)}__” draws a line with Fooocus; here it is plain text")
            words = Text(f"__{item.name}__", item.weight)
        if words.weight != 1 and Can.WEIGHT not in can:
            self._note(f"weights were left out: {self._target.title} has none")
            return _reweighted(words, 1.0)
        if words.weight < 0 and Can.NEGATIVE_WEIGHT not in can:
            self._note(f"the weight {number(words.weight)} became 0: {self._target.title} has none below")
            return _reweighted(words, 0.0)
        return words

    def _tag(self, tag: Tag) -> Items:
        if Can.TAG in self._target.can and (tag.kind == "lora" or self._target is A1111):
            return (tag,)
        what = "LoRA" if tag.kind == "lora" else "hypernetwork"
        self._note(f"the {what} “{excerpt(tag.name, SHOWN)}” was left out of the prompt")
        return ()

    def _break(self) -> Items:
        if Can.BREAK in self._target.can or Can.AND in self._target.can:
            return (Break(),)
        self._note(f"BREAK became a comma: {self._target.title} has none")
        return (Text(", "),)

    def _changing(self, item: Scheduled | Alternated | Listed | Swapped) -> Items:
        """What is not the same all the time: kept where that is known, else one of its branches."""
        can = self._target.can
        match item:
            case Scheduled(before, after, when):
                if Can.SCHEDULE in can:
                    return (Scheduled(self.items(before), self.items(after), when),)
                kept = before if 0.5 < when < 1 else after
                return self._one_of((before, after), kept, "changes while sampling")
            case Swapped(before, after):
                if Can.SWAP in can:
                    return (Swapped(self.items(before), self.items(after)),)
                return self._one_of((before, after), after, "swaps attention")
            case Alternated(options):
                if Can.ALTERNATE in can:
                    return (Alternated(tuple(map(self.items, options))),)
                return self._one_of(options, options[0] if options else (), "changes in each step")
            case Listed(options):
                if Can.LIST in can:
                    return (Listed(tuple(map(self.items, options))),)
                return self._one_of(options, options[0] if options else (), "changes with each picture")

    def _one_of(self, options: tuple[Items, ...], kept: Items, how: str) -> Items:
        shown = " | ".join(_words_of(option) for option in options)
        self._note(
            f"“{excerpt(shown, SHOWN)}” {how}, which {self._target.title} cannot: "
            + (f"“{excerpt(_words_of(kept), SHOWN)}” was kept" if _words_of(kept) else "it was left out")
        )
        return self.items(kept)

    def join(self, prompt: Prompt) -> Prompt:
        """The whole, with its parts put together as the dialect can."""
        prompt = self._unbroken(prompt)
        if len(prompt.parts) == 1:
            return prompt
        if Can.BLEND in self._target.can or (prompt.joint is Joint.AND and Can.AND in self._target.can):
            return prompt
        if Can.AND in self._target.can:
            self._note(f"{self._target.title} cannot blend: the prompts were joined by AND")
            return Prompt(prompt.parts, Joint.AND)
        self._note(f"{self._target.title} cannot join prompts: they stand one after the other")
        between: Items = (Text(", "),)
        items = [item for part in prompt.parts for item in (*between, *part.items)]
        return Prompt((Part(tuple(items[1:])),))

    def _unbroken(self, prompt: Prompt) -> Prompt:
        """`BREAK` as parts that are joined, where the dialect has only these."""
        if Can.BREAK in self._target.can or not any(Break() in part.items for part in prompt.parts):
            return prompt
        self._note(f"BREAK became .and(): {self._target.title} has nothing nearer")
        parts: list[Part] = []
        for part in prompt.parts:
            pieces: list[list[Item]] = [[]]
            for item in part.items:
                if isinstance(item, Break):
                    pieces.append([])
                else:
                    pieces[-1].append(item)
            parts += [Part(tuple(piece), part.weight) for piece in pieces if piece]
        return Prompt(tuple(parts) or (Part(()),), prompt.joint)

    def _note(self, text: str) -> None:
        self.notes.append(text)


def _reweighted(item: Text | Embedding | Wildcard, weight: float) -> Item:
    match item:
        case Text(text):
            return Text(text, weight)
        case Embedding(name):
            return Embedding(name, weight)
        case Wildcard(name):
            return Wildcard(name, weight)


def _words_of(items: Items) -> str:
    """The words of a branch, for a note."""
    found = [item.text if isinstance(item, Text) else getattr(item, "name", "") for item in items]
    return re.sub(r"\s+", " ", "".join(found)).strip()


def tags_of(prompt: Prompt) -> tuple[Prompt, tuple[Tag, ...]]:
    """A prompt without its LoRA tags, and these, wherever they stood."""
    found: list[Tag] = []

    def without(items: Items) -> Items:
        kept: list[Item] = []
        for item in items:
            match item:
                case Tag("lora"):
                    found.append(item)
                case Scheduled(before, after, when):
                    kept.append(Scheduled(without(before), without(after), when))
                case Alternated(options):
                    kept.append(Alternated(tuple(map(without, options))))
                case _:
                    kept.append(item)
        return tuple(kept)

    parts = tuple(Part(without(part.items), part.weight) for part in prompt.parts)
    return settled(Prompt(parts, prompt.joint)), tuple(found)
