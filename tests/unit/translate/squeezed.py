"""Trees without blanks, to compare where a dialect sets or drops some of its own."""

from __future__ import annotations

from dataclasses import replace

from darkroom.domain.translate.tree import (
    Alternated,
    Items,
    Listed,
    Part,
    Prompt,
    Scheduled,
    Swapped,
    Text,
    settled_items,
)


def squeezed(prompt: Prompt) -> Prompt:
    """`prompt` with all white space taken out of its texts."""
    return replace(prompt, parts=tuple(Part(_items(part.items), part.weight) for part in prompt.parts))


def _items(items: Items) -> Items:
    found: Items = ()
    for item in items:
        match item:
            case Text(text, weight):
                found += (Text("".join(text.split()), weight),)
            case Scheduled(before, after, when):
                found += (Scheduled(_items(before), _items(after), when),)
            case Swapped(before, after):
                found += (Swapped(_items(before), _items(after)),)
            case Alternated(options):
                found += (Alternated(tuple(map(_items, options))),)
            case Listed(options):
                found += (Listed(tuple(map(_items, options))),)
            case _:
                found += (item,)
    return settled_items(found)
