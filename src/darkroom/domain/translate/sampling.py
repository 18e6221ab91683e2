"""Rules for the sampler and its schedule, seeds, steps and what a mode of speed stands for."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING

from darkroom.domain import service as services
from darkroom.domain.parameters import RANDOM_SEED, Role
from darkroom.domain.translate.move import shown
from darkroom.domain.translate.numbers import number
from darkroom.domain.translate.samplers import (
    AUTOMATIC,
    NORMAL,
    Sampling,
    nearest_sampler,
    nearest_schedule,
    sampler_of,
    sampling_of,
    schedule_of,
)

if TYPE_CHECKING:
    from darkroom.domain.parameters import ParameterSpec, Value
    from darkroom.domain.translate.move import Move

PERFORMANCE_STEPS = {"speed": 30, "quality": 60, "extreme speed": 8, "lightning": 4, "hyper-sd": 4}
"""Steps of Fooocus's performances. Source: Fooocus 2.5.3, `modules/flags.py`, `Steps`."""

OPEN_PERFORMANCE = "Speed"
"""The performance that leaves sampler, guidance and steps to the person."""


def samplers(move: Move, role: Role) -> None:
    """Sampler and schedule together: A1111 and ComfyUI divide them, InvokeAI has both in one field."""
    said = _said(move)
    fields = _fields(move)
    for (sampler, schedule), (spec, field) in zip(said, fields, strict=False):
        if not move.abroad and move.put(spec, sampler) and (field is None or move.put(field, schedule)):
            continue
        _put(move, spec, field, _meant(move, sampler, schedule))
    if said and not fields:
        move.nowhere(role, said[0][0])


def _said(move: Move) -> list[tuple[str, str]]:
    """Sampler and schedule, "" where none was said, for each sampler that there was."""
    source = move.source
    joined = not source.has(Role.SAMPLER)
    names = source.all(Role.SCHEDULER if joined else Role.SAMPLER)
    schedules = [] if joined else source.all(Role.SCHEDULER)
    both = zip_longest(names, schedules[: len(names)], fillvalue="")
    return [
        (name, schedule if isinstance(schedule, str) else "")
        for name, schedule in both
        if isinstance(name, str) and name
    ]


def _fields(move: Move) -> list[tuple[ParameterSpec, ParameterSpec | None]]:
    """The field for each sampler, and the one for its schedule where it has one of its own."""
    samplers, schedules = move.form.with_role(Role.SAMPLER), move.form.with_role(Role.SCHEDULER)
    if not samplers:
        return [(spec, None) for spec in schedules]
    return [
        (spec, schedules[place] if place < len(schedules) else None) for place, spec in enumerate(samplers)
    ]


def _meant(move: Move, sampler: str, schedule: str) -> Sampling:
    silent = AUTOMATIC if move.source.service == services.A1111 else NORMAL
    said = sampling_of(sampler, schedule)
    return said if said.schedule else sampling_of(sampler, silent)


def _put(move: Move, spec: ParameterSpec, field: ParameterSpec | None, wanted: Sampling) -> None:
    choice = nearest_sampler(wanted, spec.choices, glued=field is None)
    if choice is None:
        move.note(spec, f"{shown(wanted.sampler)} is not there; the field stays as it is")
        return
    move.put(spec, choice)
    got = sampler_of(choice) or Sampling(choice)
    if got.sampler != wanted.sampler:
        move.note(spec, f"{shown(choice)} stands in for {shown(wanted.sampler)}")
    if field is not None:
        _put_schedule(move, field, wanted.schedule or NORMAL)
    elif (got.schedule or NORMAL) != (wanted.schedule or NORMAL):
        stand_in = shown(got.schedule) if got.schedule else "its own"
        move.note(spec, f"{shown(choice)} has {stand_in} for the schedule {shown(wanted.schedule)}")


def _put_schedule(move: Move, spec: ParameterSpec, wanted: str) -> None:
    choice = nearest_schedule(wanted, spec.choices)
    if choice is None:
        move.note(spec, f"{shown(wanted)} is not there; the field stays as it is")
        return
    move.put(spec, choice)
    if (schedule_of(choice) or choice) != wanted:
        move.note(spec, f"{shown(choice)} stands in for {shown(wanted)}")


def seeds(move: Move, role: Role) -> None:
    """Seeds; one too large is folded into the server's range. A lost one is said with its strength."""
    for spec, value in move.pairs(role):
        if isinstance(value, bool) or not isinstance(value, int):
            continue
        most = spec.maximum
        if value != RANDOM_SEED and isinstance(most, int) and not 0 <= value <= most:
            folded = value % (most + 1)
            move.note(spec, f"{value} is too large here and became {folded}")
            value = folded
        move.put(spec, value)


def steps(move: Move, role: Role) -> None:
    """Steps, or those that a performance of Fooocus stands for."""
    if not move.source.first(role):
        count = _steps_of(move.source.first(Role.PERFORMANCE))
        field = next(iter(move.form.with_role(role)), None)
        if count is not None and move.abroad and field is not None:
            move.put(field, count)
            move.note(field, f"{count}, as {shown(move.source.first(Role.PERFORMANCE))} has it")
            return
    number(move, role)


def _steps_of(performance: Value) -> int | None:
    return PERFORMANCE_STEPS.get(performance.strip().lower()) if isinstance(performance, str) else None


def performance(move: Move, role: Role) -> None:
    """Fooocus's mode of speed; coming from elsewhere, the one that leaves all other fields open."""
    field = next(iter(move.form.with_role(role)), None)
    said = move.source.first(role)
    if field is None:
        if said and _steps_of(said) is None:
            move.nowhere(role, said)
        return
    if said:
        if not move.put(field, said):
            move.note(field, f"{shown(said)} is not there; the field stays as it is")
    elif move.source.has(Role.STEPS):
        move.put(field, OPEN_PERFORMANCE)
