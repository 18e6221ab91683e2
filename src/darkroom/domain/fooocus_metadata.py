"""The parameters that Fooocus writes into pictures, in either of its two schemes.

`fooocus` is JSON with names of its own; `a1111` is an infotext whose prompt lines are the *expanded*
prompts, while the person's own words stand under `Raw prompt`. Both name models without folder and ending.
Source: Fooocus 2.5.3, `modules/meta_parser.py`; recordings `png_metadata_fooocus_scheme`,
`png_metadata_a1111_scheme`.
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from darkroom.domain.infotext import parse

if TYPE_CHECKING:
    from collections.abc import Mapping

SIZE_CAP_BYTES = 1024 * 1024
"""No real metadata comes near it; longer text is passed over."""

_NUMBER = re.compile(r"\d+")
_QUOTED = re.compile(r"'((?:\\.|[^'\\])*)'|\"((?:\\.|[^\"\\])*)\"")
_KARRAS = " Karras"
_SAMPLERS = {
    "Euler": "euler",
    "Euler a": "euler_ancestral",
    "Heun": "heun",
    "DPM2": "dpm_2",
    "DPM2 a": "dpm_2_ancestral",
    "LMS": "lms",
    "DPM fast": "dpm_fast",
    "DPM adaptive": "dpm_adaptive",
    "DPM++ 2S a": "dpmpp_2s_ancestral",
    "DPM++ SDE": "dpmpp_sde",
    "DPM++ 2M": "dpmpp_2m",
    "DPM++ 2M SDE": "dpmpp_2m_sde",
    "LCM": "lcm",
    "TCD": "tcd",
    "Restart": "restart",
    "DDIM": "ddim",
    "UniPC": "uni_pc",
}
"""Fooocus's names by those of the `a1111` scheme, which are fewer: `…_gpu` is not told from its sampler."""


@dataclass(frozen=True, slots=True)
class FooocusMetadata:
    """What a picture's metadata says; `None`, or empty, where it says nothing.

    Attributes:
        scheme: `fooocus` or `a1111`.
        version: "Fooocus v2.5.3".
        prompt: As the person typed it.
        negative: Likewise.
        styles: Names, random ones as they were drawn; the `a1111` scheme does not tell them.
        performance: "Speed", …
        steps: Of the sampler.
        width_px: Of the picture as it was sampled.
        height_px: Likewise.
        cfg_scale: Guidance.
        sharpness: As in the form.
        checkpoint: Without folder and ending.
        refiner: Likewise; "" for none.
        refiner_switch: Part of all steps.
        loras: Name, without folder and ending, and strength; those of the performance included.
        sampler: Fooocus's own name, without the ending `_gpu` in the `a1111` scheme.
        scheduler: Fooocus's own name.
        vae: "" for the one of the checkpoint.
        seed: All 64 bits.
        clip_skip: As in the form.
    """

    scheme: str
    version: str = ""
    prompt: str | None = None
    negative: str | None = None
    styles: tuple[str, ...] | None = None
    performance: str = ""
    steps: int | None = None
    width_px: int | None = None
    height_px: int | None = None
    cfg_scale: float | None = None
    sharpness: float | None = None
    checkpoint: str = ""
    refiner: str = ""
    refiner_switch: float | None = None
    loras: tuple[tuple[str, float], ...] = ()
    sampler: str = ""
    scheduler: str = ""
    vae: str = ""
    seed: int | None = None
    clip_skip: int | None = None


def read_metadata(parameters: str, scheme: str = "") -> FooocusMetadata | None:
    """What the text chunk `parameters` says; `None` when Fooocus did not write it. Pure, never raises.

    Args:
        parameters: Untrusted text.
        scheme: The text chunk `fooocus_scheme`; "" when there is none, then the text itself tells.
    """
    if len(parameters) > SIZE_CAP_BYTES:
        return None
    if scheme in ("", "fooocus"):
        try:
            told = json.loads(parameters)
        except (ValueError, RecursionError):
            told = None
        if isinstance(told, dict):
            return _from_json(told) if scheme or "metadata_scheme" in told else None
    fields = parse(parameters).fields
    if scheme != "a1111" and not fields.get("Version", "").startswith("Fooocus"):
        return None
    return _from_fields(fields)


