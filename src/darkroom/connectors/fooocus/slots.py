"""Lists as slots: the next one appears when the one before is filled."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from darkroom.connectors.fooocus.fields import MODEL, STYLES, choice
from darkroom.domain.parameters import Kind, ParameterSpec, Role

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from darkroom.connectors.fooocus.offer import Offer
    from darkroom.domain.parameters import Value

STYLE_SLOTS = 12
STRENGTH = 1.0
"""Of a LoRA that is not the preset's."""


def slot_address(name: str, slot: int, part: str = "") -> str:
    """The address of a slot, counted from 1: `lora`, `lora_2`; of a part of it: `lora_2_strength`."""
    return "_".join([name, *([str(slot)] if slot > 1 else []), *([part] if part else [])])


def filled(values: Mapping[str, Value], name: str, slots: int) -> Iterator[tuple[int, str]]:
    """Number and value of each slot up to the first empty one, where the form ends the list too."""
    for slot in range(1, slots + 1):
        value = values.get(slot_address(name, slot))
        if not isinstance(value, str) or not value:
            return
        yield slot, value


def style_slots(offer: Offer, values: Mapping[str, Value]) -> Iterator[ParameterSpec]:
    """A field for each style that is chosen, and an empty one after them."""
    for slot in range(1, STYLE_SLOTS + 1):
        address = slot_address("style", slot)
        default = offer.default(address)
        known = offer.styles or ((default,) if isinstance(default, str) else ())
        label = "Style" if slot == 1 else f"Style {slot}"
        yield (spec := choice(offer, address, label, STYLES, known, Role.STYLE, optional=True))
        if not values.get(address, spec.default):
            return


def lora_slots(offer: Offer, values: Mapping[str, Value]) -> Iterator[ParameterSpec]:
    """Name and strength for each LoRA that is chosen, and an empty slot after them."""
    low, high = offer.limit("lora_strength")
    for slot in range(1, offer.lora_slots + 1):
        address = slot_address("lora", slot)
        label = "LoRA" if slot == 1 else f"LoRA {slot}"
        yield (spec := choice(offer, address, label, MODEL, offer.loras, Role.LORA, optional=True))
        chosen = values.get(address, spec.default)
        if not chosen:
            return
        strength = slot_address("lora", slot, "strength")
        yield replace(
            spec,
            address=strength,
            label=f"{label} strength",
            kind=Kind.NUMBER,
            default=offer.default(strength) if chosen == spec.default else STRENGTH,
            role=Role.LORA_STRENGTH,
            minimum=low,
            maximum=high,
            step=0.05,
            choices=(),
            optional=False,
        )
