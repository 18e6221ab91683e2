"""Output nodes: pictures to files, to the socket, and text.

Source: ComfyUI 0.3.64, recordings 08-* and 10-*: names, counters, metadata, compression.
"""

from __future__ import annotations

import json
import os
import secrets
import string
import time
from io import BytesIO
from typing import TYPE_CHECKING, Any

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from darkroom.demo import sockets
from darkroom.demo.folders import folded, inside
from darkroom.demo.nodes.results import NodeFunction, Result
from darkroom.demo.nodes.values import Images, NodeFailure

if TYPE_CHECKING:
    from pathlib import Path

    from darkroom.demo.nodes.context import Context

WEBP_METHODS = {"default": 4, "fastest": 0, "slowest": 6}
EXIF_MODEL, EXIF_MAKE = 0x0110, 0x010F


def save_image(context: Context, images: Images, filename_prefix: str = "ComfyUI") -> Result:
    """SaveImage: PNG files that carry the graph and whatever the client added."""
    return _save(context, images, filename_prefix, "output", compress_level=4)


def preview_image(context: Context, images: Images) -> Result:
    """PreviewImage: temporary files with a random name."""
    letters = "".join(secrets.choice(string.ascii_lowercase) for _ in range(5))
    return _save(context, images, f"ComfyUI_temp_{letters}", "temp", compress_level=1)


def _save(context: Context, images: Images, prefix: str, kind: str, *, compress_level: int) -> Result:
    folder = context.folders.output if kind == "output" else context.folders.temp
    target, name, subfolder, counter = _place(folder, prefix, images)
    metadata = PngInfo()
    metadata.add_text("prompt", json.dumps(context.graph))
    for key, value in (context.extra_pnginfo or {}).items():
        metadata.add_text(key, json.dumps(value))
    shown = []
    for number, pixels in enumerate(images):
        file = f"{name.replace('%batch_num%', str(number))}_{counter + number:05}_.png"
        Image.fromarray(pixels).save(target / file, pnginfo=metadata, compress_level=compress_level)
        shown.append({"filename": file, "subfolder": subfolder, "type": kind})
    return Result(ui={"images": shown})


def save_animated_webp(
    context: Context,
    images: Images,
    filename_prefix: str,
    fps: float,
    lossless: bool,
    quality: int,
    method: str,
) -> Result:
    """SaveAnimatedWEBP: all pictures as one animation, shown under `images` like everything."""
    target, name, subfolder, counter = _place(context.folders.output, filename_prefix, images)
    frames = [Image.fromarray(pixels) for pixels in images]
    exif = frames[0].getexif()
    exif[EXIF_MODEL] = f"prompt:{json.dumps(context.graph)}"
    for offset, (key, value) in enumerate((context.extra_pnginfo or {}).items()):
        exif[EXIF_MAKE - offset] = f"{key}:{json.dumps(value)}"
    file = f"{name}_{counter:05}_.webp"
    frames[0].save(
        target / file,
        save_all=True,
        duration=int(1000.0 / fps),
        append_images=frames[1:],
        exif=exif,
        lossless=lossless,
        quality=quality,
        method=WEBP_METHODS[method],
    )
    shown = [{"filename": file, "subfolder": subfolder, "type": "output"}]
    return Result(ui={"images": shown, "animated": [len(frames) != 1]})


def save_image_websocket(context: Context, images: Images) -> Result:
    """SaveImageWebsocket: whole PNGs as frames of the preview kind; nothing is stored or shown."""
    for number, pixels in enumerate(images):
        buffer = BytesIO()
        Image.fromarray(pixels).save(buffer, format="PNG", compress_level=1)
        context.step(number, len(images), buffer.getvalue(), sockets.PNG)
    return Result()


def preview_any(_context: Context, source: object = None) -> Result:
    """PreviewAny: a value as text."""
    if source is None or isinstance(source, str):
        text = source or "None"
    else:
        try:
            text = json.dumps(source)
        except TypeError:
            text = str(source)
    return Result(ui={"text": [text]})


def _place(folder: Path, prefix: str, images: Images) -> tuple[Path, str, str, int]:
    """Folder, name, subfolder and first free number for a prefix, which may hold tokens and slashes.

    Raises:
        NodeFailure: The prefix leads out of the folder.
    """
    height, width = images[0].shape[:2]
    prefix = os.path.normpath(_expand(prefix, width, height))
    subfolder, name = os.path.split(prefix)
    target = folder / subfolder
    if not inside(folder, target):
        raise NodeFailure(
            "**** ERROR: Saving image outside the output folder is not allowed."
            f"\n full_output_folder: {folded(target)}\n         output_dir: {folder}"
        )
    target.mkdir(parents=True, exist_ok=True)
    numbers = [_number(entry.name, name) for entry in target.iterdir()]
    return target, name, subfolder, max(numbers, default=0) + 1


def _number(file: str, name: str) -> int:
    """The counter in a file's name when the file belongs to this prefix, else 0."""
    if not file.startswith(f"{name}_"):
        return 0
    digits = file[len(name) + 1 :].split("_")[0]
    return int(digits) if digits.isdecimal() else 0


def _expand(prefix: str, width: int, height: int) -> str:
    """Fills the tokens that the server knows; all others stay as they are."""
    now = time.localtime()
    tokens: dict[str, Any] = {
        "width": width,
        "height": height,
        "year": now.tm_year,
        "month": f"{now.tm_mon:02}",
        "day": f"{now.tm_mday:02}",
        "hour": f"{now.tm_hour:02}",
        "minute": f"{now.tm_min:02}",
        "second": f"{now.tm_sec:02}",
    }
    for token, value in tokens.items():
        prefix = prefix.replace(f"%{token}%", str(value))
    return prefix


NODES: dict[str, NodeFunction] = {
    "SaveImage": save_image,
    "PreviewImage": preview_image,
    "SaveAnimatedWEBP": save_animated_webp,
    "SaveImageWebsocket": save_image_websocket,
    "PreviewAny": preview_any,
}
