"""From values to the inputs of the page, in the page's own order. Pure.

An input whose meaning is not known keeps what the page's element holds. Pictures stand as references
(`blob:HASH`); `canvas` puts the bytes in when the request is sent.

Source: Fooocus 2.5.5, `modules/async_worker.py` `AsyncTask`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from darkroom.connectors.fooocus.catalog import DISABLED, NO_FILE, NO_VAE, size_of
from darkroom.connectors.fooocus.offer import DEFAULTS
from darkroom.connectors.fooocus.pictures import FAST, is_inpaint, outpaints
from darkroom.connectors.fooocus.slots import STYLE_SLOTS, filled, slot_address
from darkroom.domain.workflow import UPSCALE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from darkroom.connectors.fooocus.config import Page
    from darkroom.domain.parameters import Value

VARY_STRONG, VARY_SUBTLE = "Vary (Strong)", "Vary (Subtle)"
SUBTLE_UP_TO = 0.6
"""Denoise up to which a picture is varied subtly; the strength itself is said beside it.

Source: Fooocus 2.5, `apply_vary`: 0.5 and 0.85 unless it is overwritten."""

_AS_THEY_ARE = (
    *("prompt", "negative", "performance", "batch_size", "save_format", "sharpness", "cfg_scale"),
    *("checkpoint", "refiner_switch", "sampler", "scheduler", "clip_skip", "adaptive_cfg", "refiner_swap"),
    *("adm_positive", "adm_negative", "adm_end", "controlnet_softness", "canny_low", "canny_high"),
    *("skip_preprocessors", "freeu", "freeu_b1", "freeu_b2", "freeu_s1", "freeu_s2", "inpaint_engine"),
    *("inpaint_field", "inpaint_erode", "inpaint_no_initial", "inpaint_prompt", "black_out_nsfw"),
    *("same_seed", "wildcards_in_order", "metadata_scheme"),
)
"""Inputs that take the field of the same name."""

_CONTROL = re.compile(r"control_\d+")


def inputs(page: Page, mode: str, values: Mapping[str, Value]) -> list[Any]:
    """The value of each input, pictures as references.

    The inpaint canvas holds `{"image": reference, "mask": reference or None}`.
    """
    wanted = wishes(page, mode, values)
    return [
        wanted.get(name, value) if name else value
        for name, value in zip(page.names, page.values, strict=True)
    ]


def wishes(page: Page, mode: str, values: Mapping[str, Value]) -> dict[str, Any]:
    """What the inputs with a meaning must hold, where it is not what they hold anyway."""
    found: dict[str, Any] = {
        name: _written(values[name]) for name in _AS_THEY_ARE if values.get(name) is not None
    }
    found["seed"] = str(values.get("seed") or 0)
    # It is written for our request alone: nothing is changed at the server.
    found["save_metadata"] = True
    found["refiner"] = values.get("refiner") or NO_FILE
    found["vae"] = values.get("vae") or NO_VAE
    found["styles"] = [name for _, name in filled(values, "style", STYLE_SLOTS)]
    found |= _loras(page, values)
    found |= _size(values)
    found["steps"] = values.get("steps") or -1
    found |= _pictures(page, mode, values)
    return {name: value for name, value in found.items() if not _is_guess(page, name, value)}


def _written(value: Value) -> Value:
    """Text as it can be written down: half a character would end the job, and empty the log of the day.

    Source: Fooocus 2.5.5, `modules/private_logger.py`, observed.
    """
    return value.encode("utf-8", "replace").decode("utf-8") if isinstance(value, str) else value


def _is_guess(page: Page, name: str, value: object) -> bool:
    """Whether it is only what was recorded, of a server that had no such list or field."""
    known = page.props.get(name, {}).get("choices")
    return isinstance(known, list) and not known and value == DEFAULTS.get(name)


def _loras(page: Page, values: Mapping[str, Value]) -> dict[str, Any]:
    chosen = dict(filled(values, "lora", page.slots("lora")))
    found: dict[str, Any] = {}
    for slot in range(1, page.slots("lora") + 1):
        strength = values.get(slot_address("lora", slot, "strength"))
        found[f"lora_{slot}_enabled"] = slot in chosen
        found[f"lora_{slot}"] = chosen.get(slot, NO_FILE)
        found[f"lora_{slot}_weight"] = 1.0 if strength is None or slot not in chosen else strength
    return found


def _size(values: Mapping[str, Value]) -> dict[str, Any]:
    """The size as an aspect ratio: any size is taken there, not only the listed ones."""
    size = size_of(values.get("aspect_ratio"))
    width, height = size if size is not None else (values.get("width"), values.get("height"))
    if not width or not height:
        return {}
    return {"aspect_ratio": f"{width}×{height}", "width": -1, "height": -1}


def _pictures(page: Page, mode: str, values: Mapping[str, Value]) -> dict[str, Any]:
    controls = _controls(page, values)
    image = values.get("image")
    found: dict[str, Any] = {"use_picture": bool(image or controls), **controls}
    if not image:
        return {**found, "tab": "ip"} if controls else found
    if mode == UPSCALE:
        method = values.get("method")
        strength = "vary_strength" if str(method).startswith("Vary") else "upscale_strength"
        found |= {"tab": "uov", "uov_method": method or DISABLED, "uov_image": image}
        if values.get("denoise") is not None:
            found[strength] = values["denoise"]
        found |= {"mix_uov": True} if controls and method != FAST else {}
    elif is_inpaint(values):
        found |= _inpaint(values)
        found |= {"mix_inpaint": True} if controls else {}
    else:
        denoise = values.get("denoise")
        subtle = isinstance(denoise, int | float) and denoise <= SUBTLE_UP_TO
        found |= {"tab": "uov", "uov_method": VARY_SUBTLE if subtle else VARY_STRONG, "uov_image": image}
        found |= {"vary_strength": denoise} if denoise is not None else {}
        found |= {"mix_uov": True} if controls else {}
    return found


def _inpaint(values: Mapping[str, Value]) -> dict[str, Any]:
    edges = [edge.capitalize() for edge in outpaints(values)]
    denoise = values.get("denoise")
    return {
        "tab": "inpaint",
        "inpaint_image": {"image": values.get("image"), "mask": values.get("mask")},
        "outpaint": edges,
        "advanced_masking": False,
        "invert_mask": False,
        **({"inpaint_strength": denoise} if denoise is not None and not edges else {}),
    }


def _controls(page: Page, values: Mapping[str, Value]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for slot, image in filled(values, "image_prompt", page.slots("control")):
        found[f"control_{slot}"] = image
        for part in ("type", "stop", "weight"):
            value = values.get(slot_address("image_prompt", slot, part))
            if value is not None:
                found[f"control_{slot}_{part}"] = value
    return found


def picture_inputs(page: Page, data: Sequence[Any]) -> list[int]:
    """Positions of the inputs that hold a reference to a picture; text that looks like one is none."""
    return [
        at
        for at, (name, value) in enumerate(zip(page.names, data, strict=True))
        if value is not None and (name in ("uov_image", "inpaint_image") or _CONTROL.fullmatch(name))
    ]
