"""Prompts that are templates: what becomes of them in a batch."""

from __future__ import annotations

import asyncio
import random
from itertools import product
from typing import TYPE_CHECKING

from darkroom.domain.batch.axis import Axis, Point, refuse_too_many
from darkroom.domain.batch.expand import Expand, draw
from darkroom.domain.batch.measure import Measure, refuse_too_long
from darkroom.domain.batch.template import parse, wildcards_in
from darkroom.domain.text import excerpt
from darkroom.services.batching.shapes import PROMPTS, role_of
from darkroom.services.batching.wanted import Templating

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from darkroom.domain.batch.measure import Files
    from darkroom.domain.batch.template import Template
    from darkroom.domain.form import Form
    from darkroom.domain.parameters import ParameterSpec, Role
    from darkroom.services.batching.wanted import Wanted
    from darkroom.services.batching.wildcards import Wildcards
    from darkroom.services.forms import FormState

_LABEL = 60


class Templates:
    """The templates among the prompts of a batch, with the wildcard files that they lead to."""

    def __init__(self, known: Mapping[str, Template], files: Files) -> None:
        self._known = known
        self._files = files
        self._expand = Expand(files)

    @classmethod
    async def among(cls, states: Iterable[FormState], wanted: Wanted, wildcards: Wildcards) -> Templates:
        """Those that a batch meets: in the prompts of its forms, and on its axes.

        Raises:
            InputError: As `read`.
        """
        if wanted.templates is Templating.OFF:
            return cls({}, {})
        states = tuple(states)
        texts = [state.fields[spec.address].value for state in states for spec in _prompts(state.form)]
        for axis in wanted.axes:
            names = {name for name in axis.sets if role_of(states[0].form, name) in PROMPTS}
            texts += (point.values[name] for point in axis.points for name in names & point.values.keys())
        return await cls.read((text for text in texts if isinstance(text, str)), wildcards)

    @classmethod
    async def read(cls, texts: Iterable[str], wildcards: Wildcards) -> Templates:
        """Finds the templates among `texts`, and measures them; nothing is expanded.

        Raises:
            InputError: One is written wrong, leads to a wildcard that is not there, or gets too long.
        """
        # In threads: a list may have thousands of them, and a wildcard file a hundred thousand lines.
        known = await asyncio.to_thread(_parsed, tuple(texts))
        files = await wildcards.load(set().union(*map(wildcards_in, known.values())))
        await asyncio.to_thread(_refuse_unfit, known.values(), files)
        return cls(known, files)

    def __contains__(self, text: object) -> bool:
        return text in self._known

    def __bool__(self) -> bool:
        return bool(self._known)

    def drawn(self, text: str, key: str) -> str:
        """One of the prompts that `text` stands for; the same `key` draws the same."""
        template = self._known.get(text)
        return text if template is None else draw(template, self._files, random.Random(key))  # noqa: S311

    def all(self, text: str) -> tuple[str, ...]:
        """All prompts that `text` stands for.

        Raises:
            InputError: They are too many.
        """
        template = self._known.get(text)
        return (text,) if template is None else self._expand.every(template)

    def widened(self, axis: Axis, names: Collection[str]) -> Axis:
        """The axis with every template on it in all its ways.

        Args:
            axis: Some of whose points may hold templates.
            names: Under which names it sets prompts.

        Raises:
            InputError: They are too many.
        """
        points: list[Point] = []
        for point in axis.points:
            points += self._all_of(point, names)
            refuse_too_many(len(points))
        return Axis(axis.name, _told_apart(points))

    def _all_of(self, point: Point, names: Collection[str]) -> list[Point]:
        held = {
            name: value
            for name, value in point.values.items()
            if name in names and isinstance(value, str) and value in self
        }
        if not held:
            return [point]
        ways = [self.all(text) for text in held.values()]
        found = []
        for prompts in product(*ways):
            resolved = dict(zip(held, prompts, strict=True))
            label = ", ".join(excerpt(prompt, _LABEL) for prompt in prompts)
            found.append(Point(label, {**point.values, **resolved}, {**point.typed, **held}))
            refuse_too_many(len(found))
        return found


def _parsed(texts: Iterable[str]) -> dict[str, Template]:
    """The templates among some texts."""
    parsed = ((text, parse(text)) for text in dict.fromkeys(texts))
    return {text: found for text, found in parsed if any(not isinstance(part, str) for part in found)}


def _refuse_unfit(templates: Iterable[Template], files: Files) -> None:
    measure = Measure(files)
    for template in templates:
        refuse_too_long(measure.of(template))


def all_prompts(state: FormState, axes: Iterable[Axis], templates: Templates) -> list[Axis]:
    """The axes with all prompts on them that templates stand for; the form's own prompts come last.

    Args:
        state: The form; its prompts count where no axis sets others.
        axes: As typed.
        templates: Those that were found.

    Raises:
        InputError: They are too many.
    """
    own = _own_prompts(state)
    found = []
    for axis in axes:
        names = {name for name in axis.sets if role_of(state.form, name) in PROMPTS}
        # Where only some lines of a list have a prompt, the others take the form's.
        held = {name: own.pop(role, "") for name in names if (role := role_of(state.form, name))}
        points = [
            Point(
                point.label,
                {**{n: t for n, t in held.items() if t in templates}, **point.values},
                point.typed,
            )
            for point in axis.points
        ]
        found.append(templates.widened(Axis(axis.name, tuple(points)), names) if names else axis)
    for role, text in own.items():
        if text in templates:
            whole = Axis(role, (Point(text, {role: text}),))
            found.append(templates.widened(whole, {role}))
    return found


def _own_prompts(state: FormState) -> dict[Role, str]:
    """The prompts of a form by role."""
    found: dict[Role, str] = {}
    for spec in _prompts(state.form):
        text = state.fields[spec.address].value
        if spec.role is not None and isinstance(text, str):
            found.setdefault(spec.role, text)
    return found


def _prompts(form: Form) -> list[ParameterSpec]:
    return [spec for spec in form.specs if spec.role in PROMPTS]


def _told_apart(points: Iterable[Point]) -> tuple[Point, ...]:
    """The points with a number where a label stands there already."""
    found: dict[str, Point] = {}
    for number, point in enumerate(points, 1):
        label = point.label
        while label in found:
            label = f"{number}: {label}"
        found[label] = Point(label, point.values, point.typed)
    return tuple(found.values())
