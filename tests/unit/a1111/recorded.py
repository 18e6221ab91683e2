"""What a real Forge answered, and pictures as it sends them."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

from PIL import Image, PngImagePlugin

from darkroom.connectors.a1111.lists import PATHS, condense
from darkroom.domain.server import Catalog

FOLDER = Path(__file__).parents[2] / "data" / "a1111-forge-f2.0.1"


def document(name: str) -> Any:
    return json.loads((FOLDER / f"{name}.json").read_text("utf-8"))


def catalog(program: str = "Forge", **changes: Any) -> Catalog:
    """What the connector makes of the recorded lists."""
    lists = document("lists")
    schema = {name: condense(name, lists.get(path)) for name, path in PATHS.items()}
    samplers = condense("samplers", lists["/sdapi/v1/samplers"])
    return Catalog("f2", {"samplers": samplers, **schema, "program": program, "tasks": True, **changes})


def picture(width: int, height: int, parameters: str = "", form: str = "png") -> bytes:
    """A picture with an infotext, or without."""
    written = io.BytesIO()
    info = PngImagePlugin.PngInfo()
    if parameters:
        info.add_text("parameters", parameters)
    kept = {"pnginfo": info} if form == "png" else {}
    Image.new("RGB", (width, height), (width % 256, height % 256, 40)).save(written, form, **kept)
    return written.getvalue()


def pictures(name: str) -> list[bytes]:
    """The pictures of a recorded answer: sizes and texts are its own, the pixels are not."""
    answer = document("answers")[name]
    texts = list(answer["info"]["infotexts"])
    made = []
    if len(answer["pictures"]) < len(texts) or not answer["pictures"][0][3]:
        texts = texts[1:]  # the first is the grid's, which does not hold it
    for form, width, height, has_text in answer["pictures"]:
        made.append(picture(width, height, texts.pop(0) if has_text else "", form))
    return made
