"""InvokeAI, spoken by a test server of the project's own: a step takes 33 ms."""

from __future__ import annotations

from darkroom.connectors.access import Access
from darkroom.domain.service import INVOKEAI
from tests.contract.backends.base import Backend
from tests.servers.invokeai import EMAIL, PASSWORD, InvokeServer

SMALL = {"width": 64, "height": 64}

BACKEND = Backend(
    service=INVOKEAI,
    called=("InvokeAI",),
    server=InvokeServer,
    quick={**SMALL, "steps": 6},
    steady={**SMALL, "steps": 60},
    long={**SMALL, "steps": 5000},
    with_picture={"denoise": 0.5},
    upscaling={"upscaler": "lanczos"},
    refused=("cfg_scale", 0.5),
    locked=lambda home: InvokeServer(home, accounts=True),
    access=Access(EMAIL, PASSWORD, login=True),
    expires=True,
)
