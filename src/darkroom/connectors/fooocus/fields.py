"""Makers of fields: a choice, a number, a switch, each with the server's default and limits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from darkroom.domain.parameters import Kind, ParameterSpec

if TYPE_CHECKING:
    from darkroom.connectors.fooocus.offer import Offer
    from darkroom.domain.parameters import Role

PROMPT, MODEL, SAMPLING, SIZE, IMAGE = "Prompt", "Model", "Sampling", "Size", "Image"
STYLES, IMAGE_PROMPTS, ADVANCED = "Styles", "Image prompts", "Advanced"
"""Titles of the sections, in the order of the form; the last one starts folded."""


def choice(
    offer: Offer,
    address: str,
    label: str,
    section: str,
    choices: tuple[str, ...],
    role: Role | None = None,
    *,
    optional: bool = False,
    text: str = "",
) -> ParameterSpec:
    """A field for one of `choices`, with the server's default where that is one of them."""
    default = offer.default(address)
    return ParameterSpec(
        address,
        label,
        Kind.CHOICE,
        default if default in choices else None,
        role,
        section,
        choices=choices,
        optional=optional,
        help=text,
        advanced=section == ADVANCED,
    )


def number(
    offer: Offer,
    address: str,
    label: str,
    section: str,
    role: Role | None = None,
    *,
    step: float | None = None,
    unit: str = "",
    optional: bool = False,
    text: str = "",
) -> ParameterSpec:
    """A field for a number; whole where both limits are."""
    low, high = offer.limit(address)
    whole = isinstance(low, int) and isinstance(high, int)
    return ParameterSpec(
        address,
        label,
        Kind.INTEGER if whole else Kind.NUMBER,
        offer.default(address),
        role,
        section,
        minimum=low,
        maximum=high,
        step=step if step is not None else (1 if whole else 0.05),
        optional=optional,
        unit=unit,
        help=text,
        advanced=section == ADVANCED,
    )


def switch(address: str, label: str, section: str = ADVANCED, text: str = "") -> ParameterSpec:
    """A field for yes or no; no is the default."""
    return ParameterSpec(
        address, label, Kind.BOOLEAN, False, None, section, help=text, advanced=section == ADVANCED
    )


def picture(
    address: str, label: str, section: str, role: Role | None, *, optional: bool = True, text: str = ""
) -> ParameterSpec:
    """A field for a picture that is fed in."""
    return ParameterSpec(address, label, Kind.IMAGE, None, role, section, optional=optional, help=text)
