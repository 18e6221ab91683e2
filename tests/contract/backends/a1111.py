"""AUTOMATIC1111, spoken by a test server of the project's own that is Forge: a step takes 33 ms."""

from __future__ import annotations

from darkroom.connectors.access import Access
from darkroom.domain.service import A1111
from tests.contract.backends.base import Backend
from tests.servers.a1111 import A1111Server

SMALL = {"width": 64, "height": 64}
PASSWORD = "pass:word"  # noqa: S105

BACKEND = Backend(
    service=A1111,
    called=("Forge", "AUTOMATIC1111"),
    server=A1111Server,
    quick={**SMALL, "steps": 12},
    steady={**SMALL, "steps": 60},
    long={**SMALL, "steps": 150, "batch_count": 50},
    with_picture={"denoise": 0.5},
    upscaling={"upscaler": "Lanczos", "upscale": 2.0},
    refused=("steps", "many"),
    rereads=False,
    locked=lambda home: A1111Server(home, login=f"someone:{PASSWORD}"),
    access=Access(username="someone", password=PASSWORD),
    server_settings=True,
)
