"""The plan: the product of a batch's axes as an ordered sequence of cells."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, overload

from darkroom.domain.batch.axis import PROFILE, Axis, Point, refuse_too_many
from darkroom.domain.errors import InputError
from darkroom.domain.parameters import Role
from darkroom.domain.text import excerpt, plural

if TYPE_CHECKING:
    from collections.abc import Iterable

    from darkroom.domain.parameters import Value

_LOADED = frozenset({Role.VAE, Role.LORA, Role.REFINER, Role.UPSCALER, Role.HIRES_UPSCALER})
"""What a server loads beside the checkpoint."""

_PROFILE_COST, _CHECKPOINT_COST, _LOADED_COST, _CHEAP = range(4)


@dataclass(frozen=True, slots=True)
class Cell:
    """One job of a plan.

    Attributes:
        position: 0-based, in the order the jobs are made.
        coordinates: The label of its point on each axis, by the axis's name, the outermost first.
        values: What the axes set, by the names they were typed under; without `PROFILE`.
        profile: The server or group that an axis names; "" where none does.
        typed: Templates of prompts among `values`.
    """

    position: int
    coordinates: Mapping[str, str]
    values: Mapping[str, Value]
    profile: str
    typed: Mapping[str, str]


class Plan(Sequence[Cell]):
    """All cells of a batch, the first axis changing slowest. Cells are made when they are asked for.

    Attributes:
        axes: The outermost first; none for a single job.
    """

    def __init__(self, axes: Iterable[Axis] = ()) -> None:
        """Counts; builds nothing.

        Raises:
            InputError: There are more than `MAX_JOBS` cells, or two axes are called the same or set the same.
        """
        self.axes = tuple(axes)
        _refuse_clashes(self.axes)
        self._length = math.prod(len(axis.points) for axis in self.axes)
        refuse_too_many(self._length)

    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, index: int) -> Cell: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Cell, ...]: ...
    def __getitem__(self, index: int | slice) -> Cell | tuple[Cell, ...]:
        if isinstance(index, slice):
            return tuple(self[place] for place in range(*index.indices(self._length)))
        position = range(self._length)[index]
        points = []
        rest = position
        for axis in reversed(self.axes):
            rest, place = divmod(rest, len(axis.points))
            points.append(axis.points[place])
        return self._cell(position, reversed(points))

    def __iter__(self) -> Iterator[Cell]:
        for position, points in enumerate(product(*(axis.points for axis in self.axes))):
            yield self._cell(position, points)

    def _cell(self, position: int, points: Iterable[Point]) -> Cell:
        coordinates: dict[str, str] = {}
        values: dict[str, Value] = {}
        typed: dict[str, str] = {}
        for axis, point in zip(self.axes, points, strict=True):
            coordinates[axis.name] = point.label
            values |= point.values
            typed |= point.typed
        profile = values.pop(PROFILE, None)
        return Cell(position, coordinates, values, str(profile or ""), typed)

    @property
    def title(self) -> str:
        """The batch in one line: "checkpoint × steps, 12 jobs"."""
        names = " × ".join(excerpt(axis.name, 30) for axis in self.axes)
        return f"{names}, {plural(self._length, 'job')}" if names else plural(self._length, "job")

    def labels(self) -> dict[str, tuple[str, ...]]:
        """The labels along each axis by its name, the outermost first; JSON-able."""
        return {axis.name: axis.labels for axis in self.axes}


def outermost_first(axes: Iterable[Axis], roles: Mapping[str, Role]) -> tuple[Axis, ...]:
    """The axes with the costly ones outermost, so that servers and models change as seldom as can be.

    In this order: the server, the checkpoint, what else is loaded (VAE, LoRA, …), and the rest as typed.

    Args:
        axes: As typed.
        roles: What the names mean that the axes set.
    """
    return tuple(sorted(axes, key=lambda axis: min((_cost(name, roles) for name in axis.sets), default=3)))


def _cost(name: str, roles: Mapping[str, Role]) -> int:
    if name == PROFILE:
        return _PROFILE_COST
    role = roles.get(name)
    if role is Role.CHECKPOINT:
        return _CHECKPOINT_COST
    return _LOADED_COST if role in _LOADED else _CHEAP


def _refuse_clashes(axes: Sequence[Axis]) -> None:
    names: set[str] = set()
    setting: dict[str, str] = {}
    for axis in axes:
        twice = setting.keys() & axis.sets
        if axis.name in names or twice:
            name = min(twice, default=axis.name)
            raise InputError(
                f"“{excerpt(name, 40)}” is set by two axes",
                f"{excerpt(setting.get(name, name), 40)} and {excerpt(axis.name, 40)}",
                "Put all its values into one",
            )
        names.add(axis.name)
        setting |= dict.fromkeys(axis.sets, axis.name)
