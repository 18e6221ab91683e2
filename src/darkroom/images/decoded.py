"""Decoded pictures that are kept for a while: moving about in one decodes nothing, nor does the next one.

For threads: all methods may be called from several. Pillow is imported when the first picture is decoded.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path

    from PIL.Image import Image

    from darkroom.images.decode import Rgb

LIMIT_BYTES = 96 * 1024 * 1024
"""Enough for what is shown at 5,000 × 5,000 pixels and its neighbours in the size of a screen."""

WHOLE = (1 << 30, 1 << 30)
"""A box that every picture fits into."""


class Decoded(NamedTuple):
    """A picture in memory.

    Attributes:
        image: RGB, upright; the picture or a smaller copy of it.
        natural_px: Width and height of the picture itself, upright.
    """

    image: Image
    natural_px: tuple[int, int]

    @property
    def is_whole(self) -> bool:
        """Whether every pixel is there."""
        return self.image.size == self.natural_px

    def suffices(self, box_px: tuple[int, int] | None) -> bool:
        """Whether decoding again for that box would show no more."""
        if self.is_whole:
            return True
        if box_px is None:
            return False
        width, height = self.natural_px
        scale = min(box_px[0] / width, box_px[1] / height)
        return self.image.width >= width * scale - 1 and self.image.height >= height * scale - 1


class DecodedCache:
    """The pictures that were looked at last, within a limit; the newest is kept whatever its size."""

    def __init__(self, limit_bytes: int = LIMIT_BYTES) -> None:
        """An empty cache."""
        self._limit = limit_bytes
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[str, Rgb], Decoded] = OrderedDict()

    def get(
        self,
        source: bytes | Path,
        ident: str,
        box_px: tuple[int, int] | None = None,
        *,
        background: Rgb = (0, 0, 0),
    ) -> Decoded:
        """The picture, decoded now unless it is there already in the size that is wanted.

        Args:
            source: Encoded bytes, or the file that has them.
            ident: What it is a picture of: the same for the same pixels alone.
            box_px: Width and height to fit into; `None` for all pixels.
            background: What shows through where the picture is transparent.

        Raises:
            DamagedPicture: When it cannot be decoded.
        """
        from darkroom.images.decode import decode, upright_px

        key = (ident, background)
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None:
                self._kept.move_to_end(key)
                if kept.suffices(box_px):
                    return kept
        image = decode(source, box_px or WHOLE, background=background)
        found = Decoded(image, upright_px(source))
        with self._lock:
            self._kept[key] = found
            self._kept.move_to_end(key)
            self._shrink()
        return found

    def _shrink(self) -> None:
        size = sum(_bytes(kept.image) for kept in self._kept.values())
        while size > self._limit and len(self._kept) > 1:
            size -= _bytes(self._kept.popitem(last=False)[1].image)


def _bytes(image: Image) -> int:
    # Pillow keeps four bytes for each RGB pixel.
    return image.width * image.height * 4
