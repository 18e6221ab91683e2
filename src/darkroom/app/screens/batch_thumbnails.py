"""Thumbnails in the sizes that a grid may have."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from darkroom.app.widgets.batch.shape import SIZES
from darkroom.app.widgets.history.thumbnails import Thumbnails

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable, Sequence

    from textual.strip import Strip

    from darkroom.services.core import Core


class SizedThumbnails:
    """A store of thumbnails for each size."""

    def __init__(self, core: Core, *, few: Callable[[], bool]) -> None:
        """Nothing is made yet.

        Args:
            core: The services.
            few: Whether the terminal has 256 colours and no more.
        """
        self._core = core
        self._few = few
        self._sizes: dict[int, Thumbnails] = {}

    def _of(self, size: int) -> Thumbnails:
        if size not in self._sizes:
            self._sizes[size] = Thumbnails(partial(self._make, SIZES[size]))
        return self._sizes[size]

    def _make(self, cells: tuple[int, int], blob_hash: str) -> Sequence[Strip]:
        # In a thread, where Pillow and numpy are imported.
        from darkroom.app.widgets.picture import thumbnail_box, thumbnail_strips
        from darkroom.images.thumbnail import ThumbnailCache

        cache = ThumbnailCache(self._core.paths.cache / "thumbnails")
        path = self._core.store.blobs.path(blob_hash)
        image = cache.thumbnail(path, blob_hash, thumbnail_box(*cells))
        return thumbnail_strips(image, *cells, few=self._few())

    def get(self, blob_hash: str, size: int) -> Sequence[Strip] | None:
        """The strips in the size of this index, empty when nothing can be drawn; `None` while not made."""
        return self._of(size).get(blob_hash)

    def load(self, hashes: Iterable[str], size: int) -> AsyncIterator[str]:
        """Makes those that are not there yet; yields each when it is ready."""
        return self._of(size).load(hashes)
