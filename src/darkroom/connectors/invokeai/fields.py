"""Makers of the form's specs; labels, limits and words of InvokeAI."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from darkroom.domain.parameters import RANDOM_SEED, Kind, ParameterSpec, Role

if TYPE_CHECKING:
    from darkroom.domain.parameters import Value

PROMPT, MODEL, SAMPLING, SIZE, IMAGE = "Prompt", "Model", "Sampling", "Size", "Image"
CONTROL, IMAGE_PROMPT, OUTPUT = "ControlNet", "Image prompt", "Output"

SEED_MAX = 2**32 - 1
"""Source: InvokeAI 6.14.2, schema of `noise`."""

PICTURES_MAX = 100
"""Pictures of one generation; the server's queue takes 10000 items."""


def text(address: str, label: str, role: Role) -> ParameterSpec:
    """A prompt."""
    return ParameterSpec(address, label, Kind.TEXT, "", role, PROMPT, multiline=True)


def choice(
    address: str,
    label: str,
    choices: tuple[str, ...],
    section: str,
    *,
    role: Role | None = None,
    optional: bool = False,
    default: Value = None,
    note: str = "",
    advanced: bool = False,
) -> ParameterSpec:
    """One of a list."""
    return ParameterSpec(
        address,
        label,
        Kind.CHOICE,
        default,
        role,
        section,
        choices=choices,
        optional=optional,
        help=note,
        advanced=advanced,
    )


def number(
    address: str,
    label: str,
    section: str,
    default: float | int | None,
    low: float | int,
    high: float | int | None,
    step: float | int,
    *,
    role: Role | None = None,
    **more: Any,
) -> ParameterSpec:
    """A number; a whole one where `step` is whole."""
    kind = Kind.INTEGER if isinstance(step, int) else Kind.NUMBER
    return ParameterSpec(
        address, label, kind, default, role, section, minimum=low, maximum=high, step=step, **more
    )


def part(address: str, label: str, section: str, default: float, note: str, **more: Any) -> ParameterSpec:
    """A part of the whole, 0 to 1."""
    return number(address, label, section, default, 0.0, 1.0, 0.05, help=note, **more)


def picture(
    address: str, label: str, section: str, role: Role | None, note: str, *, optional: bool = True
) -> ParameterSpec:
    """A picture that is fed in."""
    return ParameterSpec(address, label, Kind.IMAGE, None, role, section, optional=optional, help=note)


def seed() -> ParameterSpec:
    """The seed; a batch counts up from it."""
    return ParameterSpec(
        "seed",
        "Seed",
        Kind.SEED,
        RANDOM_SEED,
        Role.SEED,
        SAMPLING,
        minimum=0,
        maximum=SEED_MAX,
        step=1,
        help="Each further picture of a batch takes the next seed",
    )


def sizes(side_px: int, grid_px: int) -> tuple[ParameterSpec, ParameterSpec]:
    """Width and height."""
    note = f"A multiple of {grid_px}"

    def side(address: str, role: Role) -> ParameterSpec:
        label = address.capitalize()
        return number(address, label, SIZE, side_px, 64, 8192, grid_px, role=role, unit="px", help=note)

    return side("width", Role.WIDTH), side("height", Role.HEIGHT)
