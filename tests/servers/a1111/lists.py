"""The lists that are only told, as recorded; which program has which."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.servers.harness.faults import HOSTILE

if TYPE_CHECKING:
    from tests.servers.harness.faults import Faults

DATA = Path(__file__).parents[2] / "data" / "a1111-forge-f2.0.1"
LISTS: dict[str, Any] = json.loads((DATA / "lists.json").read_text("utf-8"))

SMALL = frozenset(
    f"/sdapi/v1/{name}"
    for name in (
        "samplers",
        "schedulers",
        "upscalers",
        "latent-upscale-modes",
        "loras",
        "sd-models",
        "options",
        "txt2img",
        "img2img",
    )
)
"""All that stable-diffusion.cpp and KoboldCpp have."""

NAMED = {"/sdapi/v1/samplers": "name", "/sdapi/v1/loras": "name", "/sdapi/v1/sd-models": "model_name"}
"""The lists that can be made hostile, and the key of the name."""

SDNEXT_VERSION = {"app": "sd.next", "updated": "2026-01-02", "commit": "0e76332b"}


def names(path: str, key: str) -> list[str]:
    """The names of one of the lists."""
    return [item[key] for item in LISTS[path]]


class Lists:
    """The lists of one program, and which paths it knows at all."""

    def __init__(self, program: str, faults: Faults, *, webui: bool) -> None:
        self._program = program
        self._faults = faults
        self._webui = webui

    def add_to(self, app: web.Application) -> None:
        """Adds the routes."""
        for path in LISTS:
            if path not in ("/sdapi/v1/options", "/internal/pending-tasks"):
                app.router.add_get(path, self._list)
        app.router.add_get("/openapi.json", self._openapi)
        app.router.add_get("/sdapi/v1/version", self._version)
        app.router.add_get("/sdcpp/v1/capabilities", self._version)
        app.router.add_get("/api/extra/version", self._version)
        app.router.add_get("/sdapi/v1/sd-vae", self._vaes)

    def has(self, path: str) -> bool:
        """Whether this program knows the path."""
        own = {
            "/sdapi/v1/sd-modules": "forge",
            "/sdapi/v1/version": "sdnext",
            "/sdcpp/v1/capabilities": "sdcpp",
            "/api/extra/version": "kobold",
        }
        if path in own:
            return self._program == own[path]
        if path == "/sdapi/v1/sd-vae":
            return self._program in ("a1111", "sdnext")
        if self._program in ("sdcpp", "kobold"):
            return path in SMALL or path == "/openapi.json"
        if path.startswith(("/internal/", "/file=")):
            return self._webui and self._program != "sdnext"
        return not (path.startswith("/controlnet/") and self._program == "sdnext")

    async def _list(self, request: web.Request) -> web.Response:
        found = LISTS[request.path]
        if self._faults.hostile and request.path in NAMED:
            found = [*found, *({**found[0], NAMED[request.path]: name} for name in HOSTILE)]
        return web.json_response(found)

    async def _vaes(self, _request: web.Request) -> web.Response:
        return web.json_response([{"model_name": "kl-f8.pt", "filename": "/srv/kl-f8.pt"}])

    async def _version(self, _request: web.Request) -> web.Response:
        versions = {"kobold": {"result": "KoboldCpp", "version": "1.99"}, "sdnext": SDNEXT_VERSION}
        return web.json_response(versions.get(self._program, {"features": ["img_gen"]}))

    async def _openapi(self, _request: web.Request) -> web.Response:
        return web.json_response({"openapi": "3.1.0", "paths": {"/sdapi/v1/txt2img": {"post": {}}}})
