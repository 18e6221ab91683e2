"""Short ways to write the fields of a form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from darkroom.domain.parameters import Kind, ParameterSpec

if TYPE_CHECKING:
    from collections.abc import Sequence

    from darkroom.domain.parameters import Role, Value


def choice(
    address: str,
    label: str,
    section: str,
    choices: Sequence[str],
    default: Value = None,
    *,
    role: Role | None = None,
    **more: Any,
) -> ParameterSpec:
    """One of some names; `more` are further attributes of the spec."""
    return ParameterSpec(address, label, Kind.CHOICE, default, role, section, choices=tuple(choices), **more)


def number(
    address: str,
    label: str,
    section: str,
    default: float | None,
    limits: tuple[float, float | None, float],
    *,
    role: Role | None = None,
    **more: Any,
) -> ParameterSpec:
    """A number between the first two of `limits`, in steps of the third: a whole one where that is whole."""
    low, high, step = limits
    kind = Kind.INTEGER if isinstance(step, int) else Kind.NUMBER
    return ParameterSpec(
        address, label, kind, default, role, section, minimum=low, maximum=high, step=step, **more
    )


def part(
    address: str, label: str, section: str, default: float, *, role: Role | None = None, **more: Any
) -> ParameterSpec:
    """A part of the whole, 0 to 1."""
    return number(address, label, section, default, (0.0, 1.0, 0.05), role=role, **more)


def picture(address: str, label: str, section: str, role: Role | None, **more: Any) -> ParameterSpec:
    """A picture that is fed in; need not be there unless `more` says so."""
    return ParameterSpec(address, label, Kind.IMAGE, None, role, section, **{"optional": True, **more})
