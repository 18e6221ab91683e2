"""What the tests of the demo share: a graph, and ways to follow its run."""

from __future__ import annotations

import asyncio
import json
import struct
from typing import TYPE_CHECKING, Any

from websockets.asyncio.client import connect

if TYPE_CHECKING:
    import httpx
    from websockets.asyncio.client import ClientConnection

    from tests.servers.comfyui import ComfyServer

FLAGS = json.dumps({"type": "feature_flags", "data": {"supports_preview_metadata": True}})
TIMEOUT_S = 30


def graph(**sampler: Any) -> dict[str, Any]:
    """Text to picture, 64×64, two steps; `sampler` replaces inputs of the sampler."""
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


def listen(server: ComfyServer, client_id: str) -> connect:
    """A websocket to the server, not yet open."""
    return connect(f"ws{server.url[4:]}/ws?clientId={client_id}", max_size=None)


async def submit(client: httpx.AsyncClient, prompt: dict[str, Any], prompt_id: str, **more: Any) -> None:
    """Sends a job that must be accepted."""
    answer = await client.post("/prompt", json={"prompt": prompt, "prompt_id": prompt_id, **more})
    assert answer.status_code == 200, answer.text


async def frame(socket: ClientConnection) -> tuple[str, Any]:
    """The next frame as (event, data); a binary one as (`binary N`, bytes)."""
    async with asyncio.timeout(TIMEOUT_S):
        received = await socket.recv()
    if isinstance(received, bytes):
        return f"binary {struct.unpack('>I', received[:4])[0]}", received
    message = json.loads(received)
    return message["type"], message["data"]


async def until(socket: ClientConnection, event: str, **fields: Any) -> list[tuple[str, Any]]:
    """All frames up to the first of this event with these fields, that one included."""
    heard: list[tuple[str, Any]] = []
    while True:
        heard.append(await frame(socket))
        name, data = heard[-1]
        if name == event and all(data.get(key) == value for key, value in fields.items()):
            return heard


async def hear(socket: ClientConnection, prompt_id: str) -> list[tuple[str, Any]]:
    """All frames up to the job's last."""
    return await until(socket, "executing", node=None, prompt_id=prompt_id)


async def ended(client: httpx.AsyncClient, prompt_id: str) -> dict[str, Any]:
    """The job's history entry, once it is there."""
    async with asyncio.timeout(TIMEOUT_S):
        while True:
            history = (await client.get(f"/history/{prompt_id}")).json()
            if prompt_id in history:
                entry: dict[str, Any] = history[prompt_id]
                return entry
            await asyncio.sleep(0.01)


async def running(client: httpx.AsyncClient, prompt_id: str) -> None:
    """Returns when the job runs."""
    async with asyncio.timeout(TIMEOUT_S):
        while True:
            queue = (await client.get("/queue")).json()
            if prompt_id in [item[1] for item in queue["queue_running"]]:
                return
            await asyncio.sleep(0.01)
