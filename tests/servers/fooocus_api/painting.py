"""Small real pictures: they differ by seed, show what was fed in, and hold Fooocus's metadata."""

from __future__ import annotations

import base64
import io
import json
import math
from typing import TYPE_CHECKING, Any

from PIL import Image

from tests.servers.fooocus.log import stem
from tests.servers.fooocus.painting import at_least_1024
from tests.servers.fooocus.task import RESTRICTED
from tests.servers.fooocus_api.requests import Common, Inpaint, VaryOrUpscale
from tests.servers.harness.painting import cloud, decode, png, unfinished

if TYPE_CHECKING:
    from collections.abc import Mapping

VERSION = "Fooocus v2.5.3"


def paint(request: Common, seed: int) -> Image.Image:
    """One picture of a job."""
    if isinstance(request, VaryOrUpscale) and request.uov_method != "Disabled":
        return _again(request, seed)
    if isinstance(request, Inpaint) and request.input_image:
        return _inside(request, seed)
    width, height = (int(number) for number in request.aspect_ratios_selection.split("*")[:2])
    made = cloud(seed, (width, height))
    for prompt in request.image_prompts:
        if prompt.cn_img:
            made = Image.blend(made, decode(prompt.cn_img).resize(made.size), 0.25)
    return made


def _again(request: VaryOrUpscale, seed: int) -> Image.Image:
    given, advanced = decode(request.input_image), request.advanced_params
    method = request.uov_method
    if method.startswith("Vary"):
        strength = 0.5 if "Subtle" in method else 0.85
        if advanced.overwrite_vary_strength > 0:
            strength = advanced.overwrite_vary_strength
        given = given.resize(at_least_1024(*given.size))
        return Image.blend(given, cloud(seed, given.size), strength)
    factors = {"Upscale (1.5x)": 1.5, "Upscale (Custom)": request.upscale_value or 1.0}
    factor = factors.get(method, 2.0)
    size = (int(given.width * factor), int(given.height * factor))
    size = size if math.sqrt(size[0] * size[1]) >= 1024 else at_least_1024(*size)
    large = given.resize(size, Image.Resampling.LANCZOS)
    if "Fast" in method:
        return large
    strength = advanced.overwrite_upscale_strength
    return Image.blend(large, cloud(seed, size), strength if strength > 0 else 0.382)


def _inside(request: Inpaint, seed: int) -> Image.Image:
    given = decode(request.input_image)
    mask = decode(request.input_mask).convert("L") if request.input_mask else Image.new("L", given.size, 0)
    if mask.size != given.size:
        raise ValueError("operands could not be broadcast together")
    edges = {edge: _distance(request, edge, given) for edge in request.outpaint_selections}
    left, top = edges.get("Left", 0), edges.get("Top", 0)
    size = (given.width + left + edges.get("Right", 0), given.height + top + edges.get("Bottom", 0))
    whole, hole = cloud(seed, size), Image.new("L", size, 255)
    placed = whole.copy()
    placed.paste(given, (left, top))
    hole.paste(mask, (left, top))
    return Image.composite(whole, placed, hole.point(lambda value: 255 if value > 127 else 0))


def _distance(request: Inpaint, edge: str, given: Image.Image) -> int:
    asked = getattr(request, f"outpaint_distance_{edge.lower()}")
    side = given.height if edge in ("Top", "Bottom") else given.width
    return int(asked) if asked and asked > 0 else int(side * 0.3)


def preview(seed: int, fraction: float) -> str:
    """A picture in the making: bare base64, unlike results."""
    return base64.b64encode(png(unfinished(seed, fraction, (64, 64)))).decode("ascii")


def encode(picture: Image.Image, request: Common, told: Mapping[str, Any]) -> bytes:
    """The file: `jpg` holds no metadata, nor does what was upscaled at once."""
    ending = request.save_extension
    if ending != "png":
        written = io.BytesIO()
        picture.save(written, "JPEG" if ending in ("jpg", "jpeg") else ending.upper())
        return written.getvalue()
    if not request.save_meta or "Fast" in getattr(request, "uov_method", ""):
        return png(picture)
    return png(picture, {"parameters": _text(request, told), "fooocus_scheme": request.meta_scheme})


def _text(request: Common, told: Mapping[str, Any]) -> str:
    if request.meta_scheme == "fooocus":
        return json.dumps(dict(sorted(told.items())))
    fields = {
        "Steps": told["steps"],
        "Sampler": told["sampler"],
        "Seed": told["seed"],
        "CFG scale": told["guidance_scale"],
        "Sharpness": told["sharpness"],
        "Model": told["base_model"],
        "Performance": told["performance"],
        "Scheduler": told["scheduler"],
        "VAE": told["vae"],
        "Raw prompt": json.dumps(told["prompt"]),
        "Raw negative prompt": json.dumps(told["negative_prompt"]),
        **(
            {"Lora weights": json.dumps(", ".join(f"{n}: {w}" for n, w, _ in told["loras"]))}
            if told["loras"]
            else {}
        ),
        **({"Refiner": told["refiner_model"]} if told["refiner_model"] != "None" else {}),
        **({"Clip skip": told["clip_skip"]} if "clip_skip" in told else {}),
        "Version": told["version"],
    }
    pairs = ", ".join(f"{key}: {value}" for key, value in fields.items())
    return f"expanded {request.prompt}\nNegative prompt: expanded {request.negative_prompt}\n{pairs}"


def metadata(request: Common, seed: int, steps: int, size: tuple[int, int]) -> dict[str, Any]:
    """What the server writes into a picture, names as it replaced them."""
    advanced, fast = request.advanced_params, request.performance_selection in RESTRICTED
    expansion = "Fooocus V2" in request.style_selections and request.prompt != ""
    styles = [name for name in request.style_selections if name != "Fooocus V2"]
    loras = [(stem(lora.model_name), lora.weight, "e5a00aa999") for lora in request.loras if lora.enabled]
    return {
        "prompt": request.prompt,
        "negative_prompt": request.negative_prompt,
        "styles": str([*(["Fooocus V2"] if expansion else []), *styles]),
        "performance": request.performance_selection,
        "steps": steps,
        "resolution": str(size),
        "guidance_scale": 1.0 if fast else request.guidance_scale,
        "sharpness": 0.0 if fast else request.sharpness,
        "base_model": stem(request.base_model_name),
        "refiner_model": "None" if fast else stem(request.refiner_model_name),
        "refiner_switch": request.refiner_switch,
        "loras": [item for item in loras if item[0] != "None"],
        "sampler": "euler" if fast else advanced.sampler_name,
        "scheduler": "sgm_uniform" if fast else advanced.scheduler_name,
        "vae": advanced.vae_name,
        "seed": str(seed),
        **({"clip_skip": advanced.clip_skip} if advanced.clip_skip > 1 else {}),
        "metadata_scheme": request.meta_scheme,
        "version": VERSION,
    }
