"""A folded section on one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from darkroom.app.widgets.form.reading import brief
from darkroom.domain.parameters import Kind, Role
from darkroom.domain.size import Size
from darkroom.domain.text import excerpt

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from darkroom.domain.parameters import ParameterSpec, Value

_AT_MOST = 8
"""Values a summary names; more would never fit a line."""


def summary(specs: Sequence[ParameterSpec], values: Mapping[str, Value]) -> str:
    """What a section holds, in few words: "1024×1024 (1:1) ×1", "20 · 7.0 · euler · normal · random"."""
    left = list(specs)
    parts = []
    size = _size(left, values)
    if size:
        parts.append(size)
    for spec in left:
        value = values.get(spec.address)
        if spec.kind is Kind.BOOLEAN:
            text = spec.label if value is True else ""
        elif spec.role is Role.BATCH_SIZE:
            text = f"×{value}"
        elif spec.optional and value in (None, ""):
            text = ""
        else:
            text = brief(spec, value)
        if text:
            parts.append(excerpt(text, 28))
        if len(parts) == _AT_MOST:
            break
    return " · ".join(parts)


def _size(left: list[ParameterSpec], values: Mapping[str, Value]) -> str:
    """Width and height as one text; both are taken out of `left`."""
    sides = [next((s for s in left if s.role is role), None) for role in (Role.WIDTH, Role.HEIGHT)]
    width, height = (None if side is None else values.get(side.address) for side in sides)
    if not isinstance(width, int) or not isinstance(height, int):
        return ""
    for side in sides:
        if side is not None:
            left.remove(side)
    return Size(width, height).label
