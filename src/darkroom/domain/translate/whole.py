"""All settings of a generation for the form of another service: a rule for each role.

To treat another role, or one in another way, change its row in `RULES`; rules are plain functions that
read a `Move` and add values and notes to it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from darkroom.domain.parameters import Role
from darkroom.domain.text import excerpt, plural
from darkroom.domain.translate.choosing import named, pictures, silent, styles
from darkroom.domain.translate.move import Move, Source, Translation, shown
from darkroom.domain.translate.names import is_nothing
from darkroom.domain.translate.numbers import HIRES_SWITCH, clip_skip, hires, number
from darkroom.domain.translate.prompting import loras, prompts
from darkroom.domain.translate.sampling import performance, samplers, seeds, steps
from darkroom.domain.translate.sizing import batches, read_size, sizes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from darkroom.domain.form import Form


class Rule(Protocol):
    """What is done with the settings of a role."""

    def __call__(self, move: Move, role: Role, /) -> None:
        """Adds values and notes to `move`."""
        ...


RULES: Mapping[Role, Rule] = {
    Role.PROMPT: prompts,
    Role.NEGATIVE: prompts,
    Role.STYLE: styles,
    Role.CHECKPOINT: named,
    Role.VAE: named,
    Role.LORA: loras,  # with LORA_STRENGTH
    Role.REFINER: named,
    Role.REFINER_SWITCH: number,
    Role.CLIP_SKIP: clip_skip,
    Role.PERFORMANCE: performance,
    Role.STEPS: steps,
    Role.CFG_SCALE: number,
    Role.GUIDANCE: number,
    Role.SHARPNESS: number,
    Role.SAMPLER: samplers,  # with SCHEDULER
    Role.SEED: seeds,
    Role.SUBSEED_STRENGTH: number,
    Role.SUBSEED: seeds,
    Role.WIDTH: sizes,  # with HEIGHT
    Role.BATCH_SIZE: batches,  # with BATCH_COUNT
    Role.IMAGE: pictures,
    Role.MASK: pictures,
    Role.DENOISE: number,
    Role.HIRES_SCALE: hires,  # says what becomes of the whole second pass
    Role.HIRES_UPSCALER: named,
    Role.HIRES_STEPS: number,
    Role.HIRES_DENOISE: number,
    Role.UPSCALER: named,
    Role.UPSCALE: number,
    Role.FACE_RESTORATION: named,
    Role.TILING: number,
    Role.BOARD: silent,
}
"""The treatment of each role, in the order in which notes are told."""

LISTS = frozenset({Role.LORA, Role.STYLE})
"""Roles that come in lists, and are told one by one by their rules."""

_NAMED = 4
"""Settings without a counterpart that are named one by one."""


def translate(
    source: Source, service: str, form: Form, *, only: frozenset[Role] | None = None
) -> Translation:
    """What `form` is to hold so that it asks for what `source` did. Pure.

    Some fields appear only when others are filled: build the form anew with the values that came back
    and translate again, until nothing changes. The notes of the last time count.

    Args:
        source: The settings there were.
        service: Whose form it is.
        form: The fields, with the choices and limits of the server at hand.
        only: Nothing but these roles; all of them, and what has no role, by default.
    """
    move = Move(source, service, form, only)
    for role, rule in RULES.items():
        if move.wants(role):
            rule(move, role)
            _surplus(move, role)
    if only is None:
        _unnamed(move)
    return Translation(move.values, tuple(dict.fromkeys(move.notes)))


def _matters(source: Source, address: str) -> bool:
    """Whether losing a setting without a role is worth a note."""
    value = source.values[address]
    told = address == HIRES_SWITCH or read_size(value) is not None  # by rules of their own
    return not (told or is_nothing(value) or address in source.usual)


def _surplus(move: Move, role: Role) -> None:
    """Says what further fields of one role held: a graph may have two samplers, and so steps twice."""
    fields = len(move.form.with_role(role))
    said = move.source.all(role)
    further = dict.fromkeys(value for value in said[fields:] if value not in said[:fields])
    lost = [shown(value) for value in further if not is_nothing(value)]
    if fields and lost and role not in LISTS:
        move.note(role, f"{', '.join(lost)} of further fields left out")


def _unnamed(move: Move) -> None:
    """Settings without a role: they mean the same only where the same field stands."""
    lost = []
    for address, value in move.source.values.items():
        if address in move.source.roles:
            continue
        spec = move.form.get(address) if not move.abroad else None
        if spec is not None and spec.role is None:
            move.put(spec, move.source.typed.get(address, value))
        elif move.abroad and _matters(move.source, address):
            lost.append(address)
    if lost:
        names = ", ".join(excerpt(address, 40) for address in lost[:_NAMED])
        more = f" and {plural(len(lost) - _NAMED, 'other')}" if len(lost) > _NAMED else ""
        move.notes.append(f"Only {move.source.title} has: {names}{more}")
