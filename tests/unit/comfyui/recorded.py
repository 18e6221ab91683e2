"""What ComfyUI 0.3.64 said, and graphs to try on it."""

from __future__ import annotations

import gzip
import json
from functools import cache
from pathlib import Path
from typing import Any

from darkroom.connectors.comfyui.nodes import Classes
from darkroom.connectors.comfyui.roles import find_meaning
from darkroom.connectors.comfyui.wiring import Wiring
from darkroom.domain.server import Catalog

DATA = Path(__file__).parents[2] / "data" / "comfyui-0.3.64"
WORKFLOWS = tuple(
    sorted(path.name.removesuffix(".api.json") for path in (DATA / "workflows").glob("*.api.json"))
)

Graph = dict[str, dict[str, Any]]


@cache
def object_info() -> dict[str, Any]:
    """The whole recorded `/object_info`."""
    info: dict[str, Any] = json.loads(gzip.decompress((DATA / "object_info.json.gz").read_bytes()))
    return info


def catalog() -> Catalog:
    return Catalog("0.3.64", object_info())


def workflow(name: str) -> Graph:
    graph: Graph = json.loads((DATA / "workflows" / f"{name}.api.json").read_text("utf-8"))
    return graph


def roles(graph: Graph, schema: dict[str, Any] | None = None) -> dict[str, str]:
    """Role by address."""
    meaning = find_meaning(Wiring(graph, Classes(object_info() if schema is None else schema)))
    return {place.address: str(role) for place, role in meaning.roles.items()}


def node(class_type: str, title: str = "", /, **inputs: Any) -> dict[str, Any]:
    meta = {"_meta": {"title": title}} if title else {}
    return {"class_type": class_type, "inputs": inputs, **meta}


def sampler(
    positive: str, negative: str, latent: str = "latent", title: str = "", **more: Any
) -> dict[str, Any]:
    return node(
        "KSampler",
        title,
        **{
            "seed": 5,
            "steps": 20,
            "cfg": 7.5,
            "sampler_name": "euler",
            "scheduler": "normal",
            "denoise": 1.0,
            "model": ["ckpt", 0],
            "positive": [positive, 0],
            "negative": [negative, 0],
            "latent_image": [latent, 0],
            **more,
        },
    )


def encode(text: Any, title: str = "") -> dict[str, Any]:
    return node("CLIPTextEncode", title, text=text, clip=["ckpt", 1])


def base() -> Graph:
    """The nodes that most graphs share."""
    return {
        "ckpt": node("CheckpointLoaderSimple", ckpt_name="random-sd15.safetensors"),
        "latent": node("EmptyLatentImage", width=512, height=768, batch_size=2),
        "pos": encode("a harbour"),
        "neg": encode("blurry"),
        "sample": sampler("pos", "neg"),
        "decode": node("VAEDecode", samples=["sample", 0], vae=["ckpt", 2]),
        "save": node("SaveImage", filename_prefix="x", images=["decode", 0]),
    }
