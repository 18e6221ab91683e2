"""Axes: what changes from job to job of a batch, and in which steps."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from darkroom.domain.errors import InputError
from darkroom.domain.text import excerpt, plural

if TYPE_CHECKING:
    from collections.abc import Mapping

    from darkroom.domain.parameters import Value

MAX_JOBS = 10_000
"""Most jobs of one batch; refused by their number, before any is built."""

PROFILE = "profile"
"""Name of the axis whose values are servers: profiles or groups. No parameter is called so."""


@dataclass(frozen=True, slots=True)
class Point:
    """One place on an axis.

    Attributes:
        label: How it is told from its neighbours; unique on its axis. Foreign text.
        values: What it sets, by address, role or `PROFILE`. Text is read as if typed into the field.
        typed: Templates that prompts among `values` were made from, under the same names.
    """

    label: str
    values: Mapping[str, Value]
    typed: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Axis:
    """One thing that changes, or several that change together (the lines of a prompt list).

    Attributes:
        name: As it is shown; for a sweep the address or role that was typed.
        points: In their order, at least one.
    """

    name: str
    points: tuple[Point, ...]
    _names: frozenset[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        names = frozenset().union(*(point.values for point in self.points))
        object.__setattr__(self, "_names", names)

    @property
    def sets(self) -> frozenset[str]:
        """Names of all that its points set."""
        return self._names

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels of its points."""
        return tuple(point.label for point in self.points)


def listed(name: str, values: tuple[str, ...]) -> Axis:
    """The axis that gives `name` one value after the other.

    Raises:
        InputError: There is none, or one stands twice.
    """
    if not values:
        raise InputError(f"“{excerpt(name, 40)}” has no values", hint=f"Write {excerpt(name, 40)}=5,7,9")
    seen: set[str] = set()
    for value in values:
        if value in seen:
            raise InputError(
                f"{excerpt(name, 40)}: “{excerpt(value, 40)}” stands there twice",
                hint="Name each value once; for more pictures of the same values ask for seed variations",
            )
        seen.add(value)
    return Axis(name, tuple(Point(value, {name: value}) for value in values))


def refuse_too_many(jobs: int) -> None:
    """Raises `InputError` when a batch of so many jobs is not built."""
    if jobs > MAX_JOBS:
        raise InputError(
            f"That would be {plural(jobs, 'job')}" if jobs < 10**12 else "That would be too many jobs",
            f"A batch has at most {MAX_JOBS:,}",
            "Name fewer values, or make several batches",
        )
