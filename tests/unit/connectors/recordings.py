"""What a real ComfyUI 0.3.64 said, read from `tests/data`."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

from darkroom.connectors.comfyui.events import Message, read_binary, read_document

FOLDER = Path(__file__).parents[2] / "data" / "comfyui-0.3.64"


def load(name: str) -> Any:
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))


def raw_frames(name: str) -> list[str | bytes]:
    """The frames of a recorded socket; pictures are replaced by their first bytes."""
    lines = (FOLDER / f"ws-{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [_frame(json.loads(line)) for line in lines]


def _frame(line: dict[str, Any]) -> str | bytes:
    if "text" in line:
        return json.dumps(line["text"])
    about = line["binary"]
    image = bytes.fromhex(about["image_magic"])
    if about["event_type"] == 1:
        return struct.pack(">II", 1, about["image_format_code"]) + image
    metadata = json.dumps(about["metadata"]).encode()
    return struct.pack(">II", about["event_type"], len(metadata)) + metadata + image


def messages(name: str) -> list[Message]:
    found = [
        read_document(json.loads(frame)) if isinstance(frame, str) else read_binary(frame)
        for frame in raw_frames(name)
    ]
    return [message for message in found if message is not None]
