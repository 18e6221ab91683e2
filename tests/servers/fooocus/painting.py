"""Small real pictures: they differ by seed, and show what was fed in."""

from __future__ import annotations

import base64
import io
import math
import random
from typing import TYPE_CHECKING

from PIL import Image

from tests.servers.harness.painting import cloud, load, unfinished

if TYPE_CHECKING:
    from tests.servers.fooocus.task import Task


NOISE_FROM_PX = 64


def decode(uri: str) -> Image.Image:
    """The picture in a `data:` URI."""
    return load(base64.b64decode(uri.partition(",")[2]))


def encode(picture: Image.Image) -> str:
    """A `data:` URI."""
    written = io.BytesIO()
    picture.save(written, "PNG", compress_level=1)
    return f"data:image/png;base64,{base64.b64encode(written.getvalue()).decode('ascii')}"


def preview(seed: int, part: float, side_px: int) -> Image.Image:
    """A picture in the making; a large one is noise, which nothing makes smaller on its way."""
    size = (side_px, side_px)
    if side_px > NOISE_FROM_PX:
        return Image.frombytes("RGB", size, random.Random(seed + part).randbytes(3 * side_px**2))
    return unfinished(seed, part, size)


def paint(task: Task, seed: int) -> Image.Image:
    """One picture of a task."""
    if task.method:
        return _again(task, seed)
    if task.tab == "inpaint":
        return _inside(task, seed)
    made = cloud(seed, task.size)
    for uri in task.pictures():
        made = Image.blend(made, decode(uri).convert("RGB").resize(made.size), 0.25)
    return made


def upscaled(task: Task) -> Image.Image:
    """The picture that is fed in, larger."""
    given = decode(task.asked["uov_input_image"]).convert("RGB")
    factor = {"Upscale (1.5x)": 1.5, "Upscale (2x)": 2.0}.get(task.method, 1.0)
    size = (int(given.width * factor), int(given.height * factor))
    return given.resize(size if math.sqrt(math.prod(size)) >= 1024 else at_least_1024(*size))


def _again(task: Task, seed: int) -> Image.Image:
    if task.method.startswith("Upscale"):
        given = upscaled(task)
        strength = task.asked["overwrite_upscale_strength"]
        return Image.blend(given, cloud(seed, given.size), strength if strength > 0 else 0.382)
    given = decode(task.asked["uov_input_image"]).convert("RGB")
    given = given.resize(at_least_1024(*given.size))
    strength = task.asked["overwrite_vary_strength"]
    usual = 0.5 if "Subtle" in task.method else 0.85
    return Image.blend(given, cloud(seed, given.size), strength if strength > 0 else usual)


def at_least_1024(width: int, height: int) -> tuple[int, int]:
    """A size, made so large that it holds 1024×1024 pixels, in steps of 64.

    Source: Fooocus 2.5, `modules/util.py`, `set_image_shape_ceil`.
    """
    factor = 1024 / math.sqrt(width * height)
    return (max(64, round(width * factor / 64) * 64), max(64, round(height * factor / 64) * 64))


def _inside(task: Task, seed: int) -> Image.Image:
    canvas = task.asked["inpaint_input_image"]
    given, mask = decode(canvas["image"]).convert("RGB"), decode(canvas["mask"])
    # Gradio takes the alpha channel of a mask that has one. Source: `gradio_hijack.py` `preprocess`.
    grey = mask.getchannel("A") if mask.mode == "RGBA" else mask.convert("L")
    if grey.size != given.size:
        raise ValueError("operands could not be broadcast together")
    edges = [edge.lower() for edge in task.asked["outpaint_selections"]]
    more = {edge: int((given.height if edge in ("top", "bottom") else given.width) * 0.3) for edge in edges}
    left, top = more.get("left", 0), more.get("top", 0)
    size = (given.width + left + more.get("right", 0), given.height + top + more.get("bottom", 0))
    whole, hole = cloud(seed, size), Image.new("L", size, 255)
    placed = whole.copy()
    placed.paste(given, (left, top))
    hole.paste(grey, (left, top))
    painted = Image.blend(placed, whole, float(task.asked["inpaint_strength"]))
    return Image.composite(painted, placed, hole.point(lambda value: 255 if value > 127 else 0))
