"""The guard before prompt templates: how many prompts one stands for, and how long they can get.

Nothing is expanded to find that out. The time is in proportion to the text of the template and the
wildcard files together, whatever the number that comes out.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from darkroom.domain.batch.axis import MAX_JOBS
from darkroom.domain.batch.template import (
    MAX_DEPTH,
    MAX_LENGTH,
    Choice,
    Template,
    Wildcard,
    lone_wildcard,
)
from darkroom.domain.errors import InputError
from darkroom.domain.suggest import nearest
from darkroom.domain.text import excerpt

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

Files = Mapping[str, tuple[Template, ...]]
"""The lines of wildcard files as templates, by the name of the file; no file is empty."""

CEILING = 10**12
"""Counts and lengths from here on are "too many"; they are not told apart."""

MAX_TEXT = 100_000_000
"""Characters of all prompts of one template together, at most."""

_FACTORIAL_BEYOND_CEILING = 15
"""15! is above `CEILING`: so many options in any order are too many, however few there are."""


class Extent(NamedTuple):
    """How far a template goes.

    Attributes:
        prompts: How many it stands for, those counted twice that come out alike; `CEILING` for more.
        longest: Characters of the longest at most; `CEILING` for more.
        depth: Levels of choices and wildcards in each other.
    """

    prompts: int
    longest: int
    depth: int


def refuse_unknown(names: Iterable[str], known: Collection[str], folder: str) -> None:
    """Raises `InputError` when a wildcard has no file, with the name that was probably meant."""
    missing = sorted(set(names).difference(known))
    if not missing:
        return
    shown = ", ".join(f"__{excerpt(name, 40)}__" for name in missing[:5])
    close = nearest(missing[0], known)
    globs = any("*" in name for name in missing)
    raise InputError(
        f"There is no wildcard {shown}" + (f" and {len(missing) - 5} more" if len(missing) > 5 else ""),
        "One file is meant by its name; patterns with * are not understood" if globs else "",
        f"Did you mean __{excerpt(close, 40)}__?"
        if close
        else f"Write one option a line into {excerpt(missing[0], 40)}.txt in {folder}",
    )


def refuse_too_long(extent: Extent) -> None:
    """Raises `InputError` when prompts of a template could get longer than any that is sent."""
    if extent.longest > MAX_LENGTH:
        raise InputError(
            "The prompt could get too long",
            f"More than {MAX_LENGTH:,} characters, with the longest of all options",
            "Shorten the options, or the wildcard files",
        )


def refuse_too_many_prompts(extent: Extent) -> None:
    """Raises `InputError` when all prompts of a template are more than a batch takes."""
    if extent.prompts > MAX_JOBS or extent.prompts * extent.longest > MAX_TEXT:
        number = "more than a million million" if extent.prompts >= CEILING else f"{extent.prompts:,}"
        raise InputError(
            f"That would be {number} prompts",
            f"At most {MAX_JOBS:,} are made of one prompt, with {MAX_TEXT // 1_000_000} million characters",
            "Take some choices out, or have some of them drawn by chance",
        )


class _File(NamedTuple):
    """A wildcard file: the extents of its lines, and that of one line, whichever it is."""

    lines: tuple[Extent, ...]
    any_line: Extent


class Measure:
    """Measures templates; each wildcard file once."""

    def __init__(self, files: Files) -> None:
        """Measures nothing yet.

        Args:
            files: All wildcard files that the templates name, and that their lines name.
        """
        self._files = files
        self._known: dict[str, _File] = {}
        self._chosen: dict[Choice, Extent] = {}

    def of(self, template: Template) -> Extent:
        """How many prompts a template stands for, and how long they get.

        Raises:
            InputError: Wildcards lead back to themselves, or too deep.
        """
        return self._of(template, (), 0)

    def _of(self, template: Template, path: tuple[str, ...], level: int) -> Extent:
        """The extent of what stands `level` deep, reached by the wildcards of `path`."""
        prompts, longest, depth = 1, 0, 0
        for part in template:
            if isinstance(part, str):
                longest += len(part)
                continue
            if level >= MAX_DEPTH:
                raise _too_deep()
            if isinstance(part, Choice):
                extent = self._choice(part, path, level + 1)
            else:
                extent = self._wildcard(part, path, level + 1)
            prompts = min(prompts * extent.prompts, CEILING)
            longest += extent.longest
            depth = max(depth, extent.depth + 1)
        return Extent(prompts, min(longest, CEILING), depth)

    def _wildcard(self, part: Wildcard, path: tuple[str, ...], level: int) -> Extent:
        return self._file(part.name, path, level).any_line

    def _file(self, name: str, path: tuple[str, ...], level: int) -> _File:
        if name in path:
            circle = " → ".join(f"__{part}__" for part in (*path[path.index(name) :], name))
            raise InputError(
                "A wildcard leads back to itself", excerpt(circle, 200), "Take it out of one of the files"
            )
        known = self._known.get(name)
        if known is None:
            lines = tuple(self._of(line, (*path, name), level) for line in self._files[name])
            known = self._known[name] = _File(lines, _any(lines))
        if level + known.any_line.depth > MAX_DEPTH:
            raise _too_deep()
        return known

    def _choice(self, part: Choice, path: tuple[str, ...], level: int) -> Extent:
        name = lone_wildcard(part.options)
        if name is None:
            return _chosen(part, [self._of(option.body, path, level) for option in part.options])
        lines = self._file(name, path, level).lines
        if part not in self._chosen:
            self._chosen[part] = _chosen(part, lines)
        return self._chosen[part]


def _chosen(choice: Choice, options: Sequence[Extent]) -> Extent:
    """The extent of some of several options."""
    most = min(choice.most, len(options))
    largest = heapq.nlargest(most, (option.longest for option in options))
    return Extent(
        _arrangements([option.prompts for option in options], min(choice.least, most), most),
        min(sum(largest) + len(choice.separator) * max(most - 1, 0), CEILING),
        max(option.depth for option in options),
    )


def _any(lines: Sequence[Extent]) -> Extent:
    return Extent(
        min(sum(line.prompts for line in lines), CEILING),
        max(line.longest for line in lines),
        max(line.depth for line in lines),
    )


def _too_deep() -> InputError:
    return InputError(
        "Choices and wildcards stand too deep in each other",
        f"At most {MAX_DEPTH} levels, wildcard files included",
        "Write some of them out",
    )


def _arrangements(counts: list[int], least: int, most: int) -> int:
    """In how many ways `least` to `most` of several can stand in a row, each in `counts` ways itself."""
    if most >= _FACTORIAL_BEYOND_CEILING:
        return CEILING
    # ways[k]: how to take k of those seen so far, in one order.
    ways = [1] + [0] * most
    for count in counts:
        for taken in range(most, 0, -1):
            ways[taken] = min(ways[taken] + ways[taken - 1] * count, CEILING)
    total, orders = 0, 1
    for taken in range(most + 1):
        orders *= max(taken, 1)
        total += ways[taken] * orders if taken >= least else 0
    return min(total, CEILING)
