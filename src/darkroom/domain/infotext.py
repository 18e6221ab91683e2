"""Infotext: the parameters that AUTOMATIC1111 and its kin write into pictures.

Prompt lines, then `Negative prompt:` lines, then one last line of `Key: value, ` pairs:

    a lighthouse
    Negative prompt: fog
    Steps: 20, Sampler: Euler a, Seed: 1, Size: 512x768, Lora hashes: "a: 1, b: 2"

A prompt that itself looks like such a line cannot be read back by anybody: keep a record of one's own.
Source: Forge f2.0.1 (dfdcbab), `modules/infotext_utils.py`, recording `infotext_parse_cases`.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

NEGATIVE_MARK = "Negative prompt:"

FEWEST_PAIRS = 3
"""A last line with fewer pairs is part of the prompt."""

_RUN = re.compile(r"[\w \-/]++")
_KEY = re.compile(r"\w[\w \-/]+")
_VALUE = re.compile(r'\s*("(?:\\.|[^\\"])+"|[^,]*)(?:,|$)')
_SIZE = re.compile(r"(\d+)x(\d+)")
_QUOTED = frozenset(",\n:")


@dataclass(frozen=True, slots=True)
class Infotext:
    """What an infotext says.

    Attributes:
        prompt: Lines joined by newlines, each without white space at its ends.
        negative: Likewise.
        fields: Value by key, in their order, both as text. A value such as `512x768` is two: `Size-1`
            and `Size-2`.
    """

    prompt: str = ""
    negative: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)


def parse(text: str) -> Infotext:
    """What `text` says, as the web page's own parser reads it; any text is an infotext.

    It takes time linear in the length, which the original does not: foreign pictures may hold anything.
    """
    *lines, last = text.strip().split("\n")
    found = tuple(pairs(last))
    if len(found) < FEWEST_PAIRS:
        lines.append(last)
        found = ()
    prompt: list[str] = []
    negative: list[str] = []
    into = prompt
    for line in map(str.strip, lines):
        if line.startswith(NEGATIVE_MARK):
            into = negative
            _append(into, line[len(NEGATIVE_MARK) :].strip())
        else:
            _append(into, line)
    return Infotext("\n".join(prompt), "\n".join(negative), dict(_fields(found)))


def _append(lines: list[str], line: str) -> None:
    """Adds a line; one after nothing but empty ones takes their place, as in the original."""
    if lines == [""]:
        lines.clear()
    lines.append(line)


def pairs(line: str) -> Iterator[tuple[str, str]]:
    r"""Key and raw value, quotes included, of each pair that the last line of an infotext holds.

    Equal to finding all of `\s*(\w[\w \-/]+):\s*("(?:\\.|[^\\"])+"|[^,]*)(?:,|$)`.
    """
    at = 0
    while (run := _RUN.search(line, at)) is not None:
        at = run.end()
        key = _KEY.search(line, run.start(), run.end())
        value = _VALUE.match(line, at + 1) if line[at : at + 1] == ":" else None
        if key is not None and value is not None:
            at = value.end()
            yield key[0], value[1]


def _fields(found: tuple[tuple[str, str], ...]) -> Iterator[tuple[str, str]]:
    for key, raw in found:
        if not raw:
            continue
        value = unquote(raw)
        size = _SIZE.fullmatch(value)
        if size is None:
            yield key, value
        else:
            yield f"{key}-1", size[1]
            yield f"{key}-2", size[2]


def write(infotext: Infotext) -> str:
    """The infotext that says this; `parse` reads it back where prompts do not look like fields themselves."""
    lines = [infotext.prompt] if infotext.prompt else []
    if infotext.negative:
        lines.append(f"{NEGATIVE_MARK} {infotext.negative}")
    fields = dict(infotext.fields)
    written = []
    for key, value in fields.items():
        stem, dash, number = key.rpartition("-")
        if dash and number == "1" and f"{stem}-2" in fields:
            written.append(f"{stem}: {value}x{fields[f'{stem}-2']}")
        elif not (dash and number == "2" and f"{stem}-1" in fields):
            written.append(key if key == value else f"{key}: {quote(value)}")
    return "\n".join([*lines, ", ".join(written)]) if written else "\n".join(lines)


def quote(value: str) -> str:
    """`value` as it stands in a pair: as JSON where it holds a comma, a colon or a newline."""
    return json.dumps(value, ensure_ascii=False) if _QUOTED & set(value) else value


def unquote(value: str) -> str:
    """What `quote` was given; a value in quotes that are no JSON stays as it is."""
    if len(value) < 2 or value[0] != '"' or value[-1] != '"':
        return value
    try:
        text = json.loads(value)
    except ValueError:
        return value
    return text if isinstance(text, str) else value
