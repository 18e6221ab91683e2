from __future__ import annotations

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
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "thumbnails"


@pytest.fixture
def cache(folder: Path) -> ThumbnailCache:
    return ThumbnailCache(folder)


def kept(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_the_second_time_the_original_is_not_read(cache: ThumbnailCache, original: Path) -> None:
    first = cache.thumbnail(original, DIGEST, (24, 24))
    original.unlink()
    again = cache.thumbnail(original, DIGEST, (24, 24))
    assert first.size == again.size == (24, 16)
    with pytest.raises(DamagedPicture):
        cache.thumbnail(original, DIGEST, (12, 12))


def test_boxes_and_backgrounds_are_kept_apart(cache: ThumbnailCache, folder: Path, original: Path) -> None:
    cache.thumbnail(original, DIGEST, (24, 24))
    cache.thumbnail(original, DIGEST, (12, 12))
    cache.thumbnail(original, DIGEST, (12, 12), background=(1, 2, 3))
    assert len(kept(folder)) == 3


def test_as_it_is_kept_it_is_the_same_every_time(cache: ThumbnailCache, original: Path) -> None:
    first, again = (cache.thumbnail(original, DIGEST, (24, 24), as_kept=True) for _ in range(2))
    assert first.tobytes() == again.tobytes()


def test_the_cache_may_be_deleted_or_damaged_at_any_time(
    cache: ThumbnailCache, folder: Path, original: Path
) -> None:
    cache.thumbnail(original, DIGEST, (24, 24))
    shutil.rmtree(folder)
    cache.thumbnail(original, DIGEST, (24, 24))
    (path,) = kept(folder)
    path.write_bytes(b"half a fi")
    assert cache.thumbnail(original, DIGEST, (24, 24)).size == (24, 16)
    assert path.stat().st_size > 100, "it is whole again"


def test_it_is_pruned_to_its_limit(folder: Path, original: Path) -> None:
    for n in range(4):
        ThumbnailCache(folder).thumbnail(original, f"{n:02}", (24, 24))
    size = kept(folder)[0].stat().st_size
    assert ThumbnailCache(folder, limit_bytes=size * 2).prune() == size * 2
    assert len(kept(folder)) == 2


def test_a_digest_is_never_a_path(cache: ThumbnailCache, original: Path) -> None:
    with pytest.raises(ValueError, match="hexadecimal"):
        cache.thumbnail(original, "../../x", (24, 24))
