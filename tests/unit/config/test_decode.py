"""Values for typed fields, from TOML and from text."""

from __future__ import annotations

from dataclasses import dataclass, field, fields

import pytest

from darkroom.config.decode import Unusable, from_text, from_toml


@dataclass
class Sample:
    count: int = field(default=1, metadata={"minimum": 1})
    share: float = field(default=0.5, metadata={"minimum": 0})
    is_on: bool = False
    name: str = ""
    kind: str = field(default="auto", metadata={"choices": ("auto", "kitty")})


FIELDS = {known.name: known for known in fields(Sample)}


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("count", 3, "3"),
        ("share", 0.25, "0.25"),
        ("is_on", True, "on"),
        ("name", "x y", "x y"),
        ("kind", "kitty", "kitty"),
    ],
)
def test_what_fits_is_taken_from_both(name: str, value: object, text: str) -> None:
    assert from_toml(FIELDS[name], value) == value
    assert from_text(FIELDS[name], text) == value


def test_a_whole_number_is_a_number() -> None:
    found = from_toml(FIELDS["share"], 2)
    assert (found, type(found)) == (2.0, float)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("count", True, "must be a whole number, not true"),
        ("count", 1.0, "must be a whole number, not 1.0"),
        ("count", 0, "must be at least 1, not 0"),
        ("share", float("nan"), "must be at least 0, not nan"),
        ("share", float("inf"), "must be at least 0, not inf"),
        ("is_on", 1, "must be true or false, not 1"),
        ("name", ["x"], "must be text, not a list"),
        ("name", {"x": 1}, "must be text, not a table"),
        ("kind", "kity", "did you mean kitty?"),
    ],
)
def test_what_does_not_fit_says_why(name: str, value: object, message: str) -> None:
    with pytest.raises(Unusable) as caught:
        from_toml(FIELDS[name], value)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("name", "text"), [("count", "x"), ("count", "1.5"), ("share", ""), ("is_on", "maybe"), ("share", "nan")]
)
def test_text_that_means_nothing_is_refused(name: str, text: str) -> None:
    with pytest.raises(Unusable):
        from_text(FIELDS[name], text)
