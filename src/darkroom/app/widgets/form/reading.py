"""Between what a value is and what a person types and reads."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from darkroom.domain.parameters import RANDOM_SEED, Kind
from darkroom.domain.text import printable

if TYPE_CHECKING:
    from darkroom.domain.parameters import ParameterSpec, Value

MODEL_ENDINGS = (".safetensors", ".ckpt", ".pth", ".pt", ".sft", ".gguf", ".bin")
"""File name endings that say nothing a person looks for; left out where room is short."""

NONE = "none"
"""What stands for "nothing chosen"."""


def show(spec: ParameterSpec, value: Value) -> str:
    """`value` as it stands in the field for editing; foreign text made printable."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return _show_float(value)
    if spec.kind is Kind.SEED and value == RANDOM_SEED:
        return "random"
    return printable(str(value))


def brief(spec: ParameterSpec, value: Value) -> str:
    """`value` as it stands in a summary: "none" for none, model files without their ending."""
    text = show(spec, value)
    return without_ending(text) if text else NONE


def without_ending(name: str) -> str:
    """`name` without the ending of a model file."""
    for ending in MODEL_ENDINGS:
        if name.lower().endswith(ending) and len(name) > len(ending):
            return name[: -len(ending)]
    return name


def _show_float(value: float) -> str:
    text = repr(value)
    return text if "e" in text or "n" in text else f"{Decimal(text):f}"
