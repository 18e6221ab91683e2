"""Small real pictures, and the infotexts that go with them."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from PIL import Image

from darkroom.domain.infotext import quote
from tests.servers.harness.painting import cloud, decode, png, unfinished

if TYPE_CHECKING:
    from collections.abc import Mapping

EXIF_PART, COMMENT = 0x8769, 0x9286
VERSION = "f2.0.1v1.10.1-previous-669-gdfdcbab6"


def paint(body: Mapping[str, Any], seed: int) -> Image.Image:
    """One picture of a job. Sizes are rounded down to multiples of 8."""
    scale = body.get("hr_scale", 2.0) if body.get("enable_hr") else 1
    width, height = (int(int(body[side] * scale) // 8 * 8) for side in ("width", "height"))
    made = cloud(seed, (width, height))
    if not body.get("init_images"):
        return made
    given = decode(body["init_images"][0]).resize(made.size)
    mixed = Image.blend(given, made, float(body.get("denoising_strength", 0.75)))
    if not body.get("mask"):
        return mixed
    return Image.composite(mixed, given, decode(body["mask"]).convert("L").resize(made.size))


def preview(seed: int, fraction: float) -> bytes:
    """A picture in the making, an eighth of the size."""
    return png(unfinished(seed, fraction, (8, 8)))


def grid(pictures: list[Image.Image]) -> Image.Image:
    """All pictures side by side."""
    width, height = pictures[0].size
    sheet = Image.new("RGB", (width * len(pictures), height))
    for place, picture in enumerate(pictures):
        sheet.paste(picture, (place * width, 0))
    return sheet


def encode(picture: Image.Image, text: str, form: str) -> bytes:
    """The file as the server's settings want it."""
    if form == "png":
        return png(picture, {"parameters": text} if text else {})
    exif = Image.Exif()
    exif.get_ifd(EXIF_PART)[COMMENT] = b"UNICODE\0" + text.encode("utf-16-be")
    written = io.BytesIO()
    picture.save(written, "JPEG" if form in ("jpg", "jpeg") else form.upper(), exif=exif)
    return written.getvalue()


def infotext(body: Mapping[str, Any], used: Mapping[str, Any], seed: int) -> str:
    """What the server says of a picture: sizes as they were asked for, names as they were used."""
    fields: dict[str, Any] = {
        "Steps": body["steps"],
        "Sampler": used["sampler"],
        "Schedule type": used["scheduler"],
        "CFG scale": float(body.get("cfg_scale", 7)),
        "Seed": seed,
        "Size": f"{body['width']}x{body['height']}",
        "Model hash": used["hash"],
        "Model": used["model"],
    }
    if body.get("init_images") or body.get("enable_hr"):
        fields["Denoising strength"] = body.get("denoising_strength", 0.75)
    if used["clip_skip"] > 1:
        fields["Clip skip"] = used["clip_skip"]
    if body.get("enable_hr"):
        fields |= {"Hires upscale": body.get("hr_scale", 2.0), "Hires upscaler": body.get("hr_upscaler")}
    if used["loras"]:
        fields["Lora hashes"] = ", ".join(f"{name}: 3d7906535a35" for name in used["loras"])
    fields["Version"] = VERSION
    lines = [used["prompt"]]
    if used["negative"]:
        lines.append(f"Negative prompt: {used['negative']}")
    return "\n".join([*lines, ", ".join(f"{key}: {quote(str(value))}" for key, value in fields.items())])
