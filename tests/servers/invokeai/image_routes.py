"""The routes of pictures, with the answers of the real server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web
from PIL import UnidentifiedImageError

from tests.servers.harness.outputs import handed_out

if TYPE_CHECKING:
    from tests.servers.harness.faults import Faults
    from tests.servers.invokeai.pictures import Pictures

IMAGES = "/api/v1/images"


class ImageRoutes:
    """All routes over the pictures."""

    def __init__(self, pictures: Pictures, faults: Faults) -> None:
        self._pictures = pictures
        self._faults = faults

    def add_to(self, app: web.Application) -> None:
        """Adds them."""
        app.router.add_get(f"{IMAGES}/", self.find)
        app.router.add_post(f"{IMAGES}/upload", self.upload)
        app.router.add_get(f"{IMAGES}/i/{{name}}", self.picture)
        app.router.add_get(f"{IMAGES}/i/{{name}}/metadata", self.metadata)
        app.router.add_get(f"{IMAGES}/i/{{name}}/full", self.full)

    async def find(self, request: web.Request) -> web.Response:
        """`GET images/`."""
        asked = request.query
        found = list(
            self._pictures.find(
                asked.get("categories", "general"),
                asked.get("search_term", ""),
                intermediate=asked.get("is_intermediate") == "true",
            )
        )
        if asked.get("order_dir", "DESC") == "DESC":
            found.reverse()
        items = [picture.record() for picture in found]
        return web.json_response({"items": items, "total": len(items), "limit": 1000, "offset": 0})

    async def upload(self, request: web.Request) -> web.Response:
        """`POST images/upload`."""
        field = (await request.post())["file"]
        data = field.file.read() if isinstance(field, web.FileField) else b""
        try:
            picture = self._pictures.add(
                data,
                request.query["image_category"],
                intermediate=request.query["is_intermediate"] == "true",
            )
        except UnidentifiedImageError:
            return web.json_response({"detail": "Failed to read image"}, status=415)
        return web.json_response(picture.record(), status=201)

    async def picture(self, request: web.Request) -> web.Response:
        """`GET images/i/{name}`."""
        found = self._pictures.all.get(request.match_info["name"])
        return web.json_response(found.record()) if found else self._no_image()

    async def metadata(self, request: web.Request) -> web.Response:
        """`GET images/i/{name}/metadata`."""
        found = self._pictures.all.get(request.match_info["name"])
        return web.json_response(found.metadata) if found else self._no_image()

    @staticmethod
    def _no_image() -> web.Response:
        return web.json_response({"detail": "Image not found"}, status=404)

    async def full(self, request: web.Request) -> web.StreamResponse:
        """`GET images/i/{name}/full`."""
        data = self._pictures.get(request.match_info["name"])
        if data is None:
            return web.Response(status=404)
        return await handed_out(request, data, self._faults)
