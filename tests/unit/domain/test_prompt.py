"""Weights and lengths of prompts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from darkroom.domain.prompt import change_weight, count, word_at


def press(marked: str, delta: float) -> str:
    """What a key makes of `marked`; "|" is the cursor, "[…]" a selection, in the result too."""
    if "|" in marked:
        start = end = marked.index("|")
        text = marked.replace("|", "")
    else:
        start, end = marked.index("["), marked.index("]") - 1
        text = marked.replace("[", "").replace("]", "")
    done = change_weight(text, start, end, delta)
    return f"{done.text[: done.start]}[{done.text[done.start : done.end]}]{done.text[done.end :]}"


@pytest.mark.parametrize(
    ("before", "delta", "after"),
    [
        ("a qui|et harbour", 0.1, "a [(quiet:1.1)] harbour"),
        ("a quiet| harbour", 0.1, "a [(quiet:1.1)] harbour"),
        ("a |quiet harbour", -0.1, "a [(quiet:0.9)] harbour"),
        ("a (qui|et:1.1) harbour", 0.1, "a [(quiet:1.2)] harbour"),
        ("a (qui|et:1.1) harbour", -0.1, "a [quiet] harbour"),
        ("a (quiet:1.|1) harbour", -0.05, "a [(quiet:1.05)] harbour"),
        ("a (qui|et) harbour", 0.1, "a [(quiet:1.2)] harbour"),
        ("a (qui|et) harbour", -0.1, "a [quiet] harbour"),
        ("[a quiet] harbour", 0.1, "[(a quiet:1.1)] harbour"),
        ("[ a quiet ]harbour", 0.1, " [(a quiet:1.1)] harbour"),
        ("([a quiet]:1.1) harbour", 0.1, "[(a quiet:1.2)] harbour"),
        ("[(a quiet:1.1)] harbour", -0.1, "[a quiet] harbour"),
        ("([a quiet]) harbour", 0.1, "[(a quiet:1.2)] harbour"),
        ("(a [quiet]:1.1) harbour", 0.1, "(a [(quiet:1.1)]:1.1) harbour"),
        ("((mis|t:1.2) boats:1.1)", 0.1, "([(mist:1.3)] boats:1.1)"),
        ("((mist:1.2) bo|ats:1.1)", 0.1, "[((mist:1.2) boats:1.2)]"),
        ("((mist:1.2) bo|ats:1.1)", -0.1, "[(mist:1.2) boats]"),
        (r"\(mi|st\)", 0.1, r"\([(mist:1.1)]\)"),
        ("(a: b|:1.5)", -0.1, "[(a: b:1.4)]"),
        ("(mist :  1.5| )", 0.1, "[(mist :1.6)]"),
        ("(low|:0.05)", -0.1, "[(low:0.0)]"),
        ("(high|:9.95)", 0.1, "[(high:10.0)]"),
        ("(odd|:1.)", 0.1, "[(odd:1.1)]"),
        ("(none|:)", 0.1, "[(none::1.2)]"),
        ("港町|", 0.1, "[(港町:1.1)]"),
        ("(a) (b|)", 0.1, "(a) [(b:1.2)]"),
        ("(open mi|st", 0.1, "(open [(mist:1.1)]"),
    ],
)
def test_weights(before: str, delta: float, after: str) -> None:
    assert press(before, delta) == after


@pytest.mark.parametrize(
    "nothing", ["|", "a  |  b", "[   ]", "[half (a] pair)", "[half (a]", "[a) b]", "a, |, b"]
)
def test_where_there_is_nothing_to_weigh(nothing: str) -> None:
    plain = nothing.replace("|", "").replace("[", "").replace("]", "")
    assert press(nothing, 0.1).replace("[", "").replace("]", "") == plain


def test_pressing_again_goes_on_and_back_again() -> None:
    text, start, end = "a quiet harbour", 3, 3
    for _ in range(7):
        text, start, end = change_weight(text, start, end, 0.1)
    assert text == "a (quiet:1.7) harbour"
    for _ in range(7):
        text, start, end = change_weight(text, start, end, -0.1)
    assert text == "a quiet harbour"


@given(st.text(alphabet="ab ():.1\\", max_size=40), st.data(), st.sampled_from([0.1, -0.1, 0.05]))
def test_only_the_part_changes(text: str, data: st.DataObject, delta: float) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    done = change_weight(text, start, end, delta)
    assert 0 <= done.start <= done.end <= len(done.text)
    assert text.startswith(done.text[: done.start])
    assert text.endswith(done.text[done.end :])


@given(st.text(alphabet="abc", min_size=1), st.integers(1, 30))
def test_up_and_down_is_nothing(word: str, times: int) -> None:
    text, start, end = word, 0, 0
    for delta in (0.1, -0.1):
        for _ in range(times):
            text, start, end = change_weight(text, start, end, delta)
    assert text == word


def test_a_hundred_kilobytes_of_parentheses() -> None:
    text = "(" * 50_000 + ")" * 50_000
    assert change_weight(text, 50_000, 50_000, 0.1).text.count("(") == 50_000
    assert count("((a:1.1) " * 12_000).words == 12_000


@pytest.mark.parametrize(
    ("text", "offset", "word"),
    [("one two", 5, "two"), ("one two", 3, "one"), ("one, two", 4, ""), ("", 0, ""), ("one", 99, "one")],
)
def test_word_at(text: str, offset: int, word: str) -> None:
    start, end = word_at(text, offset)
    assert text[start:end] == word


@pytest.mark.parametrize(
    ("text", "words", "tokens", "chunks"),
    [
        ("", 0, 0, 1),
        ("a quiet harbour", 3, 3, 1),
        ("(mist:1.2), boats", 2, 3, 1),
        ("(mist), ((boats))", 2, 3, 1),
        ("1920x1080", 1, 9, 1),
        ("photorealistic", 1, 2, 1),
        ("boat " * 75, 75, 75, 1),
        ("boat " * 76, 76, 76, 2),
        ("港", 1, 1, 1),
    ],
)
def test_counts(text: str, words: int, tokens: int, chunks: int) -> None:
    assert count(text) == (words, tokens, chunks)
