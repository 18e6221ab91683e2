"""Rules for the size of a picture and how many are made."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from darkroom.domain.parameters import Kind, Role
from darkroom.domain.translate.move import fitted

if TYPE_CHECKING:
    from darkroom.domain.parameters import ParameterSpec, Value
    from darkroom.domain.translate.move import Move

_SIZE = re.compile(r"\s*(\d{1,5})\s*[x×*]\s*(\d{1,5})\b")


def sizes(move: Move, role: Role) -> None:
    """Width and height, on the grid of the fields. A list of sizes (Fooocus has one) serves as well."""
    if not move.abroad and _at_home(move):
        return
    size = _size_of(move)
    if size is None:
        return
    listed = next(filter(_lists_sizes, move.form.specs), None)
    if listed is not None:
        same = next((choice for choice in listed.choices if read_size(choice) == size), None)
        move.put(listed, same)
        if same is not None:
            return
    fields = [move.form.with_role(one) for one in (Role.WIDTH, Role.HEIGHT)]
    if not all(fields):
        if listed is None or not listed.optional:
            move.note(role, f"{size[0]}×{size[1]} was left out, there is no field for a size")
        return
    got = []
    for specs, pixels in zip(fields, size, strict=True):
        near = on_grid(specs[0], pixels)
        move.put(specs[0], near)
        got.append(near)
    if tuple(got) != size:
        move.notes.append(f"Size: {size[0]}×{size[1]} became {got[0]}×{got[1]}")


def _at_home(move: Move) -> bool:
    pairs = [*move.pairs(Role.WIDTH), *move.pairs(Role.HEIGHT)]
    taken = [move.put(spec, value) for spec, value in pairs]
    return bool(taken) and all(taken)


def _size_of(move: Move) -> tuple[int, int] | None:
    width, height = move.source.first(Role.WIDTH), move.source.first(Role.HEIGHT)
    if isinstance(width, int) and isinstance(height, int) and width > 0 and height > 0:
        return width, height
    texts = (v for a, v in move.source.values.items() if a not in move.source.roles and isinstance(v, str))
    return next(filter(None, map(read_size, texts)), None)


def read_size(text: Value) -> tuple[int, int] | None:
    """Width and height of "1152×896", "1152*896", "1152x896 (9:7)"; `None` when it is no size."""
    found = _SIZE.match(text) if isinstance(text, str) else None
    return (int(found[1]), int(found[2])) if found else None


def _lists_sizes(spec: ParameterSpec) -> bool:
    return (
        spec.kind is Kind.CHOICE
        and spec.role is None
        and bool(spec.choices)
        and all(map(read_size, spec.choices))
    )


def on_grid(spec: ParameterSpec, pixels: int) -> int:
    """The nearest length that a field takes, a multiple of its step."""
    step = spec.step if isinstance(spec.step, int) and spec.step > 0 else 1
    low = spec.minimum if isinstance(spec.minimum, int) else 0
    near = fitted(spec, round(pixels / step) * step)
    length = near if isinstance(near, int) else pixels
    # A limit may lie beside the grid.
    if length % step and length - length % step >= low:
        length -= length % step
    return length


def batches(move: Move, role: Role) -> None:
    """How many pictures: at once times one after the other, in the fields that there are."""
    if not move.abroad:
        for one in (Role.BATCH_SIZE, Role.BATCH_COUNT):
            for spec, value in move.pairs(one):
                move.put(spec, value)
        return
    at_once, runs = (_count(move, one) for one in (Role.BATCH_SIZE, Role.BATCH_COUNT))
    size = next(iter(move.form.with_role(role)), None)
    count = next(iter(move.form.with_role(Role.BATCH_COUNT)), None)
    if not (move.source.has(role) or move.source.has(Role.BATCH_COUNT)):
        return
    total = at_once * runs
    made = 1
    if size is not None:
        wanted = at_once if count is not None else total
        near = fitted(size, wanted)
        made *= near if isinstance(near, int) else 1
        move.put(size, near)
    if count is not None:
        near = fitted(count, -(-total // made))
        made *= near if isinstance(near, int) else 1
        move.put(count, near)
    if made != total:
        move.notes.append(f"Pictures: {total} became {made}")


def _count(move: Move, role: Role) -> int:
    value = move.source.first(role)
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 1
