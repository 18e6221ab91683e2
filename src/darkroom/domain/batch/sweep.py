r"""Sweeps as people type them: `steps=20..40/5`, `cfg_scale=5,7,9`, `prompt="a, b",c`.

    NAME=ITEM,ITEM,…     NAME is an address, a role, or "profile"
    ITEM                 a value up to the next comma, without the blanks around it
                         "…" a value as it is; inside, a quote is written as \" and a backslash as \\
                         FIRST..LAST or FIRST..LAST/STEP: numbers; with LAST where a step leads to it

A step is 1 where none is given and the ends are whole. To go down, the step is negative: `40..20/-5`.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from darkroom.domain.batch.axis import Axis, listed, refuse_too_many
from darkroom.domain.errors import InputError
from darkroom.domain.text import excerpt

_NUMBER = r"[+-]?(?:[0-9]{1,20}(?:\.[0-9]{1,20})?|\.[0-9]{1,20})"
_RANGE = re.compile(rf"({_NUMBER})\s*\.\.\s*({_NUMBER})(?:\s*/\s*({_NUMBER}))?")
_LIKE_RANGE = re.compile(r"[+-]?\.?[0-9][0-9.eE+-]*?\s*\.\.")
"""How a range begins; a value that begins so and is none is a slip, not a name."""

_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"\s*', re.DOTALL)

_LONGEST = 1_000_000


def parse_axis(text: str) -> Axis:
    """The axis that is meant by `NAME=VALUES`.

    Values stay text; what they mean depends on the field, which nobody knows here.

    Raises:
        InputError: It names nothing, a range leads nowhere, a quote is not closed, a value stands twice,
            or there are too many; says which and how it is written. Nothing is built before it is counted.
    """
    if len(text) > _LONGEST:
        raise InputError("The sweep is too long", f"More than {_LONGEST:,} characters")
    name, equals, rest = text.partition("=")
    name = name.strip()
    if not equals or not name:
        raise InputError(
            f"“{excerpt(text, 60)}” is no sweep", hint="Write NAME=VALUES, such as steps=20..40/5"
        )
    if not rest.strip():
        raise InputError(f"{excerpt(name, 40)} has no values", hint=f"Write {excerpt(name, 40)}=5,7,9")
    values: list[str] = []
    for item in _items(name, rest):
        if item.quoted:
            values.append(item.text)
        else:
            values += _expanded(name, item.text, room=len(values))
        refuse_too_many(len(values))
    return listed(name, tuple(values))


class _Item(NamedTuple):
    text: str
    quoted: bool


def _items(name: str, text: str) -> list[_Item]:
    items = []
    at = 0
    while True:
        while at < len(text) and text[at].isspace():
            at += 1
        item, at = _quoted(name, text, at) if text.startswith('"', at) else _bare(name, text, at)
        items.append(item)
        if at == len(text):
            return items
        at += 1


def _bare(name: str, text: str, at: int) -> tuple[_Item, int]:
    end = text.find(",", at)
    end = len(text) if end < 0 else end
    value = text[at:end].strip()
    if not value:
        raise InputError(
            f"{excerpt(name, 40)}: there is nothing beside a comma",
            hint='Take the comma away, or write "" for an empty value',
        )
    return _Item(value, quoted=False), end


def _quoted(name: str, text: str, at: int) -> tuple[_Item, int]:
    found = _QUOTED.match(text, at)
    if found is None:
        raise InputError(
            f"{excerpt(name, 40)}: a quotation mark is not closed",
            excerpt(text[at:], 60),
            'Write "…" around the value, and \\" for a mark within it',
        )
    if found.end() < len(text) and text[found.end()] != ",":
        raise InputError(
            f"{excerpt(name, 40)}: after a closing quotation mark comes a comma",
            excerpt(text[found.end() :], 60),
            'Put the whole value into the marks, and write \\" for a mark within it',
        )
    return _Item(re.sub(r"\\([\"\\])", r"\1", found[1]), quoted=True), found.end()


def _expanded(name: str, item: str, room: int) -> list[str]:
    found = _RANGE.fullmatch(item)
    if found is not None:
        return _range(name, item, found, room)
    if _LIKE_RANGE.match(item):
        raise InputError(
            f"{excerpt(name, 40)}: “{excerpt(item, 40)}” is no range",
            hint='Write FIRST..LAST/STEP, such as 20..40/5, or "…" around a value that is none',
        )
    return [item]


def _range(name: str, item: str, found: re.Match[str], room: int) -> list[str]:
    # Whole numbers of the smallest decimal place: no step ever drifts, and no precision runs out.
    texts = [part for part in found.groups() if part is not None]
    places = max(len(part.partition(".")[2]) for part in texts)
    first, last, *rest = (_scaled(part, places) for part in texts)
    step = rest[0] if rest else 10**places
    said = f"{excerpt(name, 40)}: {excerpt(item, 60)}"
    if step == 0:
        raise InputError(f"{said} has a step of 0", hint="A step must lead somewhere, such as 20..40/5")
    if not rest and places and first != last:
        raise InputError(f"{said} has no step", hint=f"Say it, such as {texts[0]}..{texts[1]}/0.1")
    if (last - first) * step < 0:
        turned = f"{texts[0]}..{texts[1]}/{_plain(-step, places)}"
        raise InputError(
            f"{said} leads away from its end",
            hint=f"Write {texts[1]}..{texts[0]}, or {turned} to go the other way",
        )
    count = (last - first) // step + 1
    refuse_too_many(room + count)
    return [_plain(first + step * index, places) for index in range(count)]


def _scaled(text: str, places: int) -> int:
    whole, _, fraction = text.partition(".")
    sign = -1 if whole.startswith("-") else 1
    return sign * int((whole.lstrip("+-") or "0") + fraction.ljust(places, "0"))


def _plain(value: int, places: int) -> str:
    digits = f"{abs(value):0{places + 1}d}"
    whole, fraction = digits[: len(digits) - places], digits[len(digits) - places :].rstrip("0")
    sign = "-" if value < 0 else ""
    return f"{sign}{whole}.{fraction}" if fraction else f"{sign}{whole}"
