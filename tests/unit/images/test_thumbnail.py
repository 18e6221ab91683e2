from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest

from darkroom.domain.errors import DamagedPicture
from darkroom.images.thumbnail import ThumbnailCache
from tests.unit.images import samples

if TYPE_CHECKING:
    from pathlib import Path

DIGEST = "ab" + "0" * 62


@pytest.fixture
def original(tmp_path: Path) -> Path:
    path = tmp_path / "original"
    path.write_bytes(samples.encoded("PNG"))
    return path


@pytest.fixture
def cache(tmp_path: Path) -> ThumbnailCache:
    return ThumbnailCache(tmp_path / "cache" / "thumbnails")


def kept(cache: ThumbnailCache) -> list[Path]:
    return sorted(path for path in cache.folder.rglob("*") if path.is_file())


def test_the_second_time_the_original_is_not_read(cache: ThumbnailCache, original: Path) -> None:
    first = cache.thumbnail(original, DIGEST, (24, 24))
    original.unlink()
    again = cache.thumbnail(original, DIGEST, (24, 24))
    assert first.size == again.size == (24, 16)
    with pytest.raises(DamagedPicture):
        cache.thumbnail(original, DIGEST, (12, 12))


def test_boxes_and_backgrounds_are_kept_apart(cache: ThumbnailCache, original: Path) -> None:
    cache.thumbnail(original, DIGEST, (24, 24))
    cache.thumbnail(original, DIGEST, (12, 12))
    cache.thumbnail(original, DIGEST, (12, 12), background=(1, 2, 3))
    assert len(kept(cache)) == 3


def test_the_cache_may_be_deleted_or_damaged_at_any_time(cache: ThumbnailCache, original: Path) -> None:
    cache.thumbnail(original, DIGEST, (24, 24))
    shutil.rmtree(cache.folder)
    cache.thumbnail(original, DIGEST, (24, 24))
    (path,) = kept(cache)
    path.write_bytes(b"half a fi")
    assert cache.thumbnail(original, DIGEST, (24, 24)).size == (24, 16)
    assert path.stat().st_size > 100, "it is whole again"


def test_a_folder_that_cannot_be_written_costs_only_time(tmp_path: Path, original: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    cache = ThumbnailCache(tmp_path / "file" / "thumbnails")
    assert cache.thumbnail(original, DIGEST, (24, 24)).size == (24, 16)


def test_the_least_recently_used_go_first(cache: ThumbnailCache, original: Path) -> None:
    for n in range(4):
        cache.thumbnail(original, f"{n:02}", (24, 24))
    for age, path in enumerate(kept(cache)):
        os.utime(path, (1_000_000 + age, 1_000_000 + age))
    cache.thumbnail(original, "00", (24, 24))
    size = kept(cache)[0].stat().st_size
    cache.limit_bytes = size * 2
    assert cache.prune() == size * 2
    assert [path.name[:2] for path in kept(cache)] == ["00", "03"]
    assert cache.prune() == 0


def test_a_digest_is_never_a_path(cache: ThumbnailCache, original: Path) -> None:
    with pytest.raises(ValueError, match="hexadecimal"):
        cache.thumbnail(original, "../../x", (24, 24))
