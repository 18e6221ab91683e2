"""Models, boards and styles, as recorded."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.servers.harness.faults import HOSTILE
from tests.servers.invokeai.graphs import DATA

if TYPE_CHECKING:
    from tests.servers.harness.faults import Faults

MODELS: list[dict[str, Any]] = json.loads((DATA / "models.json").read_text("utf-8"))["models"]
STYLES: list[dict[str, Any]] = json.loads((DATA / "styles.json").read_text("utf-8"))
BOARDS = [
    {"board_id": "7f84476e-797c-4d79-8f8b-0290c897f52b", "board_name": "Lighthouses", "archived": False}
]
BOARD_IDS = {str(board["board_id"]) for board in BOARDS}

_MORE = (
    ("Tiny IP", "ip_adapter", "sd-1"),
    ("Tiny T2I", "t2i_adapter", "sd-1"),
    ("Tiny ESRGAN", "spandrel_image_to_image", "any"),
    ("Tiny FLUX", "main", "flux"),
    ("Tiny T5", "t5_encoder", "any"),
    ("Tiny CLIP", "clip_embed", "any"),
    ("Tiny FLUX VAE", "vae", "flux"),
    ("Tiny SD3", "main", "sd-3"),
    ("Tiny LoRA", "lora", "sdxl"),
)


def models(faults: Faults) -> list[dict[str, Any]]:
    """The records of all models; what no tiny model was made for is added to those that were recorded."""
    more = [_record(f"key-{number}", *about) for number, about in enumerate(_MORE)]
    strange = [
        _record(f"strange-{number}-{kind}", name, kind, "sd-1")
        for number, name in enumerate(HOSTILE if faults.hostile else ())
        for kind in ("main", "lora", "vae")
    ]
    return [*MODELS, *more, *strange]


def _record(key: str, name: str, kind: str, base: str) -> dict[str, Any]:
    about = {"key": key, "hash": f"blake3:{key}", "name": name, "type": kind, "base": base}
    return {**about, "path": f"/srv/models/{key}", "format": "diffusers", "default_settings": None}


def styles(faults: Faults) -> list[dict[str, Any]]:
    """The records of all styles."""
    strange = HOSTILE if faults.hostile else ()
    data = {"positive_prompt": "{prompt}", "negative_prompt": ""}
    return [*STYLES, *({"name": name, "preset_data": data, "type": "user", "id": name} for name in strange)]


def boards(faults: Faults) -> list[dict[str, Any]]:
    """The records of all boards."""
    strange = HOSTILE if faults.hostile else ()
    return [*BOARDS, *({"board_id": name, "board_name": name, "archived": False} for name in strange)]
