"""Seed variations: the same picture again with the seeds that follow a first one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from darkroom.domain.batch.axis import Axis, Point, refuse_too_many
from darkroom.domain.errors import InputError
from darkroom.domain.parameters import SEED_MAX, Role
from darkroom.domain.seed import draw
from darkroom.domain.text import plural

if TYPE_CHECKING:
    import random


def variations(count: int, base: int, maximum: int | None = None, *, name: str = Role.SEED) -> Axis:
    """The axis of seeds `base`, `base` + 1, …: as many as asked for.

    Seeds do not wrap round at their maximum: a seed that nobody named would be one that nobody expects.

    Args:
        count: How many, at least 1.
        base: The first.
        maximum: Largest seed of the server; `SEED_MAX` where it says none.
        name: Address of the seed, where its role alone would not say which.

    Raises:
        InputError: There are none, too many, or they lead beyond the maximum.
    """
    if count < 1:
        raise InputError("A batch has at least one picture", hint="Ask for a count of 1 or more")
    refuse_too_many(count)
    highest = SEED_MAX if maximum is None else min(maximum, SEED_MAX)
    if base < 0 or base + count - 1 > highest:
        raise InputError(
            f"{plural(count, 'seed')} from {base} on do not fit",
            f"The largest seed here is {highest}",
            f"Begin at {max(highest - count + 1, 0)} or below",
        )
    return Axis(str(name), tuple(Point(str(seed), {name: seed}) for seed in range(base, base + count)))


def draw_base(count: int, maximum: int | None = None, rng: random.Random | None = None) -> int:
    """A first seed from which `count` seeds fit below `maximum` (`SEED_MAX` for `None`)."""
    highest = SEED_MAX if maximum is None else min(maximum, SEED_MAX)
    return draw(max(highest - count + 1, 0), rng)
