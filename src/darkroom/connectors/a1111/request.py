"""The request for a snapshot's values: which endpoint, and the exact body. Pure.

Pictures stand in it as `blob:HASH`; `sending` puts the bytes in. Source: Forge f2.0.1, recordings
`schema_txt2img`, `schema_img2img`; stable-diffusion.cpp `examples/server/routes_sdapi.cpp`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from darkroom.connectors.a1111 import defaults, fields, scripts
from darkroom.connectors.a1111.slots import LORAS, MODULES, STYLES, UNITS, filled, slot
from darkroom.domain.defaults import DENOISE_WITH_IMAGE, SYSTEM_DEFAULTS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from darkroom.connectors.a1111.offer import Offer
    from darkroom.domain.parameters import Value

TXT2IMG_PATH = "/sdapi/v1/txt2img"
IMG2IMG_PATH = "/sdapi/v1/img2img"
UPSCALE_PATH = "/sdapi/v1/extra-single-image"

SAME = "Use same choices"
"""Forge fails on a second pass without it. Source: recording `txt2img_hires`."""

Body = dict[str, Any]


def generation(offer: Offer, values: Mapping[str, Value]) -> tuple[str, Body]:
    """Path and body for the main form."""
    with_picture = bool(values.get("image"))
    body: Body = {
        "prompt": prompt(offer, values),
        "negative_prompt": _text(values, "negative"),
        "seed": _held(values, "seed"),
        "steps": _held(values, "steps"),
        "cfg_scale": _held(values, "cfg_scale"),
        "width": _held(values, "width"),
        "height": _held(values, "height"),
        "batch_size": _held(values, "batch_size"),
    }
    _put(body, "sampler_name", values.get("sampler"))
    _put(body, "scheduler", values.get("scheduler"))
    if with_picture:
        body |= _from_picture(offer, values)
    elif values.get("hires") is True and offer.program.hires:
        body |= _hires(offer, values)
    if not offer.program.lora_tags:
        body["lora"] = _lora_field(offer, values)
    if offer.program.clip_field:
        _put(body, "clip_skip", values.get("clip_skip"))
    if offer.program.modules:
        body["distilled_cfg_scale"] = _or(values, "guidance", fields.GUIDANCE)
    if offer.program.overrides:
        body["override_settings"] = overrides(offer, values)
    if offer.program.extras:
        body |= _extras(values) | _addons(offer, values)
    return (IMG2IMG_PATH if with_picture else TXT2IMG_PATH), body


def upscaling(values: Mapping[str, Value]) -> tuple[str, Body]:
    """Path and body for the upscale form."""
    body: Body = {
        "image": values.get("image"),
        "resize_mode": 0,
        "upscaling_resize": _or(values, "upscale", 2.0),
        "upscaler_1": _or(values, "upscaler", "None"),
        "gfpgan_visibility": _or(values, "gfpgan_visibility", 0.0),
        "codeformer_visibility": _or(values, "codeformer_visibility", 0.0),
        "codeformer_weight": _or(values, "codeformer_weight", 0.0),
    }
    if values.get("upscaler_2"):
        body["upscaler_2"] = values["upscaler_2"]
        body["extras_upscaler_2_visibility"] = _or(values, "upscaler_2_visibility", 0.5)
    return UPSCALE_PATH, body


def loras(values: Mapping[str, Value]) -> list[tuple[str, Value]]:
    """Name and strength of each LoRA that is chosen."""
    return [
        (name, _or(values, f"{slot('lora', place)}_strength", 1.0))
        for place, name in filled("lora", LORAS, values)
    ]


def prompt(offer: Offer, values: Mapping[str, Value]) -> str:
    """The prompt, with a tag for each LoRA where the program reads them there."""
    text = _text(values, "prompt")
    if not offer.program.lora_tags:
        return text
    tags = [
        f"<lora:{name}:{strength:g}>" for name, strength in loras(values) if isinstance(strength, int | float)
    ]
    return " ".join(filter(None, [text, *tags]))


def _lora_field(offer: Offer, values: Mapping[str, Value]) -> list[Body]:
    """stable-diffusion.cpp reads no tags: it takes paths below its own folder."""
    paths = {item["name"]: item["path"] for item in offer.schema.get("loras", ())}
    return [{"path": paths.get(name) or name, "multiplier": strength} for name, strength in loras(values)]


def overrides(offer: Offer, values: Mapping[str, Value]) -> Body:
    """The server's settings that are different for this job alone; see `settings` for what may remain."""
    found: Body = {}
    _put(found, "sd_model_checkpoint", values.get("checkpoint"))
    if offer.program.modules:
        modules = [name for _, name in filled("vae", MODULES, values)]
        _put(found, "forge_additional_modules", modules or None)
    else:
        _put(found, "sd_vae", values.get("vae"))
    _put(found, "CLIP_stop_at_last_layers", values.get("clip_skip"))
    _put(found, "face_restoration_model", values.get("face_restoration"))
    return found


