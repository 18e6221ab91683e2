"""Encoded pictures on disk: what is read is what was written, or nothing."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from darkroom.images.encoded import EncodedCache, encoded_key, source_digest

if TYPE_CHECKING:
    from pathlib import Path

KEY = encoded_key("digest", "kitty", (400, 400), 2, (0, 0, 0))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "encoded"


def only(folder: Path) -> Path:
    (path,) = (path for path in folder.rglob("*") if path.is_file())
    return path


def test_what_was_put_is_there_for_the_next_process(folder: Path) -> None:
    EncodedCache(folder).put(KEY, b"picture")
    assert EncodedCache(folder).get(KEY) == b"picture"
    assert EncodedCache(folder).get(encoded_key("digest", "kitty", (400, 401), 2, (0, 0, 0))) is None


@given(place=st.integers(0, 1000), bit=st.integers(0, 7), cut=st.booleans())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_damaged_is_not_there(folder: Path, place: int, bit: int, cut: bool) -> None:
    cache = EncodedCache(folder)
    cache.put(KEY, b"picture" * 20)
    path = only(folder)
    data = bytearray(path.read_bytes())
    place %= len(data)
    data[place] ^= 1 << bit
    path.write_bytes(data[:place] if cut else data)
    assert cache.get(KEY) is None
    cache.put(KEY, b"new")
    assert cache.get(KEY) == b"new"


def test_the_file_of_another_key_is_not_there(folder: Path) -> None:
    cache, other = EncodedCache(folder), encoded_key("other")
    cache.put(KEY, b"picture")
    path = folder / other[:2] / other
    path.parent.mkdir()
    path.write_bytes(only(folder).read_bytes())
    assert cache.get(other) is None


def test_it_is_pruned_to_its_limit(folder: Path) -> None:
    for number in range(10):
        EncodedCache(folder).put(encoded_key("digest", number), bytes(84))
    assert EncodedCache(folder, 500).prune() == 500
    left = [number for number in range(10) if EncodedCache(folder).get(encoded_key("digest", number))]
    assert len(left) == 5


@given(st.lists(st.tuples(st.text(), st.integers(), st.text()), min_size=2, max_size=2, unique=True))
def test_other_parts_are_another_key(pair: list[tuple[str, int, str]]) -> None:
    assert encoded_key("digest", *pair[0]) != encoded_key("digest", *pair[1])


def test_a_source_is_told_by_its_bytes_or_by_its_file(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    one.write_bytes(b"picture")
    two.write_bytes(b"picture")
    assert source_digest(one) == source_digest(one)
    assert len({source_digest(source) for source in (one, two, b"picture", b"another")}) == 4
    before = source_digest(one)
    one.write_bytes(b"another")
    os.utime(one, (1_000_000, 1_000_000))
    assert source_digest(one) != before
    assert source_digest(tmp_path / "gone") == ""
