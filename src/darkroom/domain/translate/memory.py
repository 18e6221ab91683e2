"""What a session remembers by role, in words that belong to no service: ComfyUI's, which came first.

Services differ in what a prompt, a CLIP skip or a sampler's name means. What is remembered by role is
turned into ComfyUI's words when it is kept, and into those of the service at hand when it is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from darkroom.domain import service as services
from darkroom.domain.parameters import Role, Value
from darkroom.domain.translate.dialects import COMFYUI, Dialect, of_service, reword
from darkroom.domain.translate.numbers import USUAL_SKIP
from darkroom.domain.translate.samplers import NORMAL, sampler_of

if TYPE_CHECKING:
    from collections.abc import Mapping

Remembered = dict[Role, Value]


def kept(service: str, values: Mapping[Role, Value]) -> Remembered:
    """What is remembered of `values` that were used with `service`."""
    dialect = of_service(service, negative=Role.NEGATIVE in values)
    found = _reworded(values, dialect, COMFYUI)
    if Role.CLIP_SKIP in found and found[Role.CLIP_SKIP] == USUAL_SKIP.get(service):
        found[Role.CLIP_SKIP] = None
    sampler = found.get(Role.SAMPLER, found.get(Role.SCHEDULER))
    meant = sampler_of(sampler) if isinstance(sampler, str) and service == services.INVOKEAI else None
    if meant is not None:
        found[Role.SAMPLER] = meant.sampler
        found[Role.SCHEDULER] = meant.schedule or NORMAL
    return found


def used(service: str, values: Mapping[Role, Value]) -> Remembered:
    """What was remembered, for a form of `service`; choices are matched when the form is merged."""
    found = _reworded(values, COMFYUI, of_service(service))
    if found.get(Role.CLIP_SKIP, 0) is None:
        found[Role.CLIP_SKIP] = USUAL_SKIP.get(service)
    sampler, schedule = found.get(Role.SAMPLER), found.get(Role.SCHEDULER)
    if service == services.INVOKEAI and isinstance(sampler, str):
        glued = sampler if schedule in (None, NORMAL) else f"{sampler} {schedule}"
        found[Role.SAMPLER] = found[Role.SCHEDULER] = glued
    return found


def _reworded(values: Mapping[Role, Value], source: Dialect, target: Dialect) -> Remembered:
    found = dict(values)
    for role in (Role.PROMPT, Role.NEGATIVE):
        text = found.get(role)
        if isinstance(text, str):
            found[role] = reword(text, source, target)[0]
    return found
