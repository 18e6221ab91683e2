"""Prompts from templates: one drawn by chance, or all there are."""

from __future__ import annotations

import math
from itertools import permutations, product
from typing import TYPE_CHECKING

from darkroom.domain.batch.measure import Files, Measure, refuse_too_long, refuse_too_many_prompts
from darkroom.domain.batch.template import Choice, Template, Wildcard, lone_wildcard

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator, Sequence


def draw(template: Template, files: Files, rng: random.Random) -> str:
    """One of the prompts that a template stands for, drawn by chance; measured before.

    The same template, files and state of `rng` give the same prompt.
    """
    return "".join(part if isinstance(part, str) else _drawn(part, files, rng) for part in template)


def _drawn(part: Choice | Wildcard, files: Files, rng: random.Random) -> str:
    if not isinstance(part, Choice):
        return draw(rng.choice(files[part.name]), files, rng)
    name = lone_wildcard(part.options)
    bodies = files[name] if name is not None else [option.body for option in part.options]
    number = rng.randint(min(part.least, len(bodies)), min(part.most, len(bodies)))
    if name is not None or len({option.weight for option in part.options}) == 1:
        taken: Sequence[int] = rng.sample(range(len(bodies)), number)
    else:
        taken = _weighted([option.weight for option in part.options], number, rng)
    return part.separator.join(draw(bodies[index], files, rng) for index in taken)


def _weighted(weights: Sequence[float], number: int, rng: random.Random) -> list[int]:
    """Indices drawn one after the other without putting any back, each by its weight among those left.

    Source: Efraimidis and Spirakis, Weighted random sampling with a reservoir, 2006.
    """
    keys = [math.log(1.0 - rng.random()) / weight for weight in weights]
    return sorted(range(len(weights)), key=keys.__getitem__, reverse=True)[:number]


class Expand:
    """Expands whole templates; each wildcard file once."""

    def __init__(self, files: Files) -> None:
        """`files` are all wildcard files that the templates lead to."""
        self._files = files
        self._measure = Measure(files)
        self._known: dict[str, list[str]] = {}

    def every(self, template: Template) -> tuple[str, ...]:
        """All prompts that a template stands for, each once; the last choice changes fastest.

        Raises:
            InputError: They are too many or too long, or wildcards lead in a circle. Nothing was expanded.
        """
        extent = self._measure.of(template)
        refuse_too_long(extent)
        refuse_too_many_prompts(extent)
        return tuple(dict.fromkeys(self._of(template)))

    def _of(self, template: Template) -> Iterator[str]:
        parts = [[part] if isinstance(part, str) else self._part(part) for part in template]
        return map("".join, product(*parts))

    def _part(self, part: Choice | Wildcard) -> list[str]:
        if isinstance(part, Choice):
            return list(self._choice(part))
        if part.name not in self._known:
            self._known[part.name] = [text for line in self._files[part.name] for text in self._of(line)]
        return self._known[part.name]

    def _choice(self, choice: Choice) -> Iterator[str]:
        name = lone_wildcard(choice.options)
        bodies = self._files[name] if name is not None else [option.body for option in choice.options]
        texts = [list(self._of(body)) for body in bodies]
        most = min(choice.most, len(texts))
        for number in range(min(choice.least, most), most + 1):
            for taken in permutations(texts, number):
                yield from map(choice.separator.join, product(*taken))
