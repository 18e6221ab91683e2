"""Seeds, drawn and written."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from darkroom.domain.errors import InputError
from darkroom.domain.parameters import RANDOM_SEED, SEED_MAX
from darkroom.domain.seed import draw, parse_seed


def test_draws_cover_the_range_and_repeat_with_the_generator() -> None:
    drawn = [draw(rng=random.Random(seed)) for seed in range(200)]
    assert max(drawn) > 2**63
    assert all(0 <= one <= SEED_MAX for one in drawn)
    assert drawn == [draw(rng=random.Random(seed)) for seed in range(200)]
    assert {draw(3) for _ in range(200)} == {0, 1, 2, 3}
    assert draw(0) == 0
    assert len({draw() for _ in range(100)}) == 100


@pytest.mark.parametrize(
    ("text", "seed"),
    [
        ("", RANDOM_SEED),
        ("-1", RANDOM_SEED),
        (" Random ", RANDOM_SEED),
        ("0", 0),
        ("18446744073709551615", SEED_MAX),
        ("1_000", 1000),
        ("last", 41),
        ("+1", 42),
        ("last-2", 39),
        ("last + 1", 42),
        ("-42", SEED_MAX),
        ("+18446744073709551615", 40),
    ],
)
def test_what_people_write(text: str, seed: int) -> None:
    assert parse_seed(text, last=41) == seed


@pytest.mark.parametrize(
    "text", ["18446744073709551616", "9" * 5000, "x", "1.5", "²", "lastly", "++1", "1+1"]
)
def test_refusals(text: str) -> None:
    with pytest.raises(InputError):
        parse_seed(text, last=41)


@pytest.mark.parametrize("text", ["last", "+1", "-2"])
def test_nothing_came_before(text: str) -> None:
    with pytest.raises(InputError, match="no last seed"):
        parse_seed(text)


@given(st.integers(0, SEED_MAX))
def test_numbers_come_back(seed: int) -> None:
    assert parse_seed(str(seed)) == seed
