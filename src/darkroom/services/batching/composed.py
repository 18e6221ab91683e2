"""A batch that was checked and is not kept yet."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from darkroom.domain.parameters import RANDOM_SEED
from darkroom.domain.seed import draw
from darkroom.services.batching.seeding import limit
from darkroom.services.batching.wanted import Templating

if TYPE_CHECKING:
    from collections.abc import Mapping

    from darkroom.domain.batch.plan import Cell, Plan
    from darkroom.domain.parameters import Value
    from darkroom.domain.snapshot import Snapshot
    from darkroom.services.batching.shapes import Shape
    from darkroom.services.batching.templates import Templates
    from darkroom.services.batching.wanted import Wanted
    from darkroom.services.forms import FormState

    Key = tuple[str, tuple[tuple[str, type, Value], ...]]
    """What decides a job's form: its server, and name, type and value of what is not plain.

    The type, because 1 and True are the same to Python and not the same to a field.
    """


def key_of(cell: Cell, target: str, loaded: frozenset[str]) -> Key:
    """What decides the form of a job.

    Args:
        cell: The job.
        target: Where it goes when it does not say so itself.
        loaded: Names of values that are not plain.
    """
    return cell.profile or target, tuple(
        (name, type(value), value) for name, value in cell.values.items() if name in loaded
    )


@dataclass(frozen=True, slots=True)
class Composed:
    """A batch that could be added.

    Attributes:
        session_id: Where it belongs.
        target: The server or group of the jobs that name none.
        plan: All jobs, in their order.
        wanted: What was asked for, with a `draw_seed`.
        state: The form of the first server as it was filled, before anything was drawn.
        shapes: The forms of the jobs, by what decides them.
        loaded: Names on axes whose values are not plain.
        templates: Those among its prompts.
    """

    session_id: str
    target: str
    plan: Plan
    wanted: Wanted
    state: FormState
    shapes: Mapping[Key, Shape] = field(repr=False)
    loaded: frozenset[str] = field(repr=False)
    templates: Templates = field(repr=False)

    def key(self, cell: Cell) -> Key:
        """What decides the form of a job."""
        return key_of(cell, self.target, self.loaded)

    def plain(self, cell: Cell) -> dict[str, Value]:
        """What the axes set for a job beside its form, by address."""
        shape = self.shapes[self.key(cell)]
        return {
            address: value
            for name, told in cell.values.items()
            if name not in self.loaded
            for address, value in shape.read(name, told)
        }

    def snapshot(self, cell: Cell, made: Snapshot) -> Snapshot:
        """The whole request of a job, with nothing left open.

        Args:
            cell: The job.
            made: The request of its form.
        """
        shape = self.shapes[self.key(cell)]
        filled = shape.state.fields
        values = self.plain(cell)
        for spec in shape.seeds():
            if values.get(spec.address, filled[spec.address].value) == RANDOM_SEED:
                values[spec.address] = draw(limit(spec))
        typed = {a: text for name, text in cell.typed.items() for a, _ in shape.read(name, cell.values[name])}
        if self.wanted.templates is Templating.DRAW and self.templates:
            for spec in shape.prompts():
                text = values.get(spec.address, filled[spec.address].value)
                if isinstance(text, str) and text in self.templates:
                    key = f"{self.wanted.draw_seed}/{cell.position}/{spec.role}"
                    values[spec.address], typed[spec.address] = self.templates.drawn(text, key), text
        return replace(made, values={**made.values, **values}, typed={**made.typed, **typed})
