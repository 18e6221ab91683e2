"""Sweeps as people type them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from darkroom.domain.batch.axis import MAX_JOBS
from darkroom.domain.batch.sweep import parse_axis
from darkroom.domain.errors import InputError


@pytest.mark.parametrize(
    ("text", "name", "values"),
    [
        ("steps=20..40/5", "steps", "20 25 30 35 40"),
        ("steps=20..41/5", "steps", "20 25 30 35 40"),
        ("steps = 20 .. 22", "steps", "20 21 22"),
        ("steps=7..7", "steps", "7"),
        ("cfg_scale=5,7,9", "cfg_scale", "5 7 9"),
        ("cfg_scale= 5 , 7.50 ", "cfg_scale", "5 7.50"),
        ("sampler=euler,dpmpp_2m", "sampler", "euler dpmpp_2m"),
        ("seed=1..4", "seed", "1 2 3 4"),
        ("seed=18446744073709551614..18446744073709551615", "seed", f"{2**64 - 2} {2**64 - 1}"),
        ("denoise=0.1..0.5/0.1", "denoise", "0.1 0.2 0.3 0.4 0.5"),
        ("denoise=.5..1/.25", "denoise", "0.5 0.75 1"),
        ("denoise=1..0.5/-.25", "denoise", "1 0.75 0.5"),
        ("3.strength=-1..1/0.5", "3.strength", "-1 -0.5 0 0.5 1"),
        ("strength=1..-1/-1", "strength", "1 0 -1"),
        ("strength=-3..-1", "strength", "-3 -2 -1"),
        ("steps=5,10..20/5,40", "steps", "5 10 15 20 40"),
        ("profile=box,lab", "profile", "box lab"),
        ("checkpoint=v1.5.safetensors,b", "checkpoint", "v1.5.safetensors b"),
        ("lora=../x", "lora", "../x"),
    ],
)
def test_what_is_typed_becomes_values(text: str, name: str, values: str) -> None:
    axis = parse_axis(text)
    assert axis.name == name
    assert axis.labels == tuple(values.split(" "))
    assert [dict(point.values) for point in axis.points] == [{name: value} for value in axis.labels]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ('prompt="a, b",c', ("a, b", "c")),
        ('prompt="a","b" , "c, d"', ("a", "b", "c, d")),
        (r'prompt="say \"hi\", and \\ too"', ('say "hi", and \\ too',)),
        ('prompt="",fog', ("", "fog")),
        ('prompt=" kept "', (" kept ",)),
        ('checkpoint="5..ckpt"', ("5..ckpt",)),
        ("prompt=a = b", ("a = b",)),
        ('prompt=a "quoted" word', ('a "quoted" word',)),
        ('prompt="two\nlines"', ("two\nlines",)),
    ],
)
def test_quotation_marks_keep_a_value_whole(text: str, values: tuple[str, ...]) -> None:
    assert parse_axis(text).labels == values


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is no sweep"),
        ("steps", "is no sweep"),
        ("=5", "is no sweep"),
        ("steps=", "has no values"),
        ("steps=  ", "has no values"),
        ("steps=5,,7", "nothing beside a comma"),
        ("steps=5,", "nothing beside a comma"),
        ("steps=,5", "nothing beside a comma"),
        ("steps=20..40/0", "step of 0"),
        ("steps=20..40/0.0", "step of 0"),
        ("steps=40..20", "leads away"),
        ("steps=40..20/5", "leads away"),
        ("steps=20..40/-5", "leads away"),
        ("denoise=0.1..0.5", "has no step"),
        ("steps=20..", "is no range"),
        ("steps=20..40/", "is no range"),
        ("steps=20..x", "is no range"),
        ("steps=20..40..60", "is no range"),
        ("steps=1e3..2e3", "is no range"),
        ("steps=5,7,5", "twice"),
        ("steps=1..5,3", "twice"),
        ('prompt="a', "not closed"),
        ('prompt="a" b', "comes a comma"),
        ('prompt="a""b"', "comes a comma"),
        ("seed=1..10001", "10,001 jobs"),
        ("seed=1..99999999999999999999", "too many jobs"),
        ("seed=0..1/0.00000000000000000001", "too many jobs"),
        ("seed=1..6000,7001..13000", "12,000 jobs"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_advice(text: str, says: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_axis(text)
    assert says in caught.value.title
    assert caught.value.hint


def test_the_way_down_is_told() -> None:
    with pytest.raises(InputError) as caught:
        parse_axis("steps=40..20/5")
    assert "20..40" in caught.value.hint
    assert "40..20/-5" in caught.value.hint
    assert parse_axis("steps=40..20/-5").labels == ("40", "35", "30", "25", "20")


def test_a_batch_of_exactly_the_limit_is_taken() -> None:
    assert len(parse_axis(f"seed=1..{MAX_JOBS}").points) == MAX_JOBS


_decimals = st.decimals(min_value=-1000, max_value=1000, places=3, allow_nan=False, allow_infinity=False)


@given(_decimals, st.integers(0, 200), _decimals.filter(bool))
def test_ranges_never_drift(first: Decimal, steps: int, step: Decimal) -> None:
    last = first + steps * step
    values = parse_axis(f"x={first:f}..{last:f}/{step:f}").labels
    assert [Decimal(value) for value in values] == [first + index * step for index in range(steps + 1)]


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        axis = parse_axis(text)
    except InputError:
        return
    assert axis.points
    assert len(set(axis.labels)) == len(axis.labels)


@given(st.lists(st.text(max_size=12), min_size=1, max_size=6, unique=True))
def test_any_values_can_be_written_in_quotation_marks(values: list[str]) -> None:
    def quoted(value: str) -> str:
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'

    assert parse_axis("prompt=" + ",".join(map(quoted, values))).labels == tuple(values)
