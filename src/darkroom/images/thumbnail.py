"""Small copies of pictures, kept on disk below `cache/thumbnails`.

The folder is a cache in the full sense: any file of it, or all of it, may be deleted at any time.
Synchronous: run it in a thread.
"""

from __future__ import annotations

import io
import logging
from typing import TYPE_CHECKING

from darkroom.domain.errors import DamagedPicture
from darkroom.images.decode import Rgb, decode
from darkroom.images.kept import KeptFiles

if TYPE_CHECKING:
    from pathlib import Path

    from PIL import Image

log = logging.getLogger(__name__)

LIMIT_BYTES = 256 * 1024 * 1024
"""Enough for 10,000 pictures in two sizes: one of 160 pixels takes 6 to 9 kB, of 320 pixels 18 to 33 kB."""


class ThumbnailCache:
    """Thumbnails by content hash and box. For several threads and processes at once."""

    def __init__(self, folder: Path, *, limit_bytes: int = LIMIT_BYTES) -> None:
        """A cache in `folder`, which is made when it is first needed.

        Args:
            folder: Where the files go; nothing else may be in it.
            limit_bytes: About the most they may have together.
        """
        self._files = KeptFiles(folder, limit_bytes=limit_bytes)

    def thumbnail(
        self,
        path: Path,
        digest: str,
        box_px: tuple[int, int],
        *,
        background: Rgb = (0, 0, 0),
        as_kept: bool = False,
    ) -> Image.Image:
        """The picture at `path` as RGB, fitted into `box_px`; from the cache when it is there.

        A cache that cannot be written, or a damaged file in it, only costs time.

        Args:
            path: The original.
            digest: SHA-256 of the original in hexadecimal.
            box_px: Width and height to fit into.
            background: What shows through where the picture is transparent.
            as_kept: The first time too as it will come from the cache: a little worse, and always the same.

        Raises:
            DamagedPicture: When the original cannot be decoded.
        """
        name = _name(digest, box_px, background)
        if (image := self._read(name, box_px)) is not None:
            return image
        image = decode(path, box_px, background=background)
        data = _jpeg(image)
        self._files.write(name, data)
        return decode(data, box_px) if as_kept else image

    def prune(self) -> int:
        """Deletes what was used longest ago until the folder is within its limit; the bytes that freed."""
        return self._files.prune()

    def _read(self, name: str, box_px: tuple[int, int]) -> Image.Image | None:
        data = self._files.read(name)
        if data is None:
            return None
        try:
            return decode(data, box_px)
        except DamagedPicture as error:
            log.info("a thumbnail is made again: %s", error)
            return None


def _name(digest: str, box_px: tuple[int, int], background: Rgb) -> str:
    if not digest.isalnum():
        raise ValueError("a digest is hexadecimal")
    colour = "".join(f"{part:02x}" for part in background)
    return f"{digest}-{box_px[0]}x{box_px[1]}-{colour}.jpg"


def _jpeg(image: Image.Image) -> bytes:
    data = io.BytesIO()
    image.save(data, "JPEG", quality=85, subsampling=0)
    return data.getvalue()
