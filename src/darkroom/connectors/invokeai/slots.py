"""The addresses of the form's slots: LoRAs, control pictures and image prompts that may be several."""

from __future__ import annotations

from typing import NamedTuple

LORAS = 8
CONTROLS = 3
IMAGE_PROMPTS = 3


def lora(slot: int) -> tuple[str, str]:
    """Addresses of a LoRA and of its strength; slots count from 1."""
    name = _numbered("lora", slot)
    return name, f"{name}_strength"


class Control(NamedTuple):
    """Addresses of one control picture."""

    model: str
    image: str
    preprocessor: str
    weight: str
    start: str
    end: str
    mode: str
    resize: str


def control(slot: int) -> Control:
    """Addresses of a control picture; slots count from 1."""
    name = _numbered("controlnet", slot)
    return Control(name, *(f"{name}_{part}" for part in Control._fields[1:]))


class ImagePrompt(NamedTuple):
    """Addresses of one image prompt."""

    model: str
    image: str
    weight: str
    method: str
    start: str
    end: str


def image_prompt(slot: int) -> ImagePrompt:
    """Addresses of an image prompt; slots count from 1."""
    name = _numbered("ip_adapter", slot)
    return ImagePrompt(name, *(f"{name}_{part}" for part in ImagePrompt._fields[1:]))


def _numbered(name: str, slot: int) -> str:
    return name if slot == 1 else f"{name}_{slot}"
