"""Rules for what is chosen by name: models, styles, upscalers; and for pictures that are fed in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from darkroom.domain.parameters import Kind, Role
from darkroom.domain.translate.move import shown
from darkroom.domain.translate.names import equivalent, is_nothing, same_name
from darkroom.domain.translate.numbers import HIRES

if TYPE_CHECKING:
    from darkroom.domain.parameters import ParameterSpec, Value
    from darkroom.domain.translate.move import Move


UNLESS_SAID = frozenset({Role.VAE, Role.REFINER, Role.FACE_RESTORATION})
"""What is used beside the checkpoint: whoever does not speak of it used none."""


def named(move: Move, role: Role) -> None:
    """Something that the server has under a name: the same file or name there, whatever its spelling."""
    pairs = move.pairs(role)
    if role in UNLESS_SAID and move.unsaid(role):
        pairs = [(spec, None) for spec in move.form.with_role(role)]
    for spec, value in pairs:
        if is_nothing(value):
            _nothing(move, spec)
        elif not move.put(spec, value) and not move.put(spec, _there(spec, role, value)):
            move.note(spec, f"{shown(value)} is not on this server; the field stays as it is")
    value = move.source.first(role)
    if move.form.with_role(role) or is_nothing(value):
        return
    if role not in HIRES:  # a lost second pass is said as a whole
        move.nowhere(role, value)


def _nothing(move: Move, spec: ParameterSpec) -> None:
    """Says "none" as the field does."""
    if spec.optional:
        move.clear(spec)
    elif spec.kind is Kind.BOOLEAN:
        move.put(spec, False)
    else:
        move.put(spec, next((choice for choice in spec.choices if is_nothing(choice)), None))


def _there(spec: ParameterSpec, role: Role, value: Value) -> Value:
    if spec.kind is Kind.BOOLEAN:
        return True  # a face restorer by name, where there is but one
    return equivalent(role, value, spec.choices) if isinstance(value, str) else None


def styles(move: Move, role: Role) -> None:
    """Named styles, one after the other, into the fields that there are."""
    wanted = [value for value in move.source.all(role) if isinstance(value, str) and not is_nothing(value)]
    slots = list(move.form.with_role(role))
    if move.unsaid(role) and slots and slots[0].default is not None:
        # They are what makes Fooocus Fooocus.
        move.note(slots[0], f"as they are; {move.source.title} told of none")
    if not move.source.has(role) and (not slots or slots[0].default is not None or not move.source.complete):
        return
    lost = []
    for style in wanted:
        found = same_name(style, slots[0].choices) if slots else None
        if found is None:
            lost.append(shown(style))
        else:
            move.put(slots.pop(0), found)
    for spec in slots:
        move.clear(spec)
    if lost:
        why = "this server has none of that name" if move.form.with_role(role) else "there is no such field"
        move.note(role, f"{', '.join(lost)} left out, {why}")


def pictures(move: Move, role: Role) -> None:
    """Pictures that are fed in, as references to what is kept here; none there is none here."""
    pairs = move.pairs(role)
    for spec, value in pairs:
        if is_nothing(value):
            move.clear(spec)
        else:
            move.put(spec, value)
    fields = move.form.with_role(role)
    if fields and not pairs and move.source.complete:
        move.clear(fields[0])
    value = move.source.first(role)
    if not fields and not is_nothing(value):
        move.note(role, "the picture was left out, there is no such field")


def silent(move: Move, role: Role) -> None:
    """What does not belong to the picture (a board to keep it on): carried where it fits, else forgotten."""
    for spec, value in move.pairs(role):
        move.put(spec, value)