def _from_picture(offer: Offer, values: Mapping[str, Value]) -> Body:
    body: Body = {
        "init_images": [values["image"]],
        "denoising_strength": _or(values, "denoise", DENOISE_WITH_IMAGE),
    }
    if offer.program.extras:
        body["resize_mode"] = _place(defaults.RESIZE_MODES, values.get("resize_mode"), 1)
    if values.get("mask"):
        body["mask"] = values["mask"]
        body["inpainting_mask_invert"] = 0
    if values.get("mask") and offer.program.extras:
        only_masked = values.get("inpaint_area") == defaults.MASK_AREAS[1]
        body |= {
            "mask_blur": _or(values, "mask_blur", fields.MASK_BLUR),
            "inpainting_fill": _place(defaults.MASK_FILLS, values.get("inpaint_fill"), 1),
            "inpaint_full_res": only_masked,
            "inpaint_full_res_padding": _or(values, "inpaint_padding", fields.INPAINT_PADDING),
        }
    return body


def _hires(offer: Offer, values: Mapping[str, Value]) -> Body:
    steps_field = "hr_second_pass_steps" if offer.program.extras else "hr_steps"
    body: Body = {
        "enable_hr": True,
        "hr_scale": _or(values, "hires_scale", fields.HIRES_SCALE),
        steps_field: _or(values, "hires_steps", 0),
        "denoising_strength": _or(values, "hires_denoise", fields.HIRES_DENOISE),
    }
    _put(body, "hr_upscaler", values.get("hires_upscaler"))
    _put(body, "hr_sampler_name", values.get("hires_sampler"))
    _put(body, "hr_scheduler", values.get("hires_scheduler"))
    if offer.program.extras:
        # Others pay no heed to it, and which program it is may not be known yet.
        body["hr_additional_modules"] = [SAME]
    if offer.program.modules:
        body |= {
            "hr_cfg": _or(values, "hires_cfg", 7.0),
            "hr_distilled_cfg": _or(values, "guidance", fields.GUIDANCE),
        }
    return body


def _extras(values: Mapping[str, Value]) -> Body:
    body: Body = {
        "n_iter": _or(values, "batch_count", 1),
        "styles": [name for _, name in filled("style", STYLES, values)],
        "tiling": values.get("tiling") is True,
        "restore_faces": bool(values.get("face_restoration")),
        "send_images": True,
        "save_images": False,
    }
    strength = values.get("subseed_strength")
    if isinstance(strength, int | float) and strength > 0:
        body |= {"subseed": _or(values, "subseed", -1), "subseed_strength": strength}
    if values.get("refiner"):
        body["refiner_checkpoint"] = values["refiner"]
        body["refiner_switch_at"] = _or(values, "refiner_switch", fields.REFINER_SWITCH)
    return body


def _addons(offer: Offer, values: Mapping[str, Value]) -> Body:
    known = offer.schema.get("scripts", ())
    with_picture = bool(values.get("image"))
    body: Body = {}
    selectable = scripts.offered(known, always=False, img2img=with_picture)
    chosen = selectable.get(str(values.get("script")))
    if chosen is not None:
        body |= {"script_name": chosen["name"], "script_args": scripts.arguments(chosen, values)}
    always: Body = {}
    extensions = scripts.offered(known, always=True, img2img=with_picture)
    for _, name in filled("extension", scripts.EXTENSION_SLOTS, values):
        extension = extensions.get(name)
        if extension is not None and scripts.is_changed(extension, values):
            always[name] = {"args": scripts.arguments(extension, values)}
    if offer.program.controlnet and (units := _units(values)):
        always["ControlNet"] = {"args": units}
    if always:
        body["alwayson_scripts"] = always
    return body


def _units(values: Mapping[str, Value]) -> list[Body]:
    return [
        {
            # Left out, one program takes it for on, the other for off.
            "enabled": True,
            "image": picture,
            "module": _or(values, f"{unit}_module", "None"),
            "model": _or(values, f"{unit}_model", "None"),
            "weight": _or(values, f"{unit}_weight", 1.0),
            "guidance_start": _or(values, f"{unit}_start", 0.0),
            "guidance_end": _or(values, f"{unit}_end", 1.0),
            "control_mode": _or(values, f"{unit}_mode", defaults.CONTROL_MODES[0]),
            "resize_mode": _or(values, f"{unit}_resize", defaults.CONTROL_RESIZES[1]),
            "pixel_perfect": values.get(f"{unit}_pixel_perfect") is not False,
        }
        for place, picture in filled("controlnet", UNITS, values)
        for unit in (slot("controlnet", place),)
    ]


def _held(values: Mapping[str, Value], address: str) -> Value:
    return _or(values, address, SYSTEM_DEFAULTS[address])


def _or(values: Mapping[str, Value], address: str, otherwise: Value) -> Value:
    value = values.get(address)
    return otherwise if value is None else value


def _text(values: Mapping[str, Value], address: str) -> str:
    value = values.get(address)
    return value if isinstance(value, str) else ""


def _put(body: Body, name: str, value: Any) -> None:
    if value is not None:
        body[name] = value


def _place(names: tuple[str, ...], value: Value, otherwise: int) -> int:
    return names.index(value) if isinstance(value, str) and value in names else otherwise