def _from_json(told: Mapping[str, Any]) -> FooocusMetadata:
    width, height = _size(told.get("resolution"))
    return FooocusMetadata(
        "fooocus",
        version=_text(told.get("version")),
        prompt=_given(told.get("prompt")),
        negative=_given(told.get("negative_prompt")),
        styles=_styles(told.get("styles")),
        performance=_text(told.get("performance")),
        steps=_whole(told.get("steps")),
        width_px=width,
        height_px=height,
        cfg_scale=_real(told.get("guidance_scale")),
        sharpness=_real(told.get("sharpness")),
        checkpoint=_text(told.get("base_model")),
        refiner=_name(told.get("refiner_model")),
        refiner_switch=_real(told.get("refiner_switch")),
        loras=_loras(told.get("loras")),
        sampler=_text(told.get("sampler")),
        scheduler=_text(told.get("scheduler")),
        vae=_name(told.get("vae")),
        seed=_whole(told.get("seed")),
        clip_skip=_whole(told.get("clip_skip")),
    )


def _from_fields(told: Mapping[str, str]) -> FooocusMetadata:
    return FooocusMetadata(
        "a1111",
        version=told.get("Version", ""),
        prompt=told.get("Raw prompt"),
        negative=told.get("Raw negative prompt", "" if "Raw prompt" in told else None),
        performance=told.get("Performance", ""),
        steps=_whole(told.get("Steps")),
        width_px=_whole(told.get("Size-1")),
        height_px=_whole(told.get("Size-2")),
        cfg_scale=_real(told.get("CFG scale")),
        sharpness=_real(told.get("Sharpness")),
        checkpoint=told.get("Model", ""),
        refiner=_name(told.get("Refiner")),
        loras=_weights(told.get("Lora weights", "")),
        sampler=_sampler(told.get("Sampler", "")),
        scheduler=told.get("Scheduler", ""),
        vae=_name(told.get("VAE")),
        seed=_whole(told.get("Seed")),
        clip_skip=_whole(told.get("Clip skip")),
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _given(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _name(value: object) -> str:
    """A name that may say "none"."""
    text = _text(value)
    return "" if text in ("None", "Default (model)") else text


def _whole(value: object) -> int | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and len(value) <= 20 and value.isascii() and value.isdigit():
        return int(value)
    return None


def _real(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def _size(value: object) -> tuple[int | None, int | None]:
    """Width and height from "(704, 704)"."""
    numbers = [_whole(digits) for digits in _NUMBER.findall(_text(value)[:60])]
    return (numbers[0], numbers[1]) if len(numbers) == 2 else (None, None)


def _styles(value: object) -> tuple[str, ...] | None:
    """Names from a Python list that was written as text."""
    if not isinstance(value, str) or not value.startswith("["):
        return None
    return tuple((one or two).replace("\\'", "'") for one, two in _QUOTED.findall(value))


def _loras(value: object) -> tuple[tuple[str, float], ...]:
    """From `[[name, strength, hash], …]`."""
    found = []
    for item in value if isinstance(value, list) else ():
        if isinstance(item, list) and len(item) >= 2 and isinstance(item[0], str):
            strength = _real(item[1])
            if strength is not None:
                found.append((item[0], strength))
    return tuple(found)


def _weights(text: str) -> tuple[tuple[str, float], ...]:
    """From "name: 0.5, other: 1.0"."""
    found = []
    for item in text.split(", ") if text else ():
        name, _, weight = item.rpartition(": ")
        strength = _real(weight)
        if name and strength is not None:
            found.append((name, strength))
    return tuple(found)


def _sampler(name: str) -> str:
    """Fooocus's own name; one that has no other stands as it is."""
    return _SAMPLERS.get(name.removesuffix(_KARRAS), name.removesuffix(_KARRAS))
