"""What servers with very many models answer: recorded answers, made as large as they come.

Names have the length of those that people keep; every list is one that the service really has.
"""

from __future__ import annotations

import copy
import gzip
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

DATA = Path(__file__).resolve().parents[1] / "tests/data"

Answers = dict[str, Any]
"""JSON by path."""


def names(count: int, what: str) -> list[str]:
    """File names as they come from a site that shares models."""
    return [f"{what}/by somebody/A {what} with a name of its own, v{n:05d}.safetensors" for n in range(count)]


def _read(path: str) -> Any:
    data = (DATA / path).read_bytes()
    return json.loads(gzip.decompress(data) if path.endswith(".gz") else data)


def comfyui() -> Answers:
    """Ten thousand LoRAs, five thousand checkpoints, each class by itself."""
    classes = _read("comfyui-0.3.64/object_info.json.gz")
    classes["LoraLoader"]["input"]["required"]["lora_name"][0] = names(10_000, "lora")
    classes["CheckpointLoaderSimple"]["input"]["required"]["ckpt_name"][0] = names(5000, "checkpoint")
    device = {"name": "cuda:0", "type": "cuda", "vram_total": 2**34, "vram_free": 2**33}
    about = {"comfyui_version": "0.3.64", "python_version": "3.11", "os": "posix", "pytorch_version": "2"}
    return {
        "/system_stats": {"system": about, "devices": [device]},
        **{f"/object_info/{name}": {name: found} for name, found in classes.items()},
    }


def a1111() -> Answers:
    """Two thousand LoRAs with what their training left in them, and three thousand settings."""
    answers: Answers = dict(_read("a1111-forge-f2.0.1/lists.json"))
    tags = {f"a tag that somebody typed {n}": n for n in range(60)}
    answers["/sdapi/v1/loras"] = [
        {"name": name, "alias": name, "path": f"/srv/{name}", "metadata": {"ss_tag_frequency": {"1": tags}}}
        for name in names(2000, "lora")
    ]
    answers["/sdapi/v1/sd-models"] = [
        {"title": name, "model_name": name, "hash": "0123456789", "sha256": "ab" * 32, "filename": name}
        for name in names(2000, "checkpoint")
    ]
    answers["/sdapi/v1/options"] |= {f"setting_{n}": "What somebody set it to. " * 8 for n in range(3000)}
    return answers


def invokeai() -> Answers:
    """Two thousand models, and the server's description of itself, which has 1.8 MB, three times as large."""
    described = _read("invokeai-6.14.2/openapi.json")
    schemas = described["components"]["schemas"]
    node = schemas["DenoiseLatentsInvocation"]
    copies = 6_000_000 // len(json.dumps(node))
    schemas.update({f"Some{n}Invocation": node for n in range(copies)})
    recorded = _read("invokeai-6.14.2/models.json")["models"]
    models = []
    for number, name in enumerate(names(2000, "model")):
        told = "Where it came from, and what it is for. " * 20
        model = {**recorded[number % len(recorded)], "description": told, "source_api_response": told}
        models.append({**model, "key": f"key-{number}", "hash": f"blake3:{number:064}", "name": name})
    return {
        "/api/v1/app/version": {"version": "6.14.2"},
        "/api/v2/models/": {"models": models},
        "/api/v1/boards/": [
            {"board_id": f"board-{n}", "board_name": f"Board {n}", "archived": False} for n in range(500)
        ],
        "/api/v1/style_presets/": _read("invokeai-6.14.2/styles.json"),
        "/openapi.json": described,
    }


def fooocus() -> Answers:
    """Five thousand LoRAs in each of the page's slots, and as many models twice."""
    page = copy.deepcopy(_read("fooocus-2.5.5/config-default.json.gz"))
    loras, models = names(5000, "lora"), names(5000, "checkpoint")
    for component in page["components"]:
        label = str(component["props"].get("label") or "")
        if component["type"] == "dropdown" and label.startswith("LoRA "):
            component["props"]["choices"] = ["None", *loras]
        elif component["type"] == "dropdown" and label.startswith(("Base Model", "Refiner (")):
            component["props"]["choices"] = ["None", *models]
    return {"/config": page, "/app_id": {"app_id": 1}}


def fooocus_api() -> Answers:
    """Five thousand models and LoRAs, and a description of 3 MB."""
    described = _read("fooocus-api-0.5.0.1/openapi.json")
    schemas = described["components"]["schemas"]
    schema = schemas["Text2ImgRequestWithPrompt"]
    schemas.update({f"Other{n}": schema for n in range(3_000_000 // len(json.dumps(schema)))})
    return {
        "/openapi.json": described,
        "/v1/engines/all-models": {
            "model_filenames": names(5000, "checkpoint"),
            "lora_filenames": names(5000, "lora"),
        },
        "/v1/engines/styles": _read("fooocus-api-0.5.0.1/styles.json"),
    }


ANSWERS: Mapping[str, Any] = {
    "comfyui": comfyui,
    "a1111": a1111,
    "invokeai": invokeai,
    "fooocus-api": fooocus_api,
    "fooocus": fooocus,
}
"""By service: makes its answers."""
