"""Recorded requests answered by the demo as the real server answered them.

Source: ComfyUI 0.3.64, `tests/data/comfyui-0.3.64/exchanges.json` (trimmed; paths of the server cut).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.servers.comfyui import comfyui_server

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.servers.comfyui import ComfyServer

DATA = Path(__file__).parents[2] / "data" / "comfyui-0.3.64" / "exchanges.json"
EXCHANGES: list[dict[str, Any]] = json.loads(DATA.read_text(encoding="utf-8"))

RENAMED = {
    "tiny-sd15.safetensors": "demo-dusk.safetensors",
    "random-sd15.safetensors": "demo-dusk.safetensors",
}
"""The recording's checkpoints are not installed in the demo."""
FREE = {"prompt_id": str, "number": int, "traceback": list}
"""Values that differ from run to run; only their type is compared."""
INTENDED = {
    "ckpt_name": "each server lists its own checkpoints",
}
"""Inputs whose choices differ on purpose, with the reason."""


@pytest.fixture(scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ComfyServer]:
    async with comfyui_server(tmp_path_factory.mktemp("recorded")) as running:
        yield running


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("exchange", EXCHANGES, ids=[e["name"] for e in EXCHANGES])
async def test_the_demo_answers_as_recorded(server: ComfyServer, exchange: dict[str, Any]) -> None:
    request, recorded = exchange["request"], exchange["response"]
    headers = {
        k: v.replace("127.0.0.1:8188", f"127.0.0.1:{server.port}") for k, v in request["headers"].items()
    }
    async with httpx.AsyncClient(base_url=server.url) as client:
        answer = await client.request(
            request["method"], request["path"], content=body_of(request["body"]), headers=headers
        )
    assert answer.status_code == recorded["status"]
    if recorded["body"] is None:
        return
    assert answer.headers["content-type"] == recorded["content_type"]
    if "text" in recorded["body"]:
        assert answer.text == recorded["body"]["text"]
    else:
        assert comparable(answer.json()) == comparable(recorded["body"]["json"])


def body_of(recorded: dict[str, Any] | None) -> bytes:
    if not recorded:
        return b""
    text = recorded["text"] if "text" in recorded else json.dumps(recorded["json"])
    for old, new in RENAMED.items():
        text = text.replace(old, new)
    return text.encode()


def comparable(value: Any) -> Any:
    """The value with what may differ replaced by what must not: its type."""
    if isinstance(value, list):
        return [comparable(v) for v in value]
    if not isinstance(value, dict):
        return value
    shown: dict[str, Any] = {}
    for key, inner in value.items():
        if key in FREE and isinstance(inner, FREE[key]):
            shown[key] = f"<{FREE[key].__name__}>"
        elif key == "errors":
            # The real server walks through a set: its order of errors changes from run to run.
            shown[key] = sorted((comparable(v) for v in inner), key=lambda e: str(e["extra_info"]))
        else:
            shown[key] = comparable(inner)
    if shown.get("input_name") in INTENDED:
        shown["input_config"] = "<choices>"
    if str(shown.get("details", "")).startswith(tuple(f"{name}: " for name in INTENDED)):
        shown["details"] = shown["details"].partition(" not in ")[0]
    return shown
