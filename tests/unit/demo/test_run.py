"""One run over real sockets: the frames in their order, the file, the history."""

from __future__ import annotations

import asyncio
import json
import struct
from io import BytesIO
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from PIL import Image
from websockets.asyncio.client import connect

from tests.servers.comfyui import comfyui_server

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from websockets.asyncio.client import ClientConnection

    from tests.servers.comfyui import ComfyServer

FLAGS = json.dumps({"type": "feature_flags", "data": {"supports_preview_metadata": True}})


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[ComfyServer]:
    async with comfyui_server(tmp_path) as running:
        yield running


@pytest.fixture
async def client(server: ComfyServer) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=server.url) as open_client:
        yield open_client


def graph(**sampler: Any) -> dict[str, Any]:
    inputs = {
        "seed": 1,
        "steps": 2,
        "cfg": 7.0,
        "sampler_name": "euler",
        "scheduler": "normal",
        "denoise": 1.0,
    }
    links = {"model": ["4", 0], "positive": ["6", 0], "negative": ["7", 0], "latent_image": ["5", 0]}
    return {
        "3": {"class_type": "KSampler", "inputs": {**inputs, **links, **sampler}},
        "4": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "demo-dusk.safetensors"}},
        "5": {"class_type": "EmptyLatentImage", "inputs": {"width": 64, "height": 64, "batch_size": 1}},
        "6": {"class_type": "CLIPTextEncode", "inputs": {"text": "a harbour", "clip": ["4", 1]}},
        "7": {"class_type": "CLIPTextEncode", "inputs": {"text": "blurry", "clip": ["4", 1]}},
        "8": {"class_type": "VAEDecode", "inputs": {"samples": ["3", 0], "vae": ["4", 2]}},
        "9": {"class_type": "SaveImage", "inputs": {"filename_prefix": "lab", "images": ["8", 0]}},
    }


async def hear(socket: ClientConnection, prompt_id: str) -> list[tuple[str, Any]]:
    """All frames up to the job's last, as (event, data); binary ones as (type number, bytes)."""
    heard: list[tuple[str, Any]] = []
    async with asyncio.timeout(30):
        async for frame in socket:
            if isinstance(frame, bytes):
                heard.append((f"binary {struct.unpack('>I', frame[:4])[0]}", frame))
                continue
            message = json.loads(frame)
            heard.append((message["type"], message["data"]))
            data = message["data"]
            if message["type"] == "executing" and data["node"] is None and data["prompt_id"] == prompt_id:
                return heard
    raise AssertionError("the socket closed before the job's end")


async def test_a_run_tells_everything_in_the_recorded_order(
    server: ComfyServer, client: httpx.AsyncClient
) -> None:
    async with connect(f"ws{server.url[4:]}/ws?clientId=me", max_size=None) as socket:
        await socket.send(FLAGS)
        body = {
            "prompt": graph(),
            "client_id": "me",
            "prompt_id": "job",
            "extra_data": {"extra_pnginfo": {"x": 1}},
        }
        answer = (await client.post("/prompt", json=body)).json()
        assert answer == {"prompt_id": "job", "number": 0, "node_errors": {}}
        heard = await hear(socket, "job")

    events = [event for event, _ in heard if event not in ("status", "feature_flags")]
    step = ["progress_state", "binary 4", "progress"]
    node = ["progress_state", "executing", "progress_state"]
    assert events == [
        *("execution_start", "execution_cached"),
        *node * 4,
        *("progress_state", "executing", *step * 2, "progress_state"),
        *node,
        *("progress_state", "executing", "executed", "progress_state"),
        *("execution_success", "executing"),
    ]
    executed = next(data for event, data in heard if event == "executed")
    shown = executed["output"]["images"][0]
    assert shown == {"filename": "lab_00001_.png", "subfolder": "", "type": "output"}

    entry = (await client.get("/history/job")).json()["job"]
    assert entry["outputs"] == {"9": executed["output"]}
    assert entry["status"]["status_str"] == "success"
    picture = Image.open(BytesIO((await client.get("/view", params=shown)).content))
    assert picture.size == (64, 64)
    assert json.loads(picture.text["prompt"]) == graph()  # type: ignore[attr-defined]
    assert picture.text["x"] == "1"  # type: ignore[attr-defined]


async def test_previews_are_512_wide_and_say_whose_they_are_when_asked_to(server: ComfyServer) -> None:
    previews = {}
    for flags in (True, False):
        async with connect(f"ws{server.url[4:]}/ws?clientId=me{flags}", max_size=None) as socket:
            if flags:
                await socket.send(FLAGS)
            async with httpx.AsyncClient() as client:
                body = {"prompt": graph(seed=int(flags)), "client_id": f"me{flags}", "prompt_id": "job"}
                await client.post(f"{server.url}/prompt", json=body)
            heard = await hear(socket, "job")
            previews[flags] = next(data for event, data in heard if event.startswith("binary"))
    assert previews[False][:8] == struct.pack(">II", 1, 1)
    length = struct.unpack(">I", previews[True][4:8])[0]
    metadata = json.loads(previews[True][8 : 8 + length])
    assert (metadata["node_id"], metadata["prompt_id"]) == ("3", "job")
    for picture in (previews[False][8:], previews[True][8 + length :]):
        assert Image.open(BytesIO(picture)).size == (512, 512)


async def test_an_identical_job_makes_no_new_file(server: ComfyServer, client: httpx.AsyncClient) -> None:
    heard: list[tuple[str, Any]] = []
    async with connect(f"ws{server.url[4:]}/ws?clientId=me", max_size=None) as socket:
        for prompt_id in ("first", "second"):
            await client.post("/prompt", json={"prompt": graph(), "client_id": "me", "prompt_id": prompt_id})
            heard = await hear(socket, prompt_id)
    events = [event for event, _ in heard if event != "status"]
    assert events == [
        *("execution_start", "execution_cached", "executed", "progress_state"),
        *("execution_success", "executing"),
    ]
    history = (await client.get("/history")).json()
    assert history["first"]["outputs"] == history["second"]["outputs"]
    assert len(list((server.home / "demo" / "output").iterdir())) == 1
