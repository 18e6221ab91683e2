"""Settings written into pictures, or copied from a page, by whichever program: read as a `Source`.

Our own recipe comes first, being complete; then what InvokeAI, Fooocus and A1111 write, each in its words.
Everything here is untrusted; what does not make sense is passed over.
"""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

from darkroom.domain import fooocus_metadata, infotext
from darkroom.domain import service as services
from darkroom.domain.errors import InputError
from darkroom.domain.parameters import Role, Value
from darkroom.domain.snapshot import from_json
from darkroom.domain.translate.move import Source

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from darkroom.domain.fooocus_metadata import FooocusMetadata
    from darkroom.domain.infotext import Infotext

SIZE_CAP = 4 * 1024 * 1024
"""Most characters of a text that are looked at; no real one comes near it."""

RECIPE, INVOKEAI, PARAMETERS, SCHEME = "darkroom", "invokeai_metadata", "parameters", "fooocus_scheme"
"""Keywords under which pictures carry settings."""

_INFOTEXT = {
    "Steps": Role.STEPS,
    "Sampler": Role.SAMPLER,
    "Schedule type": Role.SCHEDULER,
    "CFG scale": Role.CFG_SCALE,
    "Distilled CFG Scale": Role.GUIDANCE,
    "Seed": Role.SEED,
    "Variation seed": Role.SUBSEED,
    "Variation seed strength": Role.SUBSEED_STRENGTH,
    "Size-1": Role.WIDTH,
    "Size-2": Role.HEIGHT,
    "Model": Role.CHECKPOINT,
    "VAE": Role.VAE,
    "Clip skip": Role.CLIP_SKIP,
    "Denoising strength": Role.DENOISE,
    "Hires upscale": Role.HIRES_SCALE,
    "Hires upscaler": Role.HIRES_UPSCALER,
    "Hires steps": Role.HIRES_STEPS,
    "Refiner": Role.REFINER,
    "Refiner switch at": Role.REFINER_SWITCH,
    "Face restoration": Role.FACE_RESTORATION,
    "Tiling": Role.TILING,
}
"""Role of each key of an infotext. Source: Forge f2.0.1, `modules/infotext_utils.py`."""

_TOLD = frozenset(
    {"Version", "Model hash", "VAE hash", "Lora hashes", "TI hashes", "Hashes", "User", "Eta", "RNG", "ENSD"}
)
"""Keys that tell how a picture came about and ask for nothing."""

_NUMBERS = frozenset(
    {
        *(Role.STEPS, Role.CFG_SCALE, Role.GUIDANCE, Role.SEED, Role.SUBSEED, Role.SUBSEED_STRENGTH),
        *(Role.WIDTH, Role.HEIGHT, Role.CLIP_SKIP, Role.DENOISE, Role.HIRES_SCALE, Role.HIRES_STEPS),
        Role.REFINER_SWITCH,
    }
)


def read_texts(texts: Mapping[str, str]) -> Source | None:
    """The settings among the texts of a picture, by keyword; `None` when there are none."""
    recipe = texts.get(RECIPE, "")
    return (
        (_recipe(_json(recipe)) if recipe else None)
        or _invokeai(_json(texts.get(INVOKEAI, "")))
        or _parameters(texts.get(PARAMETERS, ""), texts.get(SCHEME, ""))
    )


def read_text(text: str) -> Source | None:
    """The settings in a text that somebody copied; `None` when it is anything else.

    A prompt alone is no setting: an infotext counts when it says steps and seed, or steps and sampler.
    """
    stripped = text.strip()
    if stripped.startswith("{"):
        plain = _json(stripped)
        return _recipe(plain) or _invokeai(plain) or _fooocus(stripped, "")
    return _parameters(stripped, "")


def _json(text: str) -> object:
    if not text or len(text) > SIZE_CAP:
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _recipe(plain: object) -> Source | None:
    """Our own recipe, as JSON or as text with JSON in it."""
    if isinstance(plain, str):
        plain = _json(plain)
    if not isinstance(plain, dict) or "format" not in plain or "service" not in plain:
        return None
    try:
        snapshot = from_json({"inputs": {}, "typed": {}, "document": "", **plain})
    except InputError:
        return None
    return Source(snapshot.service, snapshot.values, snapshot.roles, snapshot.typed)


def _parameters(text: str, scheme: str) -> Source | None:
    """What stands under `parameters`: Fooocus's metadata in either scheme, or an infotext."""
    if not text or len(text) > SIZE_CAP:
        return None
    return _fooocus(text, scheme) or _infotext(infotext.parse(text))


