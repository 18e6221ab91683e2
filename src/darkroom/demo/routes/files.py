"""`/view`: files as they are, or converted.

Source: ComfyUI 0.3.64, recordings 02-view-*.
"""

from __future__ import annotations

import asyncio
import mimetypes
from io import BytesIO
from pathlib import PurePath
from typing import TYPE_CHECKING

from aiohttp import web
from PIL import Image

from darkroom.demo.folders import inside

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from darkroom.demo.server import DemoServer

DOWNLOAD = ("text/html", "text/html-sandboxed", "application/xhtml+xml", "text/javascript", "text/css")
"""Types that are sent as plain bytes, so that no browser runs them."""


def routes(demo: DemoServer) -> list[web.RouteDef]:
    """The route of `/view`; HEAD works as well."""

    async def view(request: web.Request) -> web.StreamResponse:
        found = _find(demo, request.query)
        if isinstance(found, int):
            return web.Response(status=found)
        if demo.faults.strike("missing_file", request.path) is not None:
            return web.Response(status=404)
        response = await _respond(found, request.query)
        half = demo.faults.strike("half_file", request.path)
        return response if half is None else await _half(request, found, cut=bool(half.get("cut")))

    return [web.get("/view", view)]


def _find(demo: DemoServer, query: Mapping[str, str]) -> Path | int:
    """The file that a query means, or the status that refuses it."""
    if "filename" not in query:
        return 404
    name, folder = demo.folders.annotated(query["filename"])
    if not name or name.startswith("/") or ".." in name:
        return 400
    folder = folder or demo.folders.by_type(query.get("type", "output"))
    if folder is None:
        return 400
    target = folder
    if "subfolder" in query:
        target = folder / query["subfolder"]
        if not inside(folder, target):
            return 403
    path = target / PurePath(name).name
    return path if path.is_file() else 404


async def _respond(path: Path, query: Mapping[str, str]) -> web.StreamResponse:
    headers = {"Content-Disposition": f'filename="{path.name}"'}
    channel = query.get("channel", "rgba")
    if "preview" in query:
        body, content_type = await asyncio.to_thread(
            _preview, path, query["preview"], query.get("channel", "")
        )
        return web.Response(body=body, content_type=content_type, headers=headers)
    if channel in ("rgb", "a"):
        body = await asyncio.to_thread(_channel, path, channel)
        return web.Response(body=body, content_type="image/png", headers=headers)
    content_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    if content_type in DOWNLOAD:
        content_type = "application/octet-stream"
    return web.FileResponse(path, headers={**headers, "Content-Type": content_type})


def _preview(path: Path, wanted: str, channel: str) -> tuple[bytes, str]:
    """A lossy copy: `webp;80`, `jpeg;70`; anything else is webp, no quality is 90. Drops metadata."""
    parts = wanted.split(";")
    image_format = parts[0] if parts[0] in ("webp", "jpeg") and "a" not in channel else "webp"
    quality = int(parts[-1]) if parts[-1].isdigit() else 90
    with Image.open(path) as opened:
        picture = opened.convert("RGB") if image_format == "jpeg" or channel == "rgb" else opened
        buffer = BytesIO()
        picture.save(buffer, format=image_format, quality=quality)
    return buffer.getvalue(), f"image/{image_format}"


def _channel(path: Path, channel: str) -> bytes:
    """Colours without alpha, or alpha alone; a PNG without metadata."""
    with Image.open(path) as opened:
        if channel == "rgb":
            picture = opened.convert("RGB")
        else:
            alpha = opened.getchannel("A") if opened.mode == "RGBA" else Image.new("L", opened.size, 255)
            picture = Image.new("RGBA", opened.size)
            picture.putalpha(alpha)
        buffer = BytesIO()
        picture.save(buffer, format="PNG")
    return buffer.getvalue()


async def _half(request: web.Request, path: Path, *, cut: bool) -> web.StreamResponse:
    """Half of a file: as if it were all, or cut off in the middle of what was announced."""
    content = await asyncio.to_thread(path.read_bytes)
    half = content[: len(content) // 2]
    if not cut:
        return web.Response(body=half, content_type="image/png")
    response = web.StreamResponse(headers={"Content-Length": str(len(content)), "Content-Type": "image/png"})
    await response.prepare(request)
    await response.write(half)
    if request.transport is not None:
        request.transport.abort()
    return response
