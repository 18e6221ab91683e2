"""Filters as people write them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from darkroom.domain.errors import InputError
from darkroom.domain.query import FIELDS, Filter, Op, parse_filter


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("steps>=30", Filter("steps", Op.AT_LEAST, 30)),
        ("width=1024", Filter("width", Op.EQUAL, 1024)),
        ("width==1024", Filter("width", Op.EQUAL, 1024)),
        (" batch-size != 4 ", Filter("batch_size", Op.UNEQUAL, 4)),
        ("sampler=euler", Filter("sampler", Op.EQUAL, "euler")),
        ("status!=FAILED", Filter("status", Op.UNEQUAL, "failed")),
        ("prompt~a misty = harbour", Filter("prompt", Op.CONTAINS, "a misty = harbour")),
        ('prompt=" spaces "', Filter("prompt", Op.EQUAL, " spaces ")),
        ("lora=", Filter("lora", Op.EQUAL, "")),
        ("seed=18446744073709551615", Filter("seed", Op.EQUAL, "18446744073709551615")),
        ("seed<007", Filter("seed", Op.LESS, "7")),
        ("cfg<=7.5", Filter("cfg_scale", Op.AT_MOST, 7.5)),
        ("Model=harbour.ckpt", Filter("checkpoint", Op.EQUAL, "harbour.ckpt")),
        (
            "created>2026-01-01T12:00+02:00",
            Filter("created", Op.GREATER, datetime(2026, 1, 1, 10, tzinfo=UTC)),
        ),
        ("duration>1e1", Filter("duration", Op.GREATER, 10.0)),
    ],
)
def test_a_filter_is_understood(text: str, expected: Filter) -> None:
    assert parse_filter(text) == expected


def test_a_date_alone_is_local_midnight() -> None:
    value = parse_filter("created>2026-01-31").value
    assert isinstance(value, datetime)
    assert value.tzinfo is UTC
    assert value.astimezone().replace(tzinfo=None) == datetime(2026, 1, 31)


@pytest.mark.parametrize(
    ("text", "title", "hint"),
    [
        ("step>=30", "no field “step”", "steps"),
        ("modle=x", "no field “modle”", "model"),
        ("qqqqqq=1", "no field", "Fields are"),
        ("status=complet", "no status “complet”", "complete"),
        ("status=qqqq", "no status", "one of"),
        ("steps=many", "a whole number, not “many”", ""),
        ("steps=1.5", "a whole number", ""),
        ("steps=9999999999999999999", "a whole number", ""),
        ("steps=१२", "a whole number", ""),
        ("cfg=nan", "a number", ""),
        ("seed=abc", "a seed", ""),
        ("created>yesterday", "a date", "2026-01-31"),
        ("created>0001-01-01", "a date", ""),
        ("steps~3", "looks into texts", ""),
        ("sampler>euler", "no greater", ""),
        ("status<failed", "no greater", ""),
        ("steps", "no filter", "steps>=30"),
        ("", "no filter", "steps>=30"),
        (">=30", "no filter", "steps>=30"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_a_hint(text: str, title: str, hint: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_filter(text)
    assert title in caught.value.title
    assert hint in caught.value.hint


def outcome(text: str) -> Filter | InputError:
    """The filter, or the error that a person would see."""
    try:
        return parse_filter(text)
    except InputError as error:
        return error


@given(st.text())
def test_any_text_is_a_filter_or_a_clear_error(text: str) -> None:
    found = outcome(text)
    assert found.title.isprintable() if isinstance(found, InputError) else found.field in FIELDS


@given(
    st.sampled_from(sorted(FIELDS)),
    st.sampled_from(list(Op)),
    st.text(),
)
def test_any_value_is_understood_or_a_clear_error(field: str, op: Op, value: str) -> None:
    found = outcome(f"{field}{op}{value}")
    assert found.title.isprintable() if isinstance(found, InputError) else found.field == field
