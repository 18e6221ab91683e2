"""The seeds of a batch: drawn once for all jobs, or counted up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from darkroom.domain.batch.seeds import draw_base, variations
from darkroom.domain.errors import InputError
from darkroom.domain.parameters import RANDOM_SEED, Kind, ParameterSpec, Role
from darkroom.domain.seed import draw

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from darkroom.domain.batch.axis import Axis
    from darkroom.domain.parameters import Value
    from darkroom.services.forms import FormState


def limit(spec: ParameterSpec) -> int | None:
    """The largest seed that a field takes; `None` where it says none."""
    return None if spec.maximum is None else int(spec.maximum)


def seed_axis(states: Collection[FormState], count: int) -> Axis:
    """The axis of `count` seeds from the first form's seed on, or from a drawn one that leaves room.

    Raises:
        InputError: There is no seed to count, the number makes no batch, or the seeds do not fit.
    """
    first = next(iter(states))
    held = [first.fields[spec.address].value for spec in first.form.with_role(Role.SEED)]
    if not held:
        raise InputError("There is no seed to count up", "This workflow has no field for one")
    most = _limit_of_all(states)
    base = held[0]
    if not isinstance(base, int) or base == RANDOM_SEED:
        base = draw_base(max(count, 1), most)
    return variations(count, base, most)


def shared(states: Collection[FormState]) -> dict[str, Value]:
    """A seed for each field that asks for a random one, by address: the same for all forms.

    The fields with the role of a seed share one number, so that servers can be compared; what else takes a
    seed (that of a variation) has its own.
    """
    one = draw(_limit_of_all(states))
    drawn: dict[str, Value] = {}
    for spec in _random(states):
        if spec.address not in drawn:
            drawn[spec.address] = one if spec.role is Role.SEED else draw(limit(spec))
    return drawn


def _random(states: Collection[FormState]) -> Iterator[ParameterSpec]:
    for state in states:
        for spec in state.form.specs:
            if spec.kind is Kind.SEED and state.fields[spec.address].value == RANDOM_SEED:
                yield spec


def _limit_of_all(states: Collection[FormState]) -> int | None:
    limits = [limit(spec) for state in states for spec in state.form.with_role(Role.SEED)]
    return min((most for most in limits if most is not None), default=None)
