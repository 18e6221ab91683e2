"""Rules for plain numbers: held to the limits of the field, and said when they had to be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from darkroom.domain import service as services
from darkroom.domain.parameters import Kind, Role
from darkroom.domain.translate.move import fitted, shown
from darkroom.domain.translate.names import is_nothing

if TYPE_CHECKING:
    from darkroom.domain.parameters import Value
    from darkroom.domain.translate.move import Move

QUIET: dict[Role, tuple[Value, ...]] = {
    Role.DENOISE: (1,),
    Role.SUBSEED_STRENGTH: (0,),
    Role.SHARPNESS: (2,),
    Role.BATCH_COUNT: (1,),
    Role.UPSCALE: (1,),
    Role.HIRES_STEPS: (0,),
    Role.GUIDANCE: (3.5,),  # what Forge holds for every model, and FLUX was made for
}
"""Values that change nothing: losing them is not worth a note."""

HIRES = frozenset({Role.HIRES_STEPS, Role.HIRES_DENOISE, Role.HIRES_UPSCALER})
"""Settings of a second pass: without one they mean nothing."""

HIRES_SWITCH = "hires"
"""Address of the field that turns the second pass on; without it the others are not there."""

USUAL_SKIP = {services.A1111: 1, services.FOOOCUS: 2, services.FOOOCUS_API: 2}
"""CLIP skip when the text encoder's usual layer is used; none elsewhere. All forms count from the end, 1 the
last layer. Fooocus is for SDXL, whose usual layer is the second; A1111 takes no notice of 1 there.
Source: contract pages; Fooocus 2.5.3, `modules/config.py`, `default_clip_skip`."""


UNSAID: dict[Role, Value] = {Role.SUBSEED_STRENGTH: 0.0, Role.TILING: False}
"""What it means when settings that are complete do not speak of a role."""


def number(move: Move, role: Role) -> None:
    """A number, rounded where the field holds whole ones, within its limits."""
    if role in UNSAID and move.unsaid(role):
        for spec in move.form.with_role(role):
            move.put(spec, UNSAID[role])
    for spec, value in move.pairs(role):
        if value is None:
            move.clear(spec)
            continue
        if move.put(spec, value):
            continue
        near = fitted(spec, value)
        if near is not None and move.put(spec, near):
            if near != value:
                move.note(spec, f"{shown(value)} became {shown(near)}")
        else:
            move.note(spec, f"{shown(value)} does not fit; the field stays as it is")
    value = move.source.first(role)
    if not move.form.with_role(role) and not _quiet(move, role, value):
        move.nowhere(role, value)


def hires(move: Move, role: Role) -> None:
    """The second pass: its switch, where the form has one, then how much larger it paints."""
    scale = move.source.first(role)
    wanted = isinstance(scale, int | float) and scale > 1
    switch = move.form.get(HIRES_SWITCH)
    if switch is None or switch.kind is not Kind.BOOLEAN:
        if move.form.with_role(role):
            number(move, role)
        elif wanted:
            move.note(role, f"the second pass, {shown(scale)} times larger, was left out")
        return
    if wanted or move.source.complete:
        move.put(switch, wanted)
    if wanted and move.form.with_role(role):
        number(move, role)


def _quiet(move: Move, role: Role, value: Value) -> bool:
    if is_nothing(value) or value in QUIET.get(role, ()):
        return True
    if role in HIRES or role is Role.REFINER_SWITCH:
        return True  # said with what they belong to
    return role is Role.DENOISE and is_nothing(move.source.first(Role.IMAGE))


def clip_skip(move: Move, role: Role) -> None:
    """CLIP skip; the usual layer stays the usual one, whatever each service calls it."""
    if not move.abroad and move.source.has(role):
        number(move, role)
        return
    if not move.source.complete and not move.source.has(role):
        return
    layer = _layer(move.source.service, move.source.first(role))
    field = next(iter(move.form.with_role(role)), None)
    if field is None:
        if layer is not None:
            move.nowhere(role, layer)
        return
    if layer is None:
        move.put(field, None if field.optional else USUAL_SKIP.get(move.service, field.default))
        return
    # A graph has ComfyUI's own count, below nothing.
    wanted = -layer if field.maximum is not None and field.maximum < 0 else layer
    near = fitted(field, wanted)
    move.put(field, near)
    if near != wanted:
        move.note(field, f"{layer} became {shown(near)}")


def _layer(service: str, value: Value) -> int | None:
    """The layer, counted from the end; `None` for the usual one."""
    if isinstance(value, bool) or not isinstance(value, int) or value == USUAL_SKIP.get(service):
        return None
    return abs(value) or None
