"""Every value of a batch held against the form that it goes into, before anything is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from darkroom.domain.batch.axis import PROFILE
from darkroom.domain.errors import InputError, Rejected
from darkroom.domain.form import problems
from darkroom.domain.text import excerpt
from darkroom.services.batching.shapes import Wrong

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from darkroom.domain.batch.plan import Cell
    from darkroom.services.batching.composed import Composed
    from darkroom.services.batching.shapes import Shape

_SHOWN = 10


class Unfit(NamedTuple):
    """A value that cannot be used.

    Attributes:
        axis: Name of its axis.
        label: Of its point on it.
        name: The field that it was meant for, as typed.
        why: A short phrase ("at most 10000").
        server: Where; "" when there is only one.
    """

    axis: str
    label: str
    name: str
    why: str
    server: str

    def __str__(self) -> str:
        said = excerpt(self.label, 60) if self.axis == self.name else f"({excerpt(self.label, 60)})"
        where = f" on {excerpt(self.server, 40)}" if self.server else ""
        return f"{excerpt(self.name, 40)} {said}{where}: {self.why}"


class UnfitValues(InputError):
    """Values on axes that their fields do not take.

    Attributes:
        unfit: Each once, in the order of the batch.
    """

    def __init__(self, unfit: Sequence[Unfit]) -> None:
        further = len(unfit) - _SHOWN
        lines = [*map(str, unfit[:_SHOWN]), *([f"… and {further} more"] if further > 0 else [])]
        if len(unfit) == 1:
            super().__init__(lines[0], hint="Correct it; nothing was added")
        else:
            super().__init__(
                f"{len(unfit)} values of the batch cannot be used",
                "\n".join(lines),
                "Correct them; nothing was added",
            )
        self.unfit = tuple(unfit)


def check(composed: Composed) -> None:
    """Looks at every value of every job.

    Raises:
        UnfitValues: Values on axes that their fields do not take.
        InputError: Two names on axes mean one field.
        Rejected: What the form holds beside them would be refused, by address.
    """
    owners = {name: axis.name for axis in composed.plan.axes for name in axis.sets}
    several = any(PROFILE in axis.sets for axis in composed.plan.axes)
    unfit: dict[tuple[str, str, str], Unfit] = {}
    set_by_all: dict[int, set[str]] = {}
    for cell in composed.plan:
        shape = composed.shapes[composed.key(cell)]
        for name, why in _wrong(composed, cell, shape).items():
            axis = owners[name]
            place = (axis, cell.coordinates[axis], name)
            server = shape.state.profile.name if several else ""
            unfit.setdefault(place, Unfit(axis, cell.coordinates[axis], name, why, server))
        if not unfit:
            addresses = _addresses(shape, cell, composed)
            set_by_all.setdefault(id(shape), addresses).intersection_update(addresses)
    if unfit:
        raise UnfitValues(tuple(unfit.values()))
    for shape in composed.shapes.values():
        _check_rest(shape, set_by_all[id(shape)])


def _wrong(composed: Composed, cell: Cell, shape: Shape) -> Mapping[str, str]:
    found = {}
    for name, value in cell.values.items():
        if name in composed.loaded:
            if name in shape.wrong:
                found[name] = shape.wrong[name]
            continue
        try:
            shape.read(name, value)
        except Wrong as error:
            found[name] = str(error)
    return found


def _addresses(shape: Shape, cell: Cell, composed: Composed) -> set[str]:
    """What a job sets beside its form. Raises `InputError` when two names set the same."""
    by_address: dict[str, str] = dict(shape.filled)
    for name, value in cell.values.items():
        if name in composed.loaded:
            continue
        for address, _ in shape.read(name, value):
            other = by_address.setdefault(address, name)
            if other != name:
                raise InputError(
                    f"“{excerpt(name, 40)}” and “{excerpt(other, 40)}” are the same field",
                    hint="Name it once",
                )
    return set(by_address)


def _check_rest(shape: Shape, elsewhere: set[str]) -> None:
    """Looks at what no axis sets for all jobs of a form. Raises `Rejected`."""
    state = shape.state
    found = problems(state.form.specs, state.values())
    wrong = {address: why for address, why in found.items() if address not in elsewhere}
    if wrong:
        address, why = next(iter(wrong.items()))
        spec = state.form.get(address)
        raise Rejected(
            f"{spec.label if spec else address}: {why}",
            hint="Correct the marked fields",
            profile=state.profile.name,
            problems=wrong,
        )
