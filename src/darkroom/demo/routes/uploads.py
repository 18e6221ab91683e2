"""`/upload/image` and `/upload/mask`.

Source: ComfyUI 0.3.64, recordings 06-*: the field is `image`; only "true" and "1" overwrite; the same
bytes keep their name, others get ` (1)`; an unknown type or a name with a slash is a 500.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from io import BytesIO
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from aiohttp import web
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from darkroom.demo.folders import folded, inside

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from darkroom.demo.folders import Folders
    from darkroom.demo.server import DemoServer


def routes(demo: DemoServer) -> list[web.RouteDef]:
    """Routes that store files."""

    async def image(request: web.Request) -> web.Response:
        rejected = demo.faults.strike("reject_upload", request.path)
        if rejected is not None:
            return web.Response(status=int(rejected.get("status", 500)))
        return await _upload(demo.folders, request, mask=False)

    async def mask(request: web.Request) -> web.Response:
        return await _upload(demo.folders, request, mask=True)

    return [web.post("/upload/image", image), web.post("/upload/mask", mask)]


async def _upload(folders: Folders, request: web.Request, *, mask: bool) -> web.Response:
    form = await request.post()
    field = form.get("image")
    if not field:
        return web.Response(status=400)
    if not isinstance(field, web.FileField):
        raise TypeError("the field image has no file name")
    fields = {key: value for key, value in form.items() if isinstance(value, str)}
    kind, subfolder = fields.get("type", "input"), fields.get("subfolder", "")
    root = folders.by_type(kind)
    if root is None:
        raise ValueError(f"unknown upload type {kind!r}")
    folder = folded(root / subfolder)
    if not inside(root, folder / field.filename):
        return web.Response(status=400)
    content: bytes | None = await asyncio.to_thread(field.file.read)
    if mask and content is not None:
        masked = await asyncio.to_thread(_masked, folders, content, json.loads(fields["original_ref"]))
        if isinstance(masked, int):
            return web.Response(status=masked)
        content = masked
    overwrite = fields.get("overwrite") in ("true", "1")
    name = field.filename
    if content is not None:
        name = await asyncio.to_thread(_store, folder, name, content, overwrite=overwrite)
    return web.json_response({"name": name, "subfolder": subfolder, "type": kind})


def _store(folder: Path, name: str, content: bytes, *, overwrite: bool) -> str:
    """Writes a file; gives the name that it got. Folders in the name itself are not made."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    stem, suffix = name.removesuffix(path.suffix), path.suffix
    digest, number = hashlib.sha256(content).digest(), 1
    while not overwrite and path.exists():
        if hashlib.sha256(path.read_bytes()).digest() == digest:
            return name
        name = f"{stem} ({number}){suffix}"
        path, number = folder / name, number + 1
    path.write_bytes(content)
    return name


def _masked(folders: Folders, content: bytes, reference: Mapping[str, Any]) -> bytes | int | None:
    """The original with the upload's alpha; None when it is gone, or the status that refuses it."""
    name, folder = folders.annotated(reference["filename"])
    if not name or name.startswith("/") or ".." in name:
        return 400
    folder = folder or folders.by_type(reference.get("type", "output"))
    if folder is None:
        return 400
    original = folder / reference.get("subfolder", "") / PurePath(name)
    if not inside(folder, original):
        return 403
    if not original.is_file():
        return None
    with Image.open(original) as opened, Image.open(BytesIO(content)) as mask:
        metadata = PngInfo()
        for key, value in getattr(opened, "text", {}).items():
            metadata.add_text(key, value)
        picture = opened.convert("RGBA")
        picture.putalpha(mask.convert("RGBA").getchannel("A"))
    buffer = BytesIO()
    picture.save(buffer, format="PNG", compress_level=4, pnginfo=metadata)
    return buffer.getvalue()