def _infotext(found: Infotext) -> Source | None:
    fields = found.fields
    if "Steps" not in fields or not {"Seed", "Sampler"} & fields.keys():
        return None
    values: dict[str, Value] = {"prompt": found.prompt, "negative": found.negative}
    roles = {"prompt": Role.PROMPT, "negative": Role.NEGATIVE}
    for key, text in fields.items():
        role = _INFOTEXT.get(key)
        if key == "Denoising strength" and "Hires upscale" in fields:
            role = Role.HIRES_DENOISE
        value = _number(text) if role in _NUMBERS or role is Role.HIRES_DENOISE else text
        if role is not None and value is not None:
            values[key], roles[key] = (text == "True" if role is Role.TILING else value), role
        elif role is None and key not in _TOLD and not key.endswith(("hash", "hashes")):
            values[key] = text
    return Source(services.A1111, values, roles)


def _number(text: str) -> int | float | None:
    try:
        return int(text) if text.lstrip("-").isdigit() and len(text) <= 20 else _finite(float(text))
    except ValueError:
        return None


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _fooocus(text: str, scheme: str) -> Source | None:
    found = fooocus_metadata.read_metadata(text, scheme)
    return None if found is None else _collect(services.FOOOCUS, _of_fooocus(found))


def _of_fooocus(found: FooocusMetadata) -> Iterator[tuple[str, Role, Value]]:
    yield from (
        ("prompt", Role.PROMPT, found.prompt),
        ("negative", Role.NEGATIVE, found.negative),
        ("checkpoint", Role.CHECKPOINT, found.checkpoint or None),
        ("refiner", Role.REFINER, found.refiner or None),
        ("refiner_switch", Role.REFINER_SWITCH, found.refiner_switch if found.refiner else None),
        ("vae", Role.VAE, found.vae or None),
        ("clip_skip", Role.CLIP_SKIP, found.clip_skip),
        ("performance", Role.PERFORMANCE, found.performance or None),
        ("steps", Role.STEPS, found.steps),
        ("cfg_scale", Role.CFG_SCALE, found.cfg_scale),
        ("sharpness", Role.SHARPNESS, found.sharpness),
        ("sampler", Role.SAMPLER, found.sampler or None),
        ("scheduler", Role.SCHEDULER, found.scheduler or None),
        ("seed", Role.SEED, found.seed),
        ("width", Role.WIDTH, found.width_px),
        ("height", Role.HEIGHT, found.height_px),
    )
    for place, style in enumerate(found.styles or (), 1):
        yield f"style_{place}", Role.STYLE, style
    for place, (name, strength) in enumerate(found.loras, 1):
        yield f"lora_{place}", Role.LORA, name
        yield f"lora_{place}_strength", Role.LORA_STRENGTH, strength


def _invokeai(plain: object) -> Source | None:
    if not isinstance(plain, dict):
        return None
    if RECIPE in plain and (recipe := _recipe(plain[RECIPE])) is not None:
        return recipe
    return _collect(services.INVOKEAI, _of_invokeai(plain)) if "positive_prompt" in plain else None


def _of_invokeai(plain: Mapping[str, Any]) -> Iterator[tuple[str, Role, Value]]:
    """Source: InvokeAI 6.14.2, `core_metadata`, recordings `07_png_chunks`, `13_inpaint_meta`."""
    skipped = plain.get("clip_skip")
    counted = isinstance(skipped, int) and skipped > 0
    for address, role, value in (
        ("prompt", Role.PROMPT, plain.get("positive_prompt")),
        ("negative", Role.NEGATIVE, plain.get("negative_prompt")),
        ("checkpoint", Role.CHECKPOINT, _name(plain.get("model"))),
        ("vae", Role.VAE, _name(plain.get("vae"))),
        # The page counts what is skipped, forms count from the end.
        ("clip_skip", Role.CLIP_SKIP, skipped + 1 if isinstance(skipped, int) and counted else None),
        ("steps", Role.STEPS, plain.get("steps")),
        ("cfg_scale", Role.CFG_SCALE, plain.get("cfg_scale")),
        ("guidance", Role.GUIDANCE, plain.get("guidance")),
        ("scheduler", Role.SCHEDULER, plain.get("scheduler")),
        ("seed", Role.SEED, plain.get("seed")),
        ("width", Role.WIDTH, plain.get("width")),
        ("height", Role.HEIGHT, plain.get("height")),
        ("denoise", Role.DENOISE, plain.get("strength")),
    ):
        if isinstance(value, str | int | float):
            yield address, role, value
    loras = plain.get("loras")
    for place, one in enumerate(loras if isinstance(loras, list) else (), 1):
        name = _name(one.get("model") or one.get("lora")) if isinstance(one, dict) else None
        weight = one.get("weight") if isinstance(one, dict) else None
        if name is not None:
            yield f"lora_{place}", Role.LORA, name
            if isinstance(weight, int | float):
                yield f"lora_{place}_strength", Role.LORA_STRENGTH, weight


def _name(model: object) -> str | None:
    name = model.get("name") if isinstance(model, dict) else None
    return name if isinstance(name, str) else None


def _collect(service: str, told: Iterator[tuple[str, Role, Value]]) -> Source:
    """A source of what was told; what was not is none of it."""
    known = [(address, role, value) for address, role, value in told if value is not None]
    return Source(
        service,
        {address: value for address, _, value in known},
        {address: role for address, role, _ in known},
    )
