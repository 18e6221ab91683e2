"""Under which key, and in which words, a session remembers what was used with a service."""

from __future__ import annotations

from typing import TYPE_CHECKING

from darkroom.domain.service import COMFYUI

if TYPE_CHECKING:
    from collections.abc import Mapping

    from darkroom.domain.parameters import Role, Value
    from darkroom.domain.workflow import Workflow


def key(workflow: Workflow, service: str) -> str:
    """Where values by address are kept: the built-in workflows have other fields with each service."""
    return workflow.id if service == COMFYUI or not workflow.built_in else f"{workflow.id}@{service}"


def kept(service: str, by_role: Mapping[Role, Value]) -> Mapping[Role, Value]:
    """What is remembered of values that were used with `service`, in no service's own words."""
    if service == COMFYUI:
        return by_role
    # Whoever stays with ComfyUI needs none of it.
    from darkroom.domain.translate import memory

    return memory.kept(service, by_role)


def used(service: str, by_role: Mapping[Role, Value]) -> Mapping[Role, Value]:
    """What was remembered, in the words of `service`."""
    if service == COMFYUI or not by_role:
        return by_role
    # Whoever stays with ComfyUI needs none of it.
    from darkroom.domain.translate import memory

    return memory.used(service, by_role)
