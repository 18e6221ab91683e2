"""Fooocus-API, spoken by a test server of the project's own: a step takes 33 ms."""

from __future__ import annotations

from darkroom.connectors.access import Access
from darkroom.domain.service import FOOOCUS_API
from tests.contract.backends.base import Backend
from tests.servers.fooocus_api import FooocusApiServer

SMALL = {"width": 64, "height": 64, "style": None, "lora": None}
KEY = "a key of seven words and 1 number"

BACKEND = Backend(
    service=FOOOCUS_API,
    called=("Fooocus-API",),
    server=FooocusApiServer,
    quick={**SMALL, "steps": 16},
    steady={**SMALL, "steps": 60},
    long={**SMALL, "steps": 200, "batch_size": 32},
    with_picture={"denoise": 0.5},
    upscaling={"method": "Upscale (2x)", "steps": 4},
    refused=("cfg_scale", 99.0),
    tells_causes=False,
    locked=lambda home: FooocusApiServer(home, key=KEY),
    access=Access(headers={"X-API-KEY": KEY}),
)
