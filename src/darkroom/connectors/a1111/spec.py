"""Short ways to write the fields of the form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from darkroom.domain.parameters import Kind, ParameterSpec, Role

if TYPE_CHECKING:
    from collections.abc import Sequence


def choice(
    address: str,
    label: str,
    choices: Sequence[str],
    role: Role | None,
    section: str,
    default: str | None = None,
    *,
    optional: bool = False,
    help_text: str = "",
    advanced: bool = False,
) -> ParameterSpec:
    """One of some names."""
    return ParameterSpec(
        address,
        label,
        Kind.CHOICE,
        default,
        role,
        section,
        choices=tuple(choices),
        optional=optional,
        help=help_text,
        advanced=advanced,
    )


def whole(
    address: str,
    label: str,
    default: int,
    limits: tuple[int, int],
    role: Role | None,
    section: str,
    *,
    unit: str = "",
    help_text: str = "",
) -> ParameterSpec:
    """A whole number between `limits`."""
    low, high = limits
    return ParameterSpec(
        address,
        label,
        Kind.INTEGER,
        default,
        role,
        section,
        minimum=low,
        maximum=high,
        step=1,
        unit=unit,
        help=help_text,
    )


def number(
    address: str,
    label: str,
    default: float,
    limits: tuple[float, float, float],
    role: Role | None,
    section: str,
) -> ParameterSpec:
    """A number between the first two of `limits`, in steps of the third."""
    low, high, step = limits
    return ParameterSpec(
        address, label, Kind.NUMBER, default, role, section, minimum=low, maximum=high, step=step
    )
