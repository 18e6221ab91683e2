"""Rules for prompts, and for LoRAs, which stand in fields here and in the prompt there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from darkroom.domain.parameters import Role
from darkroom.domain.translate.dialects import Dialect, lowered, of_service, tags_of
from darkroom.domain.translate.move import fitted, shown
from darkroom.domain.translate.names import is_nothing, same_file

if TYPE_CHECKING:
    from collections.abc import Iterator

    from darkroom.domain.parameters import ParameterSpec, Value
    from darkroom.domain.translate.move import Move


class Lora(NamedTuple):
    """A LoRA of the settings there were."""

    name: str
    strength: float


def prompts(move: Move, role: Role) -> None:
    """Prompts in the words of the other service; LoRA tags leave them where there are fields for LoRAs."""
    source, target = _dialects(move)
    for spec, value in move.pairs(role):
        if not isinstance(value, str) or source is target:
            move.put(spec, value)
            continue
        prompt, tags = source.parse(value), False
        if move.wants(Role.LORA) and move.form.with_role(Role.LORA):
            prompt, found = tags_of(prompt)
            tags = bool(found)
        prompt, notes = lowered(prompt, target)
        text = target.write(prompt)
        move.put(spec, _closed(text) if tags else text)
        for note in notes:
            move.note(spec, note)
    value = move.source.first(role)
    if value and not move.form.with_role(role):
        move.nowhere(role, value)


def _closed(text: str) -> str:
    """A prompt without the commas and blanks that stood around its tags."""
    return re.sub(r"\s*,(?:\s*,)+", ",", text).strip(" \t\n,")


def _dialects(move: Move) -> tuple[Dialect, Dialect]:
    return (
        of_service(move.source.service, negative=move.source.has(Role.NEGATIVE)),
        of_service(move.service, negative=bool(move.form.with_role(Role.NEGATIVE))),
    )


def loras(move: Move, role: Role) -> None:
    """LoRAs of fields and of tags, one after the other, into the fields that there are."""
    wanted = [*_of_fields(move), *(_of_tags(move) if move.abroad else ())]
    slots = _slots(move)
    for lora in wanted:
        found = same_file(lora.name, slots[0][0].choices) if slots else None
        if found is None:
            why = "this server has none of that name" if slots else "there is no field for it"
            move.note(role, f"{shown(lora.name)} was left out, {why}")
            continue
        (spec, strength), slots = slots[0], slots[1:]
        move.put(spec, found)
        if strength is not None:
            _put_strength(move, strength, lora)
    if wanted or move.source.complete or move.source.has(role):
        for spec, _ in slots:
            move.clear(spec)


def _put_strength(move: Move, spec: ParameterSpec, lora: Lora) -> None:
    value = fitted(spec, lora.strength)
    if value != lora.strength:
        move.note(spec, f"{shown(lora.strength)} became {shown(value)}")
    move.put(spec, value)


def _of_fields(move: Move) -> Iterator[Lora]:
    name: Value = None
    strength: Value = None
    for address, role in move.source.roles.items():
        value = move.source.values.get(address)
        if role is Role.LORA:
            yield from _lora(name, strength)
            name, strength = value, None
        elif role is Role.LORA_STRENGTH and strength is None:
            strength = value
    yield from _lora(name, strength)


def _lora(name: Value, strength: Value) -> Iterator[Lora]:
    if isinstance(name, str) and not is_nothing(name):
        known = isinstance(strength, int | float) and not isinstance(strength, bool)
        yield Lora(name, float(strength) if known and strength is not None else 1.0)


def _of_tags(move: Move) -> Iterator[Lora]:
    if not move.form.with_role(Role.LORA):
        return  # they stay in the prompt where they mean something, and are noted there where they do not
    source, _ = _dialects(move)
    for value in move.source.all(Role.PROMPT):
        for tag in tags_of(source.parse(value))[1] if isinstance(value, str) else ():
            yield Lora(tag.name, tag.strength)


def _slots(move: Move) -> list[tuple[ParameterSpec, ParameterSpec | None]]:
    """The fields for LoRAs, each with the one for its strength."""
    slots: list[tuple[ParameterSpec, ParameterSpec | None]] = []
    for spec in move.form.specs:
        if spec.role is Role.LORA:
            slots.append((spec, None))
        elif spec.role is Role.LORA_STRENGTH and slots and slots[-1][1] is None:
            slots[-1] = (slots[-1][0], spec)
    return slots
