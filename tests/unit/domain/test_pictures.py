"""The index of all pictures: positions by key, keys by position."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from darkroom.domain.pictures import Key, PictureIndex

generations = st.dictionaries(st.integers(1, 2**40), st.integers(1, 5), max_size=30)


def listed(outputs: dict[int, int]) -> list[Key]:
    """So many outputs of each generation, the extra one (0) last, as people look at them."""
    return [
        Key(number, output)
        for number in sorted(outputs, reverse=True)
        for output in [*range(1, outputs[number]), 0]
    ]


@given(generations)
def test_each_key_is_found_where_it_stands(outputs: dict[int, int]) -> None:
    keys = listed(outputs)
    index = PictureIndex(keys)
    assert [index.key(position) for position in range(len(index))] == keys
    assert [index.position(key) for key in keys] == list(range(len(keys)))
    for number, count in outputs.items():
        assert index.position(Key(number, count)) is None
        assert len(index.of(number)) == count
    assert index == PictureIndex(index.keys(-5, len(index) + 5))


@given(generations, st.integers(0, 2**41))
def test_a_generation_without_pictures_has_a_place_all_the_same(outputs: dict[int, int], number: int) -> None:
    index = PictureIndex(listed(outputs))
    at = index.nearest(number)
    assert all(key.number > number for key in index.keys(0, at))
    assert all(key.number <= number for key in index.keys(at, len(index)))


def test_an_empty_index_has_nothing() -> None:
    index = PictureIndex()
    assert len(index) == 0
    assert index.position(Key(1, 0)) is None
    assert index.of(1) == []
    with pytest.raises(IndexError):
        index.key(0)
    assert index != PictureIndex([(1, 0)])
    assert index != []
