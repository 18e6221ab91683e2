"""Prompt templates: which parts of a prompt stand for several, as Dynamic Prompts writes them.

    {red|green|blue}          one of them; an option may be empty, and hold further templates
    {3::red|0.5::green}       weights, which count where one is drawn by chance
    {2$$red|green|blue}       two of them, in any order, with "," between
    {1-2$$ and $$red|green}   one or two, with " and " between; either bound may be left out
    __colour__                a line of the wildcard file `colour.txt`

All else is text and stays as it is, to the byte: `(mist:1.2)`, `[a|b]` (inside braces, too), braces without
a `|`, JSON. Variables are refused; marks for samplers and for wrapping are text.

Source: dynamicprompts 0.31.0, `parser/parse.py`. Blanks around options stay here; there, leading ones go.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple, Union

from darkroom.domain.errors import InputError
from darkroom.domain.text import excerpt

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_LENGTH = 100_000
"""Longest prompt, typed or resolved, in characters."""

MAX_DEPTH = 24
"""How deep choices and wildcards may stand in each other."""


ALL_LINES = 9_999
"""More lines of a wildcard file than anybody takes at once: as a bound, all that there are."""


class Option(NamedTuple):
    """One of several. Its weight, above 0, counts when one is drawn by chance."""

    weight: float
    body: Template


@dataclass(frozen=True, slots=True)
class Choice:
    """Some of several options.

    Attributes:
        options: At least one. A single one that is a wildcard stands for the lines of its file.
        least: How many at least; 0 gives "".
        most: How many at most; not more than there are, but for a file's lines.
        separator: What stands between them.
    """

    options: tuple[Option, ...]
    least: int = 1
    most: int = 1
    separator: str = ","


@dataclass(frozen=True, slots=True)
class Wildcard:
    """A line of a file, by the file's name."""

    name: str


Part = Union[str, Choice, Wildcard]  # noqa: UP007 - the types refer to each other
Template = tuple[Part, ...]
"""Text and what stands for several texts, one after the other."""

_MARK = re.compile(r"[{}|\[\]]|__")
_WILDCARD = re.compile(r"__([^\W_](?:(?!__)[\w\-/. *]){0,99}(?<! )|\*{1,2}(?!\*))__")
_JSON = re.compile(r'\{\s{0,100}"[^"\n]{0,200}"\s{0,100}:')
_VARIABLE = re.compile(r"\{\s{0,100}[A-Za-z_-][\w-]{0,100}\s{0,100}\??=")
_BOUNDS = re.compile(
    r"\s{0,100}(?:(?P<low>[0-9]{1,4})?(?P<dash>-)(?P<high>[0-9]{1,4})?|(?P<exact>[0-9]{1,4}))"
    r"\$\$(?:(?P<separator>[^${}\n]{1,200})\$\$)?"
)
_WEIGHT = re.compile(r"\s{0,100}([0-9]{1,6}(?:\.[0-9]{0,6})?|\.[0-9]{1,6})::")


def lone_wildcard(options: Sequence[Option]) -> str | None:
    """The wildcard whose lines are the options, as in `{2$$__colour__}`; `None` for any other options."""
    if len(options) != 1 or len(options[0].body) != 1:
        return None
    part = options[0].body[0]
    return part.name if isinstance(part, Wildcard) else None


def wildcards_in(template: Template) -> set[str]:
    """Names of the wildcard files that a template takes lines from; not those that the lines name."""
    names = set()
    for part in template:
        if isinstance(part, Wildcard):
            names.add(part.name)
        elif isinstance(part, Choice):
            names.update(*(wildcards_in(option.body) for option in part.options))
    return names


def parse(text: str) -> Template:
    """The template that a prompt is; a prompt without any syntax is itself, or nothing when it is empty.

    Takes time in proportion to the length of the text.

    Raises:
        InputError: Braces around a choice are not closed or not opened, bounds ask for more than there is,
            weights leave nothing to choose, a variable is set, or it is too long or too deep.
    """
    if len(text) > MAX_LENGTH:
        raise InputError("The prompt is too long", f"More than {MAX_LENGTH:,} characters")
    return _Reader(text).read()


def has_syntax(text: str) -> bool:
    """Whether a prompt holds anything that stands for several texts.

    Raises:
        InputError: As `parse`.
    """
    return any(not isinstance(part, str) for part in parse(text))


@dataclass(slots=True)
class _Group:
    """A pair of braces, or the whole text.

    Attributes:
        start: Where its brace is; -1 for the whole text.
        body: Where what it holds begins, behind bounds.
        bounds: How many of its options, when it says so.
        bars: Where its options are divided.
        brackets: The bars inside of each square bracket that is still open.
        parts: Places and parts that were found in it.
    """

    start: int
    body: int
    bounds: re.Match[str] | None
    bars: list[int]
    brackets: list[list[int]]
    parts: list[tuple[int, int, Part]]

    def end_bars(self) -> list[int]:
        """All bars that divide: those inside of brackets that were never closed, too."""
        return sorted([*self.bars, *(bar for bracket in self.brackets for bar in bracket)])


