"""Names found by a few of their letters."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from darkroom.domain.fuzzy import Names

MODELS = (
    "detail_enhancer.safetensors",
    "sd_xl_base_1.0.safetensors",
    "sd_xl_refiner_1.0.safetensors",
    "style/film grain.safetensors",
    "xl_more_detail.safetensors",
    "RETAIL.ckpt",
)


def found(query: str) -> list[str]:
    return [match.name for match in Names(MODELS).search(query)]


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("detail", "detail_enhancer.safetensors"),
        ("xl", "xl_more_detail.safetensors"),
        ("sxb", "sd_xl_base_1.0.safetensors"),
        ("refiner", "sd_xl_refiner_1.0.safetensors"),
        ("grain film", "style/film grain.safetensors"),
        ("RET", "RETAIL.ckpt"),
        ("sdxlr", "sd_xl_refiner_1.0.safetensors"),
    ],
)
def test_the_best_comes_first(query: str, first: str) -> None:
    assert found(query)[0] == first


def test_runs_at_the_start_of_words_come_before_others() -> None:
    names = ["a model of tail", "entail", "tail"]
    assert [match.name for match in Names(names).search("tail")] == ["tail", "a model of tail", "entail"]


def test_all_words_must_fit() -> None:
    assert found("xl 1.0 base") == ["sd_xl_base_1.0.safetensors"]
    assert found("xl zebra") == []


def test_nothing_typed_fits_all_in_their_order() -> None:
    assert tuple(found("  ")) == MODELS
    assert len(Names(MODELS).search("", limit=2)) == 2
    assert len(Names(MODELS).search("e", limit=2)) == 2


@pytest.mark.parametrize(
    ("name", "query", "marked"),
    [("sd_xl_base", "xl", "xl"), ("sd_xl_base", "sdb", "sdb"), ("entail tail", "tail", "tail")],
)
def test_positions_mark_the_letters(name: str, query: str, marked: str) -> None:
    (match,) = Names([name]).search(query)
    assert "".join(name[place] for place in match.positions) == marked
    if name == "entail tail":
        assert match.positions[0] == 7


def test_letters_that_change_length_in_lower_case_keep_positions_true() -> None:
    (match,) = Names(["İİ harbour"]).search("harbour")
    assert match.positions == tuple(range(3, 10))


def test_a_name_that_would_make_a_careless_pattern_run_for_ever() -> None:
    assert Names(["a" * 5000]).search("a" * 40 + "b") == []


@given(st.lists(st.text(max_size=12), max_size=20), st.text(max_size=5))
def test_a_match_holds_the_letters_in_order(names: list[str], query: str) -> None:
    searched = Names(names)
    for match in searched.search(query):
        assert match.name == names[match.order]
        assert list(match.positions) == sorted(set(match.positions))
        assert all(0 <= place < len(match.name) for place in match.positions)


@given(
    st.lists(st.text(alphabet="abc_", max_size=8), max_size=20),
    st.text(alphabet="abc", min_size=1, max_size=4),
)
def test_exactly_the_names_that_fit_are_found(names: list[str], query: str) -> None:
    def fits(name: str) -> bool:
        letters = iter(name)
        return all(char in letters for char in query)

    assert {m.order for m in Names(names).search(query)} == {n for n, name in enumerate(names) if fits(name)}
