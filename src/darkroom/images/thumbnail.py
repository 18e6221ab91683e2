"""Small copies of pictures, kept on disk below `cache/thumbnails`.

The folder is a cache in the full sense: any file of it, or all of it, may be deleted at any time.
Synchronous: run it in a thread.
"""

from __future__ import annotations

import contextlib
import io
import logging
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from darkroom.domain.errors import DamagedPicture
from darkroom.images.decode import Rgb, decode

if TYPE_CHECKING:
    from PIL import Image

log = logging.getLogger(__name__)


class ThumbnailCache:
    """Thumbnails by content hash and box."""

    def __init__(self, folder: Path, *, limit_bytes: int = 64 * 1024 * 1024) -> None:
        """A cache in `folder`, which is made when it is first needed.

        Args:
            folder: Where the files go; nothing else may be in it.
            limit_bytes: What `prune` leaves at most.
        """
        self.folder = folder
        self.limit_bytes = limit_bytes

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
        kept = self._place(digest, box_px, background)
        if (image := self._read(kept, box_px)) is not None:
            return image
        image = decode(path, box_px, background=background)
        data = _jpeg(image)
        self._write(kept, data)
        return decode(data, box_px) if as_kept else image

    def prune(self) -> int:
        """Deletes what was used longest ago until the folder is within its limit; the bytes that freed."""
        found = []
        for path in self.folder.glob("*/*"):
            with contextlib.suppress(OSError):
                stat = path.stat()
                found.append((stat.st_mtime, stat.st_size, path))
        excess = sum(size for _, size, _ in found) - self.limit_bytes
        freed = 0
        for _, size, path in sorted(found):
            if freed >= excess:
                break
            with contextlib.suppress(OSError):
                path.unlink()
                freed += size
        return freed

    def _place(self, digest: str, box_px: tuple[int, int], background: Rgb) -> Path:
        if not digest.isalnum():
            raise ValueError("a digest is hexadecimal")
        colour = "".join(f"{part:02x}" for part in background)
        return self.folder / digest[:2] / f"{digest}-{box_px[0]}x{box_px[1]}-{colour}.jpg"

    def _read(self, kept: Path, box_px: tuple[int, int]) -> Image.Image | None:
        """The cached copy, its modification time renewed: that is the order `prune` goes by."""
        try:
            image = decode(kept.read_bytes(), box_px)
            os.utime(kept)
        except FileNotFoundError:
            return None
        except (OSError, DamagedPicture) as error:
            log.info("a thumbnail is made again: %s", error)
            return None
        return image

    def _write(self, kept: Path, data: bytes) -> None:
        try:
            kept.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=kept.parent, prefix=".new-")
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            Path(name).replace(kept)
        except OSError as error:
            log.info("a thumbnail is not kept: %s", error)


def _jpeg(image: Image.Image) -> bytes:
    data = io.BytesIO()
    image.save(data, "JPEG", quality=90, subsampling=0)
    return data.getvalue()
