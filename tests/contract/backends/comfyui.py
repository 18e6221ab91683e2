"""ComfyUI, spoken by the demo server: a step of 64×64 pixels takes 33 ms at its pace of 1."""

from __future__ import annotations

from darkroom.domain.service import COMFYUI
from tests.contract.backends.base import Backend
from tests.servers.comfyui import ComfyServer

SMALL = {"width": 64, "height": 64}

BACKEND = Backend(
    service=COMFYUI,
    called=("ComfyUI", "Darkroom"),
    server=lambda home: ComfyServer(home, speed=1),
    quick={**SMALL, "steps": 4},
    steady={**SMALL, "steps": 60},
    long={**SMALL, "steps": 5000},
    with_picture={"denoise": 0.5},
    upscaling={"upscale": 2.0},
    refused=("checkpoint", "nope.safetensors"),
    named_by_node=True,
)
