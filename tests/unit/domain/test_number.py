"""Sums people type, and steps along a grid."""

from __future__ import annotations

import contextlib
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from darkroom.domain.errors import InputError
from darkroom.domain.number import clamp, evaluate, snap, stepped
from darkroom.domain.parameters import Kind, ParameterSpec, check

WIDTH = ParameterSpec("width", "Width", Kind.INTEGER, minimum=16, maximum=16384, step=8)
CFG = ParameterSpec("cfg", "CFG", Kind.NUMBER, minimum=0.0, maximum=100.0, step=0.1)
FREE = ParameterSpec("x", "X", Kind.NUMBER)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("7", 7),
        (" 1024*1.5 ", 1536),
        ("(7+8)/2", 7.5),
        ("-3 - -4", 1),
        ("10 % 4 + 7//2", 5),
        ("1e3", 1000),
        (".5", 0.5),
        ("18446744073709551615", 2**64 - 1),
        ("+5", 5),
    ],
)
def test_sums(text: str, value: float) -> None:
    assert evaluate(text) == value
    assert isinstance(evaluate(text), type(value))


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "x", "1+", "2**64", "9**9**9", "1//0", "1/0", "1%0", "__import__('os')", "1,5", "1 2"),
        *("(1", "1e999", "9" * 101, "(" * 60 + "1" + ")" * 60 + "+", "1(2)", "1if 2 else 3", "0x10", "1j"),
        *("99999999999*99999999999999", "[1]"),
    ],
)
def test_refusals(text: str) -> None:
    with pytest.raises(InputError):
        evaluate(text)


@given(st.text(alphabet="0123456789.+-*/%()eE ", max_size=40))
def test_no_text_hurts(text: str) -> None:
    with contextlib.suppress(InputError):
        assert math.isfinite(evaluate(text))


@given(st.integers(-1000, 1000), st.integers(-1000, 1000), st.sampled_from("+-*"))
def test_sums_are_right(a: int, b: int, sign: str) -> None:
    assert evaluate(f"({a}){sign}({b})") == {"+": a + b, "-": a - b, "*": a * b}[sign]


@pytest.mark.parametrize(
    ("spec", "value", "snapped"),
    [
        (WIDTH, 1001, 1000),
        (WIDTH, 1005.0, 1008),
        (WIDTH, 1, 16),
        (WIDTH, 99999, 16384),
        (CFG, 7.04, 7),
        (CFG, 7.06, 7.1),
        (FREE, 0.123, 0.123),
    ],
)
def test_snapping(spec: ParameterSpec, value: float, snapped: float) -> None:
    assert snap(spec, value) == snapped


def test_a_range_without_a_grid() -> None:
    assert clamp(CFG, 200) == 100.0
    assert clamp(WIDTH, 17.4) == 17


def test_stepping_gathers_no_crumbs() -> None:
    value: float = 0
    for _ in range(7):
        value = stepped(CFG, value, 1)
    assert value == 0.7
    assert stepped(CFG, 0.0, -1) == 0.0
    assert stepped(WIDTH, 1024, 2) == 1040
    assert stepped(FREE, 1, 1) == 1.1


@given(st.floats(-1e6, 1e6), st.integers(-50, 50))
def test_stepped_values_can_be_sent(value: float, times: int) -> None:
    assert check(CFG, stepped(CFG, value, times)) is None
    assert check(WIDTH, snap(WIDTH, value)) is None
