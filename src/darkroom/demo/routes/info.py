"""What the server is and what it offers."""

from __future__ import annotations

import os
import platform
import sys
from typing import TYPE_CHECKING, Any

from aiohttp import web

from darkroom import __version__
from darkroom.demo.catalog import MODELS
from darkroom.demo.sockets import FEATURES

if TYPE_CHECKING:
    from darkroom.demo.server import DemoServer

COMFYUI_VERSION = "0.3.64"
"""The version whose protocol is spoken here."""
FRONTEND_VERSION, TEMPLATES_VERSION = "1.27.10", "0.1.95"
"""What that version asks for; there is neither here, but clients expect text."""
WELCOME = "Darkroom's demo server: speaks ComfyUI's protocol, paints procedural pictures, is no AI.\n"


def routes(demo: DemoServer) -> list[web.RouteDef]:
    """Routes that only read."""

    async def system_stats(_request: web.Request) -> web.Response:
        return web.json_response({"system": _system(demo), "devices": [_device()]})

    async def features(_request: web.Request) -> web.Response:
        return web.json_response(FEATURES)

    async def object_info(_request: web.Request) -> web.Response:
        return web.json_response(demo.catalog.all())

    async def object_info_class(request: web.Request) -> web.Response:
        name = request.match_info["name"]
        return web.json_response({name: demo.catalog.info(name)} if name in demo.catalog else {})

    return [
        web.get("/", _welcome),
        web.get("/system_stats", system_stats),
        web.get("/features", features),
        web.get("/object_info", object_info),
        web.get("/object_info/{name}", object_info_class),
        web.get("/models", _models),
        web.get("/models/{folder}", _folder),
        web.get("/embeddings", _nothing),
        web.get("/extensions", _nothing),
        web.get("/settings", _no_settings),
        web.get("/userdata", _no_userdata),
        web.get("/view_metadata/{folder}", _view_metadata),
    ]


async def _welcome(_request: web.Request) -> web.Response:
    return web.Response(text=WELCOME)


async def _models(_request: web.Request) -> web.Response:
    return web.json_response(list(MODELS))


async def _folder(request: web.Request) -> web.Response:
    names = MODELS.get(request.match_info["folder"])
    return web.Response(status=404) if names is None else web.json_response(list(names))


async def _nothing(_request: web.Request) -> web.Response:
    return web.json_response([])


async def _no_settings(_request: web.Request) -> web.Response:
    return web.json_response({})


async def _no_userdata(request: web.Request) -> web.Response:
    if "dir" not in request.query:
        return web.Response(status=400, text="Directory not provided")
    # Source: ComfyUI 0.3.64: a folder is missing until a first workflow was saved in it.
    return web.Response(status=404)


async def _view_metadata(request: web.Request) -> web.Response:
    names = MODELS.get(request.match_info["folder"], ())
    name = request.query.get("filename", "")
    if request.match_info["folder"] != "loras" or name not in names:
        return web.Response(status=404)
    return web.json_response({"modelspec.title": name.removesuffix(".safetensors"), "ss_network_dim": "0"})


def _system(demo: DemoServer) -> dict[str, Any]:
    memory = _memory()
    return {
        "os": os.name,
        "ram_total": memory,
        "ram_free": memory,
        "comfyui_version": COMFYUI_VERSION,
        "required_frontend_version": FRONTEND_VERSION,
        "installed_templates_version": TEMPLATES_VERSION,
        "required_templates_version": TEMPLATES_VERSION,
        "python_version": sys.version,
        "pytorch_version": "none",
        "embedded_python": False,
        "argv": sys.argv,
        # These three are ours: a client must be able to tell that no AI is at work, and that the
        # server on a remembered port is the one that it started.
        "darkroom_demo": True,
        "darkroom_version": __version__,
        "darkroom_token": demo.token,
    }


def _device() -> dict[str, Any]:
    memory = _memory()
    return {
        "name": f"cpu ({platform.machine()})",
        "type": "cpu",
        "index": None,
        "vram_total": memory,
        "vram_free": memory,
        "torch_vram_total": memory,
        "torch_vram_free": memory,
    }


def _memory() -> int:
    """Bytes of memory in this machine."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
