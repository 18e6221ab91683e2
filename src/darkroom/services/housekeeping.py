"""What is tidied up while the program runs: old trash, and caches that grew too large."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from darkroom.domain.errors import StoreError
from darkroom.services.clock import now

if TYPE_CHECKING:
    from darkroom.config.paths import Paths
    from darkroom.store.store import Store

log = logging.getLogger(__name__)

AFTER_S = 20.0
"""Time after the start: whoever starts a program wants to use it first."""


async def tidy_later(store: Store, paths: Paths, *, trash_days: int, after_s: float = AFTER_S) -> None:
    """Once, some time after the start: deletes what lies in the trash for more than `trash_days`."""
    await asyncio.sleep(after_s)
    try:
        gone = await store.generations.purge(trashed_before=now() - timedelta(days=trash_days))
    except StoreError as error:
        log.warning("the trash was not emptied: %s", error)
    else:
        log.info("%d pictures of old trash were deleted", len(gone))
    await asyncio.to_thread(_prune_caches, paths)


def _prune_caches(paths: Paths) -> None:
    # Pillow is imported here, in a thread, long after the start.
    from darkroom.images.encoded import EncodedCache
    from darkroom.images.thumbnail import ThumbnailCache

    ThumbnailCache(paths.cache / "thumbnails").prune()
    EncodedCache(paths.cache / "encoded").prune()
