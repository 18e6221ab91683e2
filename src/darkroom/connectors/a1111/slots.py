"""Lists in a form: a slot for each thing chosen, and an empty one after them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from darkroom.domain.parameters import Value

LORAS, STYLES, MODULES, UNITS = 8, 8, 4, 3
"""How many of each there can be."""


def slot(name: str, number: int) -> str:
    """The address of a slot, counted from 1: `lora`, then `lora_2`."""
    return name if number == 1 else f"{name}_{number}"


def open_slots(name: str, most: int, values: Mapping[str, Value]) -> Iterator[tuple[int, str]]:
    """Number and address of each filled slot, and of the one after them."""
    for number in range(1, most + 1):
        address = slot(name, number)
        yield number, address
        if not values.get(address):
            return


def filled(name: str, most: int, values: Mapping[str, Value]) -> Iterator[tuple[int, str]]:
    """Number and value of each filled slot up to the first empty one."""
    for number, address in open_slots(name, most, values):
        value = values.get(address)
        if isinstance(value, str) and value:
            yield number, value
