"""Fooocus's web page, spoken by a test server of the project's own: a step takes 33 ms."""

from __future__ import annotations

from darkroom.connectors.access import Access
from darkroom.domain.service import FOOOCUS
from tests.contract.backends.base import Backend
from tests.servers.fooocus import FooocusServer

SMALL = {"width": 64, "height": 64, "batch_size": 1, "style": None, "lora": None}

BACKEND = Backend(
    service=FOOOCUS,
    called=("Fooocus",),
    server=FooocusServer,
    quick={**SMALL, "steps": 10},
    steady={**SMALL, "steps": 60},
    long={**SMALL, "steps": 200, "batch_size": 32},
    with_picture={"denoise": 0.5},
    upscaling={"batch_size": 1, "method": "Upscale (2x)", "steps": 4},
    locked=lambda home: FooocusServer(home, login="ann:a secret of seven words"),
    access=Access(username="ann", password="a secret of seven words", login=True),  # noqa: S106
    expires=True,
    tells_causes=False,
    tells_lone=False,
)
