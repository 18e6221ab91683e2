"""Makers of the form's specs; labels, limits and words of InvokeAI."""

from __future__ import annotations

from darkroom.connectors.specs import number
from darkroom.domain.parameters import RANDOM_SEED, Kind, ParameterSpec, Role

PROMPT, MODEL, SAMPLING, SIZE, IMAGE = "Prompt", "Model", "Sampling", "Size", "Image"
CONTROL, IMAGE_PROMPT, OUTPUT = "ControlNet", "Image prompt", "Output"

SEED_MAX = 2**32 - 1
"""Source: InvokeAI 6.14.2, schema of `noise`."""

PICTURES_MAX = 100
"""Pictures of one generation; the server's queue takes 10000 items."""


def text(address: str, label: str, role: Role) -> ParameterSpec:
    """A prompt."""
    return ParameterSpec(address, label, Kind.TEXT, "", role, PROMPT, multiline=True)


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
        limits = (64, 8192, grid_px)
        return number(address, label, SIZE, side_px, limits, role=role, unit="px", help=note)

    return side("width", Role.WIDTH), side("height", Role.HEIGHT)