class _Reader:
    """One walk over the text, with a stack of the braces that are open."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._stack = [_Group(-1, 0, None, [], [], [])]

    def read(self) -> Template:
        at = 0
        while (mark := _MARK.search(self._text, at)) is not None:
            at = self._take(mark)
        while len(self._stack) > 1:
            self._leave_open(self._stack.pop())
        whole = self._stack[0]
        return _joined(self._text, 0, len(self._text), whole.parts)

    def _take(self, mark: re.Match[str]) -> int:
        group = self._stack[-1]
        match mark[0]:
            case "{":
                return self._open(mark.start())
            case "}":
                self._close(mark.start())
            case "|":
                (group.brackets[-1] if group.brackets else group.bars).append(mark.start())
            case "[":
                group.brackets.append([])
            case "]":
                if group.brackets:
                    group.brackets.pop()
            case _:
                found = _WILDCARD.match(self._text, mark.start())
                if found is None:
                    return mark.start() + 1
                group.parts.append((*found.span(), Wildcard(found[1])))
                return found.end()
        return mark.end()

    def _open(self, at: int) -> int:
        if _JSON.match(self._text, at):
            return _end_of_json(self._text, at)
        if self._text.startswith("$", at - 1) and at and _VARIABLE.match(self._text, at):
            raise _wrong(
                self._text, at - 1, "Variables are not understood", "Write the choice where it is used"
            )
        if len(self._stack) > MAX_DEPTH:
            raise _wrong(self._text, at, "Braces stand too deep in braces", f"At most {MAX_DEPTH} deep")
        bounds = _BOUNDS.match(self._text, at + 1)
        body = bounds.end() if bounds else at + 1
        self._stack.append(_Group(at, body, bounds, [], [], []))
        return body

    def _close(self, at: int) -> None:
        if len(self._stack) == 1:
            if self._stack[0].end_bars():
                raise _wrong(
                    self._text, at, "A brace is closed that was never opened", "Put { before the choice"
                )
            return
        group = self._stack.pop()
        parent = self._stack[-1]
        bars = group.end_bars()
        if not bars and group.bounds is None:
            parent.parts += group.parts
            return
        parent.parts.append((group.start, at + 1, self._choice(group, bars, at)))

    def _leave_open(self, group: _Group) -> None:
        if group.end_bars() or group.bounds is not None:
            raise _wrong(self._text, group.start, "A brace is never closed", "Put } behind the choice")
        self._stack[-1].parts += group.parts

    def _choice(self, group: _Group, bars: list[int], end: int) -> Choice:
        edges = [group.body - 1, *bars, end]
        options = []
        parts = iter([*group.parts, (end, end, "")])
        part = next(parts)
        for left, right in pairwise(edges):
            inside = []
            while part[0] < right:
                inside.append(part)
                part = next(parts)
            weight = _WEIGHT.match(self._text, left + 1, right)
            begin = weight.end() if weight else left + 1
            body = _joined(self._text, begin, right, inside)
            if (heavy := float(weight[1]) if weight else 1.0) > 0:
                options.append(Option(heavy, body))
        least, most = self._bounds(group, options)
        separator = group.bounds["separator"] if group.bounds else None
        return Choice(tuple(options), least, most, "," if separator is None else separator)

    def _bounds(self, group: _Group, options: list[Option]) -> tuple[int, int]:
        if not options:
            raise _wrong(
                self._text, group.start, "There is nothing to choose from", "Give an option a weight"
            )
        found = group.bounds
        if found is None:
            return 1, 1
        number = ALL_LINES if lone_wildcard(options) else len(options)
        if found["exact"] is not None:
            least = most = int(found["exact"])
        else:
            least = int(found["low"] or 1)
            most = int(found["high"]) if found["high"] else number
        if least > most:
            raise _wrong(self._text, group.start, "The bounds are the wrong way round", "Write {1-2$$…}")
        if most > number:
            raise _wrong(self._text, group.start, f"{most} of {number} options cannot be chosen", "Name more")
        return least, most


def _end_of_json(text: str, at: int) -> int:
    """Behind the brace that closes the one at `at`, strings skipped; the end of the text when none does."""
    depth = 0
    for mark in re.compile(r'"(?:[^"\\]|\\.)*"|[{}]', re.DOTALL).finditer(text, at):
        depth += {"{": 1, "}": -1}.get(mark[0], 0)
        if not depth:
            return mark.end()
    return len(text)


def _joined(text: str, start: int, end: int, parts: list[tuple[int, int, Part]]) -> Template:
    """The parts in their order with the text between them."""
    found: list[Part] = []
    at = start
    for left, right, part in parts:
        if at < left:
            found.append(text[at:left])
        found.append(part)
        at = right
    if at < end:
        found.append(text[at:end])
    return tuple(found)


def _wrong(text: str, at: int, title: str, hint: str) -> InputError:
    before = "…" if at > 20 else ""
    return InputError(title, f"{before}{excerpt(text[max(at - 20, 0) : at + 60], 80)}", hint)
